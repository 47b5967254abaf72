"""What the commands that change something share."""

import io
import os
import signal
import sys

import pytest

from helm_rollback_component.cli import acting
from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.errors import OperationError, Problem, ValidationError


class Terminal(io.StringIO):
    """Stands for a terminal."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


@pytest.mark.parametrize(
    ("text", "found"),
    [("90", 90), ("90s", 90), ("5m", 300), ("5m0s", 300), ("1h30m", 5400), (" 2m5s ", 125)],
)
def test_a_duration_is_read(text: str, found: int) -> None:
    assert acting.seconds(text) == found


@pytest.mark.parametrize("text", ["", "0", "0m", "-5", "5 m", "1.5h", "soon", "5m3h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        acting.seconds(text)


@pytest.mark.parametrize(("answer", "agreed"), [("y\n", True), ("Yes\n", True), ("n\n", False), ("", False)])
def test_the_answer_on_the_terminal_decides(
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    agreed: bool,  # noqa: FBT001  # a row
) -> None:
    asked = Terminal()
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    monkeypatch.setattr(sys, "stderr", asked)
    assert acting.confirmed("Do it?", yes=False) is agreed
    assert asked.getvalue().startswith("Do it? [y/N] ")
    assert ("Nothing was changed." in asked.getvalue()) is not agreed


def test_without_a_terminal_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    with pytest.raises(OperationError, match="no terminal") as caught:
        acting.confirmed("Do it?", yes=False)
    assert caught.value.remedy == "add --yes"
    assert acting.confirmed("Do it?", yes=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_asks_for_a_good_end_and_is_told_once(
    capsys: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    before, stop = signal.getsignal(number), Cancellation()
    with acting.interruptible(stop):
        os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)
    assert stop.requested
    assert capsys.readouterr().err.count("Interrupted: ") == 1
    assert signal.getsignal(number) is before


def test_on_a_terminal_that_is_told_below_the_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    with acting.interruptible(Cancellation()):
        os.kill(os.getpid(), signal.SIGINT)
    assert shown.getvalue().startswith("\nInterrupted: ")


def test_progress_is_one_line_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "12")
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    with acting.progress() as told:
        told("rolling back to revision 1")
        told("two\nlines")
    assert shown.getvalue() == "\r\x1b[Krolling bac\r\x1b[Ktwo lines\r\x1b[K"


def test_progress_is_a_line_each_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    with acting.progress() as told:
        told("rolling back")
        told("waiting")
    assert capsys.readouterr().err == "rolling back\nwaiting\n"


def test_a_refusal_names_the_option() -> None:
    message = "would destroy data; set it to True to roll back nevertheless"
    with pytest.raises(ValidationError) as caught, acting.in_words_of_options():
        raise ValidationError([Problem("operations.rollback.allow_data_loss", message)], release="apps/web")
    assert (
        str(caught.value) == "apps/web: would destroy data; add --allow-data-loss to roll back nevertheless"
    )


def test_a_remedy_names_the_option() -> None:
    with pytest.raises(OperationError) as caught, acting.in_words_of_options():
        raise OperationError("it is locked", reason="Locked", remedy="wait; or unlock with force")
    assert caught.value.remedy == "wait; or add --force"
