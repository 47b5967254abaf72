"""Provider and Helm died together during a bad upgrade, and the same is declared again."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.results import Phase
from tests.contract.laboratory import BAD_IMAGE, CRASHING
from tests.contract.mortals import killed

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

LONGER_THAN_ANY_TEST = {"upgrade": 3600}


def _waits_for(lab: Laboratory, reason: str) -> bool:
    """Whether a container of a pod waits for that."""
    pods = lab.space.objects.list("pod")
    states = [each["state"] for pod in pods for each in pod["status"].get("containerStatuses", ())]
    return any(state.get("waiting", {}).get("reason") == reason for state in states)


def _killed_when(lab: Laboratory, reason: str, values: dict[str, str]) -> None:
    """Deploy something good, and have the upgrade to these values die once its pod waits for that."""
    lab.deploy(values={"tag": "good"})
    bad = {"values": values, "health": {"fail_fast": False}}
    killed(lab, 2, "pending-upgrade", with_helm=True, once=partial(_waits_for, lab, reason), **bad)


def test_what_fails_again_is_found_before_the_timeout(lab: Laboratory) -> None:
    _killed_when(lab, "CrashLoopBackOff", CRASHING)
    status = lab.upgrade(values=CRASHING, timeouts=LONGER_THAN_ANY_TEST)
    assert (status.phase, status.rollback_status.reason) == (Phase.ROLLED_BACK, "CrashLoopBackOff")
    assert lab.statuses() == ["superseded", "failed", "failed", "deployed"]


def test_an_image_that_was_pushed_meanwhile_is_deployed(lab: Laboratory) -> None:
    _killed_when(lab, "ImagePullBackOff", BAD_IMAGE)
    label = ("label", "pod", "--overwrite", "--selector=ground/play=image-pull", "ground/play=ready")
    threading.Timer(3, partial(lab.space.kubectl, *label)).start()
    status = lab.upgrade(values=BAD_IMAGE, timeouts=LONGER_THAN_ANY_TEST)
    assert (status.phase, status.revision) == (Phase.DEPLOYED, 3)
    assert lab.image().endswith(":missing")
