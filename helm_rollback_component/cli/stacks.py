"""Reading a stack's state: from the Pulumi CLI, a file, or standard input."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helm_rollback_component.cli import stack_state
from helm_rollback_component.errors import Problem, ValidationError

if TYPE_CHECKING:
    from helm_rollback_component.cli.stack_state import Declared

_STDIN = "-"
_LONGEST = 300


def read(stack: str, *, decrypted: bool = False) -> list[Declared]:
    """Return the releases of a stack.

    Args:
        stack: its name; or a file with its state, or ``-`` for standard input.
        decrypted: whether the secrets are wanted; where they cannot be had, they are left out.

    Raises:
        ValidationError: the state cannot be read.
    """
    text = _given(stack)
    if text is not None:
        return stack_state.releases(_parsed(text))
    found = stack_state.releases(_parsed(_exported(stack)))
    if decrypted or any(each.encrypted for each in found):
        found = stack_state.releases(_parsed(_exported(stack, "--show-secrets")))
    return found


def _given(stack: str) -> str | None:
    """Return the state that is given as such; None for a stack's name."""
    if stack == _STDIN:
        return sys.stdin.read()
    file = Path(stack)
    try:
        return file.read_text(encoding="utf-8") if file.is_file() else None
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(f"the file {stack} cannot be read: {error}") from None


def _exported(stack: str, *options: str) -> str:
    program = shutil.which("pulumi")
    if program is None:
        raise _unreadable("pulumi is not on the PATH; give a file with the state, or - for standard input")
    command = [program, "stack", "export", "--non-interactive", "--stack", stack, *options]
    done = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)  # noqa: S603  # the user's own CLI
    if done.returncode:
        said = " ".join(done.stderr.split())[:_LONGEST]
        raise _unreadable(f"pulumi cannot export the stack {stack}: {said}")
    return done.stdout


def _parsed(text: str) -> dict[str, Any]:
    try:
        state = json.loads(text)
    except ValueError:
        state = None
    if not isinstance(state, dict):
        raise _unreadable("this is not the state of a stack, as `pulumi stack export` prints it")
    return state


def _unreadable(message: str) -> ValidationError:
    return ValidationError([Problem("--stack", message)])
