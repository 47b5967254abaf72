"""A release that is not as declared is a partial failure: the state is saved, and the update fails."""

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tests.e2e.conftest import Bench, BenchMaker
from tests.e2e.values import AT_ONCE, BAD, BETTER, GOOD
from tools.sandbox import CLI

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]

_HOOK_THAT_CANNOT_RUN = """\
    apiVersion: v1
    kind: Pod
    metadata:
      name: farewell
      annotations: {"helm.sh/hook": pre-delete}
      labels: {ground/play: never-ready}
    spec:
      restartPolicy: Never
      containers: [{name: farewell, image: "busybox:1"}]
    """


def _web(bench: Bench, values: dict[str, Any], **inputs: Any) -> dict[str, Any]:
    return bench.web(values=values, health=AT_ONCE, **inputs)


def _marked(bench: Bench) -> list[str]:
    """Return why Pulumi holds the release to be half made."""
    reasons: list[str] = bench.project.resources()["web-release"].get("initErrors", [])
    return reasons


def _chart(bench: Bench) -> Path:
    return bench.project.work_dir / "stacks" / "charts" / "web"


def test_the_state_has_the_reason_and_a_refresh_clears_that_mark_but_not_the_fact(bench: Bench) -> None:
    bench.project.deploy({"web": _web(bench, GOOD)})
    bench.project.fail({"web": _web(bench, BAD)})
    before = bench.space.history()
    (reason,) = _marked(bench)
    assert "ImagePullBackOff" in reason

    refreshed = bench.project.refresh()
    assert not refreshed.failed, refreshed.text
    assert _marked(bench) == []
    assert bench.project.release()["phase"] == "RolledBack"

    preview = bench.project.preview()
    assert any(message.startswith("this update will fail:") for message in preview.messages)
    again = bench.project.up()
    assert again.failed
    same = reason.replace("the upgrade failed", "nothing was tried, because these inputs were rolled back")
    assert same in " ".join(again.messages)
    assert bench.space.history() == before


def test_an_update_of_the_release_alone_tells_too(bench: Bench) -> None:
    bench.project.deploy({"web": _web(bench, GOOD)})
    bench.project.declare({"web": _web(bench, BAD)})

    outcome = bench.project.up(target=[bench.project.resources()["web-release"]["urn"]])

    assert outcome.failed
    assert "the upgrade failed (ImagePullBackOff" in outcome.text
    assert bench.project.release()["phase"] == "RolledBack"


@pytest.mark.sweep
@pytest.mark.parametrize("selected", ["with dependents", "all but another"])
def test_so_does_one_whose_selection_only_the_cli_knows(benches: BenchMaker, selected: str) -> None:
    with benches(CLI) as bench:
        both = {"web": _web(bench, GOOD), "api": _web(bench, {**GOOD, "fullname": "api"})}
        bench.project.deploy(both)
        bench.project.declare({**both, "web": _web(bench, BAD)})
        urns = {name: found["urn"] for name, found in bench.project.resources().items()}
        options: dict[str, Any] = (
            {"target": [urns["web"]], "target_dependents": True}
            if selected == "with dependents"
            else {"exclude": [urns["api-release"]]}
        )

        outcome = bench.project.up(**options)

        assert outcome.failed
        assert "the upgrade failed (ImagePullBackOff" in outcome.text
        assert bench.project.release()["phase"] == "RolledBack"


def test_other_releases_go_on_where_the_update_is_to_continue_on_errors(bench: Bench) -> None:
    bench.project.deploy({"web": _web(bench, GOOD)})
    bench.project.declare({"web": _web(bench, BAD), "api": _web(bench, {**GOOD, "fullname": "api"})})

    outcome = bench.project.up(continue_on_error=True)

    assert outcome.failed
    assert bench.project.release("web")["phase"] == "RolledBack"
    assert bench.project.release("api")["phase"] == "Deployed"


DEPENDENT = """
import pulumi
from helm_rollback_component import HelmRelease

releases = pulumi.Config().require_object("releases")
web = HelmRelease("web", releases["web"])
HelmRelease("needs", releases["needs"], pulumi.ResourceOptions(depends_on=[web]))
first = HelmRelease("first", releases["first"])
HelmRelease("alone", releases["alone"], pulumi.ResourceOptions(depends_on=[first]))
"""


def test_what_depends_on_a_failed_release_is_left_out_and_stops_no_other(bench: Bench) -> None:
    bench.project.program(DEPENDENT)
    others = {name: _web(bench, {**GOOD, "fullname": name}) for name in ("needs", "alone", "first")}
    bench.project.deploy({"web": _web(bench, GOOD), **others})
    changed = {name: _web(bench, {**BETTER, "fullname": name}) for name in others}
    bench.project.declare({"web": _web(bench, BAD), **changed})

    outcome = bench.project.up(continue_on_error=True)

    assert outcome.failed
    assert "registration isn't pending" not in outcome.text
    revisions = {name: bench.project.release(name)["revision"] for name in others}
    assert revisions == {"needs": 1, "alone": 2, "first": 2}


def test_a_release_that_was_rolled_back_can_be_replaced(bench: Bench) -> None:
    bench.project.deploy({"web": _web(bench, GOOD)})
    bench.project.fail({"web": _web(bench, BAD)})

    bench.project.deploy({"web": _web(bench, BETTER, releaseName="green")})

    assert bench.space.statuses("green") == ["deployed"]
    assert bench.space.get("lease", "helm-rollback.web") is None
    assert _marked(bench) == []


def test_a_first_deployment_that_cannot_be_removed_is_in_the_state(bench: Bench) -> None:
    (_chart(bench) / "templates" / "farewell.yaml").write_text(dedent(_HOOK_THAT_CANNOT_RUN))

    outcome = bench.project.fail({"web": _web(bench, BAD, timeouts={"delete": 3})})

    assert "Traceback" not in outcome.text
    assert bench.project.resources()["web-release"]["id"] == f"{bench.space.name}/web"
    assert len(_marked(bench)) == 1
    assert bench.project.release()["phase"] == "Failed"

    repaired = bench.project.deploy({"web": _web(bench, GOOD, disableHooks=True)})

    assert repaired.outputs["web"]["phase"] == "Deployed"
    assert _marked(bench) == []
    assert not bench.project.destroy().failed
    assert not bench.space.left(besides={"pod/farewell"}), "of a hook that is left out, Helm removes nothing"
