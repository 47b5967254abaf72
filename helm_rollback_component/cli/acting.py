"""What the commands that change something share: questions, progress, interruptions, and refusals."""

from __future__ import annotations

import re
import signal
import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from helm_rollback_component.cli.printing import one_line
from helm_rollback_component.cli.running import tell
from helm_rollback_component.cli.screen import Screen
from helm_rollback_component.cli.wrapping import cut
from helm_rollback_component.errors import OperationError, ValidationError
from helm_rollback_component.package_version import version
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from helm_rollback_component.core.cancellation import Cancellation

_CLEAR = "\r\x1b[K"
_AS_OPTIONS = (
    ("set it to True to roll back nevertheless", "add --allow-data-loss to roll back nevertheless"),
    ("unlock with force", "add --force"),
)
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?", re.ASCII)
_UNITS = (3600, 60, 1)
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def tool() -> str:
    """Return this program and its version."""
    return f"helm-rollback {version()}"


def confirmed(question: str, *, yes: bool) -> bool:
    """Return whether the user wants that: `yes` says so, or the answer on the terminal does.

    Raises:
        OperationError: ``Cancelled`` where there is no terminal to ask on.
    """
    if yes:
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise OperationError(
            "nothing was changed, because there is no terminal to ask on",
            reason=Reason.CANCELLED,
            remedy="add --yes",
        )
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() in {"y", "yes"}:
        return True
    tell("Nothing was changed.")
    return False


@contextmanager
def interruptible(stop: Cancellation) -> Iterator[None]:
    """Have Ctrl-C, or SIGTERM, request a stop in the block: what is under way comes to a good end."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        if not stop.requested:
            sys.stderr.write("\n" if sys.stderr.isatty() else "")
            tell("Interrupted: what has begun is brought to a good end; please wait.")
        stop.request()

    before = {number: signal.signal(number, end) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Give what tells a line of progress: on a terminal, each in place of the one before."""
    stream = sys.stderr
    if not stream.isatty():
        yield tell
        return

    def show(line: str) -> None:
        stream.write(f"{_CLEAR}{cut(one_line(line), Screen.of(stream).width - 1)}")
        stream.flush()

    try:
        yield show
    finally:
        stream.write(_CLEAR)
        stream.flush()


@contextmanager
def in_words_of_options() -> Iterator[None]:
    """Have a refusal name options of the command line, not inputs of a program."""
    try:
        yield
    except ValidationError as error:
        problems = [replace(each, path="", message=_as_options(each.message)) for each in error.problems]
        raise ValidationError(
            problems, reason=error.reason, release=error.release, remedy=error.remedy
        ) from None
    except OperationError as error:
        error.remedy = _as_options(error.remedy)
        raise


def _as_options(text: str) -> str:
    for inputs, options in _AS_OPTIONS:
        text = text.replace(inputs, options)
    return text


def seconds(text: str) -> int:
    """Return a duration such as ``90``, ``90s``, ``5m`` or ``1h30m`` in seconds.

    Raises:
        ValueError: it is none, or is not positive.
    """
    found = _DURATION.fullmatch(text.strip())
    parts = found.groups() if found else ()
    total = sum(int(part or 0) * unit for part, unit in zip(parts, _UNITS, strict=False))
    if not total:
        raise ValueError(f"{text!r} is not a duration such as 90s, 5m or 1h30m")
    return total
