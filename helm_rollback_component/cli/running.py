"""How a command runs and ends: one line for an error, an exit code, and no traceback."""

import os
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, TextIO

import typer

if TYPE_CHECKING:
    from helm_rollback_component.cli.screen import Screen

INTERRUPTED = 130
"""As a shell has it for a program that a Ctrl-C ended."""
BROKEN_PIPE = 141
"""The same, where nobody reads what is printed any more."""

_OF_INPUTS = (
    ("release_name: ", ""),
    ("context: the kubeconfig has no context", "the kubeconfig has no context"),
    ("set kubeconfig and context to those of the cluster", "see --kubeconfig and --kube-context"),
    (
        "grant that permission to the user of the kubeconfig",
        "grant that permission; `helm-rollback permissions` tells all that are missing",
    ),
)


@dataclass(frozen=True)
class Ending:
    """The exit codes of a command.

    Attributes:
        error: what it ends with where it could not do its work; above 1 where 1 is an answer.
    """

    error: int = 1


ACTS = Ending()
"""Of a command that does something, or shows it: 0 where it could, else 1."""
ANSWERS = Ending(error=2)
"""Of a command that answers a question: 0 is yes, or nothing; 1 is no, or something."""


def prepare_streams() -> None:
    """Have what a terminal cannot show replaced, instead of an error for it."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")


def running(command: Callable[..., int | None], ending: Ending) -> Callable[..., None]:
    """Return the command as Typer is to call it."""

    @wraps(command)
    def run(*args: object, **options: object) -> None:
        try:
            code = command(*args, **options) or 0
            sys.stdout.flush()
        except KeyboardInterrupt:
            code = INTERRUPTED
        except BrokenPipeError:
            _write_nowhere(sys.stdout)
            code = BROKEN_PIPE
        except (typer.Exit, typer.BadParameter):
            raise
        except Exception as error:  # noqa: BLE001  # nobody else shows it
            tell(f"Error: {described(error)}")
            code = ending.error
        raise typer.Exit(code)

    return run


def tell(line: str) -> None:
    """Print one line for the person, beside the result; nothing happens where nobody reads it.

    On a terminal it is broken between words.
    """
    from helm_rollback_component.cli.tables import sentences

    tell_lines(lambda screen: sentences(screen, line))


def tell_lines(lines: "Callable[[Screen], Iterable[str]]") -> None:
    """Print lines beside the result; they are made for what reads standard error."""
    from helm_rollback_component.cli.screen import Screen

    try:
        sys.stderr.writelines(f"{each}\n" for each in lines(Screen.of(sys.stderr)))
        sys.stderr.flush()
    except BrokenPipeError:
        _write_nowhere(sys.stderr)


def described(error: Exception) -> str:
    """Return an error in one line, with its reason word at the end."""
    from helm_rollback_component.errors import HelmRollbackError

    if isinstance(error, HelmRollbackError):
        return f"{_in_words_of_options(str(error))} [{error.reason}]"
    if os.environ.get("HELM_DEBUG") in {"1", "true"}:
        traceback.print_exception(error)
    return f"unexpected {type(error).__name__}: {error}; please report it with what HELM_DEBUG=true shows"


def _in_words_of_options(text: str) -> str:
    """Return an error's text with options of the command line in the place of inputs of a program."""
    for inputs, options in _OF_INPUTS:
        text = text.replace(inputs, options)
    return text


def _write_nowhere(stream: TextIO) -> None:
    """Have what is left in the stream's buffer go nowhere when the process ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
