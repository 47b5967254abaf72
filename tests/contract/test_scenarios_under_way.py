"""The scenarios of Flux's `TestAtomicRelease_Reconcile_Scenarios` in which a deployment fails.

Each test bears the name of its case. Where Flux has a choice that this component does not offer (a failed
first deployment is always removed, a failed upgrade never is), the test holds what is done instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.results import Phase, RollbackState, RollbackStatus
from tests.contract.laboratory import BAD_IMAGE, IMPATIENT, Listening, condition, ready, stands
from tests.contract.obstacles import image_write, refusing

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

TESTED = {**IMPATIENT, "test": True}
BAD_TEST = {"tag": "bad", "test": "fail"}
OFF = {"rollback": {"enabled": False}}


def retries(number: int) -> dict[str, Any]:
    """Return the operations section with that many retries."""
    return {"rollback": {"retries": number}}


def refused_first_deployment(lab: Laboratory, reason: str, **inputs: Any) -> None:
    """Create the release, which fails for that reason and leaves nothing but what Helm's tests leave."""
    with pytest.raises(OperationError, match="release was removed") as caught:
        lab.deploy(**inputs)
    assert caught.value.reason == reason
    assert [name for name in lab.leftovers() if name != "pod/web-smoke"] == []


def test_install_failure(lab: Laboratory) -> None:
    refused_first_deployment(lab, "ImagePullBackOff", values=BAD_IMAGE, operations=OFF)


def test_install_failure_with_remediation(one_engine_lab: Laboratory) -> None:
    refused_first_deployment(one_engine_lab, "ImagePullBackOff", values=BAD_IMAGE)


def test_install_failure_with_retry(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    refused_first_deployment(lab, "ImagePullBackOff", values=BAD_IMAGE)
    status = lab.deploy(values={"tag": "good"})
    assert lab.statuses() == ["deployed"]
    assert lab.image().endswith(":good")
    assert ready(status) == (Phase.DEPLOYED, "InstallSucceeded")


def test_install_test_failure_with_remediation(one_engine_lab: Laboratory) -> None:
    refused_first_deployment(one_engine_lab, "TestFailed", values=BAD_TEST, health=TESTED)


def test_install_test_failure_with_retry(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    refused_first_deployment(lab, "TestFailed", values=BAD_TEST, health=TESTED)
    status = lab.deploy(health=TESTED)
    assert ready(status) == (Phase.DEPLOYED, "InstallSucceeded")
    assert stands(status, "TestSuccess") == ("True", "TestSucceeded")


def test_install_test_failure_with_test_ignore(one_engine_lab: Laboratory) -> None:
    status = one_engine_lab.deploy(values=BAD_TEST)
    assert ready(status) == (Phase.DEPLOYED, "InstallSucceeded")
    assert condition(status, "TestSuccess") is None


def test_install_with_exhausted_retries_after_remediation(one_engine_lab: Laboratory) -> None:
    for _ in range(2):
        refused_first_deployment(one_engine_lab, "ImagePullBackOff", values=BAD_IMAGE)


def test_upgrade_failure(lab: Laboratory) -> None:
    lab.deploy(operations=OFF)
    status = lab.upgrade(values=BAD_IMAGE, operations=OFF)
    assert lab.statuses() == ["deployed", "failed"]
    assert lab.image().endswith(":missing")
    assert ready(status) == (Phase.FAILED, "ImagePullBackOff")
    assert stands(status, "Released") == ("False", "UpgradeFailed")
    assert status.rollback_status == RollbackStatus()


def test_upgrade_failure_with_rollback_remediation(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "good"})
    status = lab.upgrade(values=BAD_IMAGE)
    assert lab.statuses() == ["superseded", "failed", "deployed"]
    assert lab.image().endswith(":good")
    assert ready(status) == (Phase.ROLLED_BACK, "ImagePullBackOff")
    assert stands(status, "Released") == ("False", "UpgradeFailed")
    assert stands(status, "Remediated") == ("True", "ImagePullBackOff")
    assert status.rollback_status.state is RollbackState.ROLLED_BACK


def test_upgrade_failure_with_retry(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "good"})
    status = lab.upgrade(values=BAD_IMAGE, operations=retries(1))
    assert lab.statuses() == ["superseded", "failed", "superseded", "failed", "deployed"]
    assert lab.image().endswith(":good")
    assert ready(status) == (Phase.ROLLED_BACK, "ImagePullBackOff")
    assert status.rollback_status.attempts == 2


def test_upgrade_test_failure_with_remediation(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "good"}, health=TESTED)
    status = lab.upgrade(values=BAD_TEST, health=TESTED)
    assert lab.statuses() == ["superseded", "superseded", "deployed"]
    assert lab.image().endswith(":good")
    assert ready(status) == (Phase.ROLLED_BACK, "TestFailed")
    assert stands(status, "TestSuccess") == ("False", "TestFailed")
    assert stands(status, "Remediated") == ("True", "TestFailed")


def test_upgrade_test_failure_with_retry(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "good"}, health=TESTED)
    status = lab.upgrade(values=BAD_TEST, health=TESTED, operations=retries(1))
    assert lab.image().endswith(":good")
    assert ready(status) == (Phase.ROLLED_BACK, "TestFailed")
    assert (status.revision, status.rollback_status.attempts) == (5, 2)


def test_upgrade_test_failure_with_test_ignore(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "good"})
    status = lab.upgrade(values=BAD_TEST)
    assert lab.image().endswith(":bad")
    assert ready(status) == (Phase.DEPLOYED, "UpgradeSucceeded")


def test_upgrade_with_exhausted_retries_after_remediation(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "good"})
    first = lab.upgrade(values=BAD_IMAGE)
    again = lab.upgrade(values=BAD_IMAGE)
    assert lab.statuses() == ["superseded", "failed", "deployed"]
    assert ready(again) == (Phase.ROLLED_BACK, "ImagePullBackOff")
    assert (again.rollback_status, again.conditions) == (first.rollback_status, first.conditions)


def test_upgrade_remediation_results_in_exhausted_retries(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "good"})
    lab.upgrade(values=BAD_IMAGE, operations=retries(1))
    again = lab.upgrade(values=BAD_IMAGE, operations=retries(1))
    assert lab.revisions() == [1, 2, 3, 4, 5]
    assert ready(again) == (Phase.ROLLED_BACK, "ImagePullBackOff")


def test_upgrade_retry_does_not_result_in_exhausted_retries(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "one"})
    obstacle = refusing(lab.space, image_write("two"))
    obstacle.__enter__()
    lab.said = Listening("attempt 2", lambda: obstacle.__exit__(None, None, None))
    status = lab.upgrade(values={"tag": "two"}, operations=retries(1))
    assert lab.statuses() == ["superseded", "failed", "superseded", "deployed"]
    assert lab.image().endswith(":two")
    assert ready(status) == (Phase.DEPLOYED, "UpgradeSucceeded")
    assert status.rollback_status == RollbackStatus()
