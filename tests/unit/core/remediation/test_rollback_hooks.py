"""The failure of a rollback's hook says whose hook it is."""

from __future__ import annotations

from dataclasses import replace

from helm_rollback_component.core.remediation.rollback_hooks import explained
from helm_rollback_component.core.remediation.steps import Rollback, Upgrade
from tests.support.histories import failure, record

BACK = Rollback(1, "ImagePullBackOff")
IN_HOOK = replace(record(3, "pending-rollback"), hook_under_way="pre-rollback")


def test_the_hook_of_the_target_is_named() -> None:
    found = explained(BACK, failure("HookFailed"), IN_HOOK)
    assert found == replace(
        failure("HookFailed"), message="the pre-rollback hook of revision 1 failed: HookFailed was seen"
    )


def test_all_else_is_told_as_it_is() -> None:
    assert explained(BACK, None, IN_HOOK) is None
    assert explained(BACK, failure(), record(3, "failed")) == failure()
    assert explained(BACK, failure(), None) == failure()
    assert explained(Upgrade(), failure(), IN_HOOK) == failure()
