"""The request to stop."""

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.helm.engines.engine import EngineError


def test_listeners_are_told_once() -> None:
    cancellation = Cancellation()
    told: list[str] = []
    cancellation.on_request(lambda: told.append("early"))

    cancellation.request()
    cancellation.request()
    cancellation.on_request(lambda: told.append("late"))

    assert cancellation.requested
    assert told == ["early", "late"]


def test_a_failure_carries_helms_words() -> None:
    error = EngineError("Error: no")

    assert (error.output, str(error)) == ("Error: no", "Error: no")
