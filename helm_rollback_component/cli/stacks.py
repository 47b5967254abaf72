"""Reading a stack's state: from the Pulumi CLI, a file, or standard input."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helm_rollback_component.cli import stack_state
from helm_rollback_component.cli.running import tell
from helm_rollback_component.errors import Problem, ValidationError

if TYPE_CHECKING:
    from helm_rollback_component.cli.stack_state import Declared

_STDIN = "-"
_LONGEST = 300


class Secrets(Enum):
    """What the secrets in a state are needed for."""

    KUBECONFIG = auto()
    """To reach the cluster alone."""
    MASKING = auto()
    """To mask them too."""
    RENDERING = auto()
    """To render the chart; without them, less is told."""


def read(stack: str, secrets: Secrets = Secrets.KUBECONFIG) -> list[Declared]:
    """Return the releases of a stack.

    The Pulumi CLI decrypts its secrets where they matter; those in a file stay as they are.

    Args:
        stack: its name; or a file with its state, or ``-`` for standard input.
        secrets: what they are needed for.

    Raises:
        ValidationError: the state cannot be read, or its secrets cannot be decrypted and have to be.
    """
    text = _given(stack)
    if text is not None:
        return stack_state.releases(_parsed(text))
    found = stack_state.releases(_parsed(_exported(stack)))
    hidden = any(each.hidden for each in found)
    if not hidden or (secrets is Secrets.KUBECONFIG and not any(each.encrypted for each in found)):
        return found
    try:
        return stack_state.releases(_parsed(_exported(stack, "--show-secrets")))
    except ValidationError as error:
        if secrets is not Secrets.RENDERING:
            raise
        tell(f"{error}; so less is known")
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
