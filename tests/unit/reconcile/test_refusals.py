"""What is refused before anything is done."""

from __future__ import annotations

import pytest

from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.remediation.steps import Refuse
from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile.refusals import refuse_unmanaged, refused
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
