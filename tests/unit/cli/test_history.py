"""`helm-rollback history`."""

import json

import pytest

from helm_rollback_component.cli.history_lines import what_happened
from helm_rollback_component.core.remediation.timeline import Moment
from tests.support.command_line import CommandLine
from tests.unit.cli.test_status import ROLLED_BACK


def test_the_revisions_are_told_with_their_verdicts(command_line: CommandLine) -> None:
    command_line.store("web", "superseded", "superseded", "deployed")
    command_line.claim("web", "gbg", **ROLLED_BACK)
    ended = command_line.run("history", "web")
    assert (ended.code, ended.err) == (0, "")
    titles, *rows = ended.out.splitlines()
    assert titles.split() == [
        "REVISION",
        "AGE",
        "CHART",
        "APP",
        "VERSION",
        "STATUS",
        "VERDICT",
        "WHAT",
        "HAPPENED",
    ]
    assert [row.startswith("*") for row in rows] == [False, False, True]
    assert [row.split("superseded")[-1].split("deployed")[-1].split()[0] for row in rows] == [
        "good",
        "bad",
        "good",
    ]


def test_revisions_that_are_no_longer_stored_leave_a_gap(command_line: CommandLine) -> None:
    command_line.store("web", "superseded", "superseded", "superseded", "superseded", "deployed")
    for gone in (1, 2, 4):
        command_line.cluster.delete(f"/api/v1/namespaces/apps/secrets/sh.helm.release.v1.web.v{gone}")
    command_line.claim("web")
    rows = [row.split() for row in command_line.run("history", "web").out.splitlines()[1:]]
    assert [row[0] for row in rows] == ["1-2", "3", "4", "*"]
    assert rows[0][-3:] == ["no", "longer", "stored"]


def test_a_record_that_cannot_be_read_is_told(command_line: CommandLine) -> None:
    command_line.store("web", "superseded", "deployed")
    path = "/api/v1/namespaces/apps/secrets/sh.helm.release.v1.web.v1"
    command_line.cluster.edit(path, lambda found: found.update(data={"release": "AAAA"}))
    command_line.claim("web")
    rows = command_line.run("history", "web").out.splitlines()
    assert rows[1].split() == [
        "1",
        "-",
        "-",
        "-",
        "unreadable",
        "unknown",
        "its",
        "record",
        "cannot",
        "be",
        "decoded",
    ]


def test_json_has_stable_keys(command_line: CommandLine) -> None:
    command_line.store("web", "deployed")
    command_line.claim("web", "g")
    assert json.loads(command_line.run("history", "web", "-o", "json").out) == [
        {
            "revision": 1,
            "chart": "web-1.2.3",
            "app_version": "7",
            "status": "deployed",
            "verdict": "good",
            "verified": True,
            "live": True,
            "point_of_no_return": False,
            "restores": None,
            "instead_of": None,
            "reason": None,
            "made_by": "stack",
            "requested_by": None,
            "why": None,
            "deployed_at": "2026-01-02T00:00:00Z",
            "description": "Upgrade complete",
        }
    ]


def test_a_release_of_helm_alone_is_told_in_helms_words(command_line: CommandLine) -> None:
    command_line.store("web", "deployed")
    ended = command_line.run("history", "web")
    assert "deployed   good (Helm)   Upgrade complete" in ended.out
    assert ended.err.startswith("Not managed: ")


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (Moment(2, status="failed", verdict="bad", reason="OOMKilled"), "failed: OOMKilled"),
        (Moment(2, status="failed", verdict="bad", description="Upgrade failed"), "Upgrade failed"),
        (
            Moment(3, status="deployed", restores=1, instead_of=2, reason="OOMKilled", verdict="good"),
            "rollback to revision 1, as revision 2 failed: OOMKilled",
        ),
        (Moment(3, status="deployed", restores=1, verdict="good"), "rollback to revision 1"),
        (
            Moment(3, status="failed", restores=1, verdict="bad", reason="OOMKilled"),
            "rollback to revision 1 failed: OOMKilled",
        ),
        (
            Moment(3, status="deployed", restores=1, made_by="operator", requested_by="alice", why="slow"),
            "rollback to revision 1 by alice: slow",
        ),
        (
            Moment(3, status="deployed", restores=1, made_by="operator", reason="OperatorRequest"),
            "rollback to revision 1 by hand",
        ),
        (
            Moment(3, status="deployed", made_by="another client", description="Upgrade complete"),
            "Upgrade complete (by another client)",
        ),
        (
            Moment(3, status="deployed", description="Upgrade complete", point_of_no_return=True),
            "Upgrade complete; point of no return: nothing rolls back across it",
        ),
    ],
)
def test_what_happened_is_one_line(moment: Moment, told: str) -> None:
    assert what_happened(moment) == told
