"""Reading a stack's state: from the Pulumi CLI, a file, or standard input."""

from __future__ import annotations

import sys
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from helm_rollback_component.cli import stack_state
from helm_rollback_component.cli.running import tell
from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.pulumi_adapter import stack_export

if TYPE_CHECKING:
    from helm_rollback_component.cli.stack_state import Declared

_STDIN = "-"


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
        return _parsed(text)
    found = _exported(stack)
    hidden = any(each.hidden for each in found)
    if not hidden or (secrets is Secrets.KUBECONFIG and not any(each.encrypted for each in found)):
        return found
    try:
        return _exported(stack, stack_export.DECRYPTED)
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


def _exported(stack: str, *options: str) -> list[Declared]:
    try:
        return stack_state.releases(stack_export.export(stack, *options))
    except LookupError as error:
        raise _unreadable(str(error)) from None


def _parsed(text: str) -> list[Declared]:
    try:
        return stack_state.releases(stack_export.parse(text))
    except LookupError as error:
        raise _unreadable(str(error)) from None


def _unreadable(message: str) -> ValidationError:
    return ValidationError([Problem("--stack", message)])
