"""What happens in a run, as one stream."""

from __future__ import annotations

import pytest

from helm_rollback_component.core.failures.classify import Failure
from helm_rollback_component.core.remediation.conclude import RolledBack
from helm_rollback_component.core.remediation.steps import Rollback
from helm_rollback_component.errors import OperationError
from helm_rollback_component.reconcile.rows import Rows
from helm_rollback_component.reconcile.run_events import (
    Concluded,
    Retried,
    RunEvent,
    RunEvents,
    Said,
    Step,
    StepBegan,
    StepEnded,
    Warned,
)


def test_every_observer_takes_every_event_in_order() -> None:
    first, second = list[RunEvent](), list[RunEvent]()
    events = RunEvents(first.append, second.append)
    events.progress("waiting")
    events.warn("look")
    assert first == second == [Said("waiting"), Warned("look")]


def test_the_row_has_words_alone_and_none_twice() -> None:
    said, noted, warned = list[str](), list[str](), list[str]()
    events = RunEvents(Rows(said.append, noted.append, warned.append))
    for line in ("waiting", "waiting", "rolling back", "waiting"):
        events.progress(line)
    events.note("a pod was evicted")
    events.warn("look")
    events.tell(Retried("Conflict"))
    assert said == ["waiting", "rolling back", "waiting"]
    assert (noted, warned) == (["a pod was evicted"], ["look"])


@pytest.mark.parametrize(
    ("failure", "reason"), [(None, ""), (Failure("HookFailed", "", "", temporary=False), "HookFailed")]
)
def test_a_step_tells_how_it_ended(failure: Failure | None, reason: str) -> None:
    told = list[RunEvent]()
    assert RunEvents(told.append).carry_out(Step.TEST, lambda: failure) is failure
    assert told == [StepBegan(Step.TEST), StepEnded(Step.TEST, reason)]


@pytest.mark.parametrize(
    ("error", "reason"),
    [(OperationError("no", reason="Conflict"), "Conflict"), (KeyError("no"), "HelmFailed")],
)
def test_so_does_one_that_raises(error: Exception, reason: str) -> None:
    told = list[RunEvent]()
    with pytest.raises(type(error)), RunEvents(told.append).helm():
        raise error
    assert told == [StepBegan(Step.HELM), StepEnded(Step.HELM, reason)]


def test_whether_the_last_run_rolled_back_is_known() -> None:
    events = RunEvents()
    assert not events.rolled_back
    events.tell(Concluded("automatic", (RolledBack(Rollback(1, "HookFailed"), failed=False),), None))
    assert events.rolled_back
    events.tell(Concluded("automatic", (), None))
    assert not events.rolled_back
