"""What fails for a reason that may pass is tried again until its time is over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile.persistence import Overtaken, Persistence
from helm_rollback_component.reconcile.run_events import RunEvents
from tests.support.histories import failure

if TYPE_CHECKING:
    from helm_rollback_component.core.failures.classify import Failure

PASSING = failure("ServerError", temporary=True)
FINAL = failure("CrashLoopBackOff")
UNREACHABLE = OperationError("it is away", reason=Reason.UNREACHABLE)


@dataclass
class Run:
    """Stands for the effects of a run; only the time and what is told of it matter."""

    time: float = 0.0
    said: list[str] = field(default_factory=list)
    events: RunEvents = field(default_factory=RunEvents)

    @property
    def pacing(self) -> Run:
        return self

    def progress(self, line: str) -> None:
        self.said.append(line)

    def now(self) -> float:
        return self.time

    def pause(self, seconds: float) -> None:
        self.time += seconds


@dataclass
class Tries:
    """What happens at each try; the last of it at all others too."""

    ends: list[Failure | OperationError | type[Overtaken] | None]
    before: list[Failure] = field(default_factory=list)

    def first(self) -> Failure | None:
        end = self.ends.pop(0) if len(self.ends) > 1 else self.ends[0]
        if isinstance(end, OperationError):
            raise end
        if isinstance(end, type):
            raise end
        return end

    def again(self, failed: Failure) -> Failure | None:
        self.before.append(failed)
        return self.first()


def carried_through(run: Any, *ends: Any) -> tuple[Failure | None, Tries]:
    """Try; return how it ended."""
    tries = Tries([*ends])
    return Persistence(run, 60).carry_through(tries.first, tries.again), tries


def test_what_succeeds_is_done_once() -> None:
    end, tries = carried_through(Run(), None)
    assert (end, tries.before) == (None, [])


def test_what_may_pass_is_tried_again_and_told() -> None:
    run = Run()
    end, tries = carried_through(run, PASSING, UNREACHABLE, None)
    assert end is None
    assert [each.reason for each in tries.before] == ["ServerError", "Unreachable"]
    assert run.said[0] == "ServerError was seen; trying again, because this may pass"


def test_what_fails_for_good_is_the_end() -> None:
    assert carried_through(Run(), PASSING, FINAL, None)[0] == FINAL


def test_the_time_is_used_to_its_end() -> None:
    run = Run()
    end, tries = carried_through(run, PASSING)
    assert end == PASSING
    assert run.time == 60
    assert len(tries.before) > 5


def test_an_error_that_lasts_is_raised_then() -> None:
    with pytest.raises(OperationError, match="it is away"):
        carried_through(Run(), UNREACHABLE)


def test_an_error_that_does_not_pass_is_raised_at_once() -> None:
    run = Run()
    with pytest.raises(OperationError, match="no"):
        carried_through(run, PASSING, OperationError("no", reason=Reason.FORBIDDEN))
    assert run.time < 1


def test_where_another_client_was_at_work_the_failure_before_stays() -> None:
    assert carried_through(Run(), PASSING, Overtaken)[0] == PASSING


def test_helm_gets_what_is_left_of_the_time_in_whole_seconds() -> None:
    run: Any = Run()
    persistence = Persistence(run, 60)
    run.time = 10.4
    assert persistence.whole_seconds == 50
    run.time = 61.0
    assert persistence.whole_seconds == 1
