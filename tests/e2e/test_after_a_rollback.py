"""What a person can do after an unrequested rollback, and what else may follow one."""

from typing import Any

import pytest

from tests.e2e.conftest import Bench
from tests.e2e.values import AT_ONCE, BAD, GOOD

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]


def _releases(bench: Bench, values: dict[str, Any], **rollback: Any) -> dict[str, Any]:
    return {"web": bench.web(values=values, health=AT_ONCE, operations={"rollback": rollback})}


def test_going_back_to_the_restored_spec_needs_no_helm_action(bench: Bench) -> None:
    bench.project.deploy(_releases(bench, GOOD))
    bench.project.fail(_releases(bench, BAD))
    before = bench.space.history()

    outcome = bench.project.deploy(_releases(bench, GOOD))

    assert bench.space.history() == before
    assert (outcome.outputs["web"]["phase"], outcome.outputs["web"]["revision"]) == ("Deployed", 3)
    assert outcome.outputs["web"]["rollback"]["state"] == "none"


def test_a_new_retry_trigger_has_the_same_spec_tried_again(bench: Bench) -> None:
    bench.project.deploy(_releases(bench, GOOD))
    bench.project.fail(_releases(bench, BAD))

    bench.project.fail(_releases(bench, BAD, retryTrigger="now"))

    assert bench.space.statuses() == ["superseded", "failed", "superseded", "failed", "deployed"]
    assert bench.project.release()["rollback_status"]["restored_revision"] == 5


def test_the_trigger_alone_does_not_have_a_good_spec_deployed_again(bench: Bench) -> None:
    bench.project.deploy(_releases(bench, GOOD))

    bench.project.deploy(_releases(bench, GOOD, retryTrigger="now"))

    assert bench.space.statuses() == ["deployed"]


def test_a_rollback_that_only_warns_lets_the_update_succeed(bench: Bench) -> None:
    bench.project.deploy(_releases(bench, GOOD))

    outcome = bench.project.deploy(_releases(bench, BAD, onRollback="warn"))

    assert outcome.outputs["web"]["phase"] == "RolledBack"
    assert outcome.outputs["web"]["rollback"]["reason"] == "ImagePullBackOff"
    assert any("the upgrade failed (ImagePullBackOff" in message for message in outcome.messages)
    assert bench.space.image() == "nginx:1.29"
