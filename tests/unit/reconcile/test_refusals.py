"""What is refused before anything is done."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.remediation.steps import Refuse
from helm_rollback_component.errors import OperationError, Problem, ValidationError
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile.refusals import (
    refuse_if_replaced,
    refuse_unmanaged,
    refuse_while_helm_works,
    refused,
)
from tests.support.histories import history


def test_a_refusal_names_the_input_the_reason_and_the_release() -> None:
    error = refused(Refuse("operations.rollback.target_revision", Reason.PRUNED, "it is gone"), "apps/web")
    assert error.problems == (Problem("operations.rollback.target_revision", "it is gone"),)
    assert (error.reason, error.release) == ("Pruned", "apps/web")


@pytest.mark.parametrize(
    "found", [history("deployed"), history("superseded", "failed"), History(unreadable=(1,))]
)
def test_a_release_that_nobody_claimed_is_not_deployed_over(found: History) -> None:
    with pytest.raises(ValidationError, match="adopt=True") as caught:
        refuse_unmanaged(found, "apps/web")
    assert caught.value.reason == "ReleaseExists"
    assert [problem.path for problem in caught.value.problems] == ["adopt"]


@pytest.mark.parametrize("found", [History(), history("superseded", "uninstalled")])
def test_nothing_and_a_kept_history_are_deployed_over(found: History) -> None:
    refuse_unmanaged(found, "apps/web")


BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def test_what_helm_may_still_work_on_elsewhere_is_left_alone() -> None:
    with pytest.raises(OperationError, match="for 50 s at most") as caught:
        refuse_while_helm_works(
            history("deployed", "pending-rollback"), 60, "apps/web", BEGAN.replace(second=10)
        )
    assert (caught.value.reason, caught.value.temporary) == ("OperationInProgress", True)


@pytest.mark.parametrize(
    ("found", "minute"),
    [(History(), 0), (history("deployed"), 0), (history("deployed", "pending-rollback"), 1)],
    ids=["no release", "nothing pending", "too old"],
)
def test_what_helm_cannot_work_on_any_more_is_not(found: History, minute: int) -> None:
    refuse_while_helm_works(found, 60, "apps/web", BEGAN.replace(minute=minute))


@pytest.mark.parametrize("expected", [None, 2])
def test_what_was_agreed_to_for_the_latest_revision_is_done(expected: int | None) -> None:
    refuse_if_replaced(history("superseded", "deployed"), expected, "apps/web")


@pytest.mark.parametrize(("found", "latest"), [(history("superseded", "deployed"), 2), (History(), 0)])
def test_what_was_agreed_to_for_another_one_is_not(found: History, latest: int) -> None:
    with pytest.raises(OperationError, match=f"the latest revision is {latest} by now, and not 5") as caught:
        refuse_if_replaced(found, 5, "apps/web")
    assert caught.value.reason == "Conflict"
