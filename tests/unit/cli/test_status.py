"""`helm-rollback status`."""

import json
from typing import Any

import pytest
import yaml

from helm_rollback_component.core.records.ledger import Conclusion
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.claims import lease_codec
from helm_rollback_component.results import Condition, Phase, RollbackState, RollbackStatus
from tests.support.command_line import CommandLine
from tests.support.fake_cluster import failure

GOOD = Conclusion(phase=Phase.DEPLOYED, reason="UpgradeSucceeded")
ROLLED_BACK: dict[str, Any] = {
    "conclusion": Conclusion(phase=Phase.ROLLED_BACK, reason="ImagePullBackOff", message="no such image"),
    "rollback_status": RollbackStatus(
        state=RollbackState.ROLLED_BACK,
        reason="ImagePullBackOff",
        failed_revision=2,
        target_revision=1,
        restored_revision=3,
        at="2026-01-01T00:00:00Z",
    ),
    "conditions": (Condition("Ready", "False", "ImagePullBackOff", "no such image", "2026-01-01T00:00:00Z"),),
}

AT_WORK = {
    "holderIdentity": "runner/7/ab",
    "acquireTime": "2026-01-01T00:00:00Z",
    "renewTime": "2999-01-01T00:00:00Z",
    "leaseDurationSeconds": 20,
}
"""The lock of a process that renews it."""


def test_a_release_that_was_rolled_back_says_so(command_line: CommandLine) -> None:
    command_line.store("web", "superseded", "superseded", "deployed")
    command_line.claim("web", "gbg", **ROLLED_BACK)
    ended = command_line.run("status", "web")
    assert (ended.code, ended.err) == (0, "")
    lines = dict(line.split(":", 1) for line in ended.out.splitlines() if ":" in line.split(" ")[0])
    assert lines["Phase"].strip() == "RolledBack"
    assert (
        lines["Rollback"]
        .strip()
        .startswith("revision 2 failed; the content of revision 1 was restored as revision 3, ")
    )
    assert "stack acme/shop/prod" in ended.out
    assert "CONDITION   STATUS   REASON" in ended.out


def test_json_is_all_that_is_printed(command_line: CommandLine) -> None:
    command_line.store("web", "superseded", "deployed")
    command_line.claim("web", "gg", conclusion=GOOD)
    ended = command_line.run("status", "web", "-o", "json")
    found = json.loads(ended.out)
    assert (found["phase"], found["managed"], found["lock"]) == ("Deployed", True, None)
    assert found["owner"]["stack"] == "prod"
    assert yaml.safe_load(command_line.run("status", "web", "-o", "yaml").out) == found


def test_a_release_of_helm_alone_is_not_managed(command_line: CommandLine) -> None:
    command_line.store("web", "deployed")
    assert "not managed" in command_line.run("status", "web").out
    found = json.loads(command_line.run("status", "web", "-o", "json").out)
    assert (found["managed"], found["phase"], found["owner"]) == (False, None, None)


def test_a_release_that_does_not_exist_is_one_line(command_line: CommandLine) -> None:
    ended = command_line.run("status", "web")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("Error: apps/web: there is no release of that name in that namespace")
    assert ended.err.endswith("[ReleaseMissing]\n")
    assert ended.err.count("\n") == 1


def test_the_releases_of_a_namespace_are_listed(command_line: CommandLine) -> None:
    command_line.store("web", "deployed")
    command_line.claim("web", "g", conclusion=GOOD)
    command_line.store("api", "superseded", "superseded", "deployed")
    command_line.claim("api", "gbg", **ROLLED_BACK)
    command_line.store("elsewhere", "deployed", namespace="other")
    command_line.claim("elsewhere", "g", namespace="other", conclusion=GOOD)
    command_line.store("plain", "deployed")
    titles, *rows = command_line.run("status").out.splitlines()
    assert titles.split()[:3] == ["NAMESPACE", "NAME", "REVISION"]
    assert [row.split()[1:6] for row in rows] == [
        ["api", "3", "1.2.3", "deployed", "RolledBack"],
        ["web", "1", "1.2.3", "deployed", "Deployed"],
    ]
    every = json.loads(command_line.run("status", "-A", "-o", "json").out)
    assert [each["release_name"] for each in every] == ["api", "web", "elsewhere"]


def test_leases_that_may_not_be_listed_are_found_by_helms_records(command_line: CommandLine) -> None:
    for name in ("api", "web"):
        command_line.store(name, "deployed")
    command_line.claim("web", "g", conclusion=GOOD)

    def refuse(verb: str, path: str) -> None:
        if verb == "list" and "/leases" in path:
            raise failure("Forbidden")

    command_line.cluster.before = refuse
    ended = command_line.run("status")
    assert (ended.code, [row.split()[1] for row in ended.out.splitlines()[1:]]) == (0, ["web"])
    assert command_line.run("status", "-A").code == 1


@pytest.mark.parametrize("name", ["other", lease_codec.name("a" * 54)])
def test_another_lease_with_the_label_is_no_release(command_line: CommandLine, name: str) -> None:
    other = {"metadata": {"name": name, "namespace": "apps", "labels": lease_codec.LABELS}}
    command_line.cluster.create(paths.leases("apps"), other)
    assert "No managed releases found in the namespace apps; -A looks" in command_line.run("status").err


def test_a_list_of_nothing_says_so_beside_the_result(command_line: CommandLine) -> None:
    ended = command_line.run("status")
    where = " in the namespace apps; -A looks in all of them"
    assert (ended.code, ended.out, ended.err) == (0, "", f"No managed releases found{where}.\n")
    assert command_line.run("status", "-A").err == "No managed releases found.\n"
    assert json.loads(command_line.run("status", "-o", "json").out) == []


def test_what_cannot_be_read_of_one_release_does_not_hide_the_others(command_line: CommandLine) -> None:
    for name in ("api", "web"):
        command_line.store(name, "deployed")
        command_line.claim(name, "g", conclusion=GOOD)

    def refuse(_: str, path: str) -> None:
        if path.endswith("secrets/helm-rollback.api"):
            raise failure("Forbidden")

    command_line.cluster.before = refuse
    ended = command_line.run("status")
    assert ended.code == 1
    assert [row.split()[1] for row in ended.out.splitlines()[1:]] == ["api", "web"]
    assert ended.err.startswith("Error: apps/api: it is Forbidden")


def test_what_cannot_be_read_of_any_release_is_the_error(command_line: CommandLine) -> None:
    def refuse(*_: str) -> None:
        raise failure("Forbidden")

    command_line.cluster.before = refuse
    ended = command_line.run("status", "-n", "other")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("Error: it is Forbidden")


def test_a_locked_release_names_who_works_on_it(command_line: CommandLine) -> None:
    command_line.store("web", "deployed")
    command_line.claim("web", "g", conclusion=GOOD)
    holding = {
        "holderIdentity": "runner/7/ab",
        "acquireTime": "2026-01-01T00:00:00Z",
        "leaseDurationSeconds": 20,
    }
    command_line.edit_spec("web", holding)
    assert (
        "Lock:         process 7 on runner (since 2026-01-01T00:00:00Z)"
        in command_line.run("status", "web").out
    )
    found = json.loads(command_line.run("status", "web", "-o", "json").out)
    assert found["lock"]["holder"] == "runner/7/ab"


def test_an_operation_that_is_under_way_was_not_interrupted(command_line: CommandLine) -> None:
    command_line.store("web", "deployed", "pending-upgrade")
    command_line.claim("web", "g", conclusion=GOOD)
    assert "Phase:        Failed\n" in command_line.run("status", "web").out
    command_line.edit_spec("web", AT_WORK)
    shown = command_line.run("status", "web").out
    assert "Phase:        in progress\n" in shown
    assert "Lock:         process 7 on runner" in shown
    assert "Interrupted" not in shown
    (row,) = command_line.run("status").out.splitlines()[1:]
    assert "in progress" in row
    assert "Interrupted" not in row
    assert json.loads(command_line.run("status", "web", "-o", "json").out)["under_way"] is True


@pytest.mark.parametrize("renewed", ["2026-01-01T00:00:00Z", "then"])
def test_a_lock_that_nobody_renews_is_of_no_operation(command_line: CommandLine, renewed: str) -> None:
    command_line.store("web", "deployed", "pending-upgrade")
    command_line.claim("web", "g", conclusion=GOOD)
    command_line.edit_spec("web", {**AT_WORK, "renewTime": renewed})
    assert json.loads(command_line.run("status", "web", "-o", "json").out)["under_way"] is False


def test_a_release_without_records_is_missing(command_line: CommandLine) -> None:
    command_line.claim("web", conclusion=GOOD)
    ended = command_line.run("status", "web")
    assert "Phase:        Failed\nRevision:     none\n" in ended.out
    assert "ReleaseMissing" in ended.out


def test_a_rollback_that_failed_is_said(command_line: CommandLine) -> None:
    command_line.store("web", "superseded", "failed")
    rollback = RollbackStatus(state=RollbackState.FAILED, reason="ImagePullBackOff", target_revision=1)
    command_line.claim("web", "gb", conclusion=GOOD, rollback_status=rollback)
    shown = command_line.run("status", "web").out
    assert "Rollback:     the rollback to revision 1 failed, - ago: ImagePullBackOff" in shown


def test_a_release_that_a_script_claimed_belongs_to_no_stack(command_line: CommandLine) -> None:
    command_line.store("web", "deployed")
    command_line.claim("web", "g", conclusion=GOOD)
    nobody = '{"organization": "", "project": "", "stack": "", "urn": ""}'
    command_line.edit_lease("web", **{"helm-rollback/owner": nobody})
    assert (
        "no stack: the release was claimed by a command or a script" in command_line.run("status", "web").out
    )


@pytest.mark.parametrize("damage", ["helm-rollback/owner", "helm-rollback/ledger"])
def test_a_lease_that_cannot_be_read_is_said(command_line: CommandLine, damage: str) -> None:
    command_line.store("web", "deployed")
    command_line.claim("web", "g", conclusion=GOOD)
    command_line.edit_lease("web", **{damage: "{"})
    ended = command_line.run("status", "web")
    assert ended.code == 0
    assert "the Lease of the release cannot be read" in ended.out
