"""The state of a stack, as the Pulumi CLI exports it: during an update too, as the engine saves each step."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.health import foreign

if TYPE_CHECKING:
    from collections.abc import Mapping

    Resource = Mapping[str, Any]
    """``type``, ``urn``, ``id``, ``provider``, ``inputs``, ``outputs``, ``delete``, if it has them."""

DECRYPTED = "--show-secrets"
"""The option for a state whose secrets are plain values."""

_KIND = "4dabf18193072939515e22adb298388d"
"""The key of the protocol that marks a value as something special, such as a secret."""
_NO_PROGRAM = "pulumi is not on the PATH; give a file with the state, or - for standard input"
_NO_STATE = "this is not the state of a stack, as `pulumi stack export` prints it"
_LONGEST = 300
_TIMEOUT = 120


def export(stack: str, *options: str) -> Mapping[str, Any]:
    """Return the state of a stack; its secrets are encrypted unless the options say otherwise.

    An interrupt of the terminal does not reach the CLI.

    Args:
        stack: its name, as the CLI takes it.
        options: further options of ``pulumi stack export``.

    Raises:
        LookupError: it could not be exported; says why.
    """
    program = shutil.which("pulumi")
    if program is None:
        raise LookupError(_NO_PROGRAM)
    command = [program, "stack", "export", "--non-interactive", "--stack", stack, *options]
    try:
        done = subprocess.run(  # noqa: S603  # the user's own CLI
            command,
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=_TIMEOUT,
            process_group=0,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LookupError(f"pulumi cannot export the stack {stack}: {error}") from None
    if done.returncode:
        said = " ".join(done.stderr.split())[:_LONGEST]
        raise LookupError(f"pulumi cannot export the stack {stack}: {said}")
    return parse(done.stdout)


def parse(text: str) -> Mapping[str, Any]:
    """Return the state in a text, as `pulumi stack export` prints it or as a backend's file has it.

    Raises:
        LookupError: it is no state.
    """
    try:
        match json.loads(text):
            case dict() as state:
                return state
            case _:
                raise LookupError(_NO_STATE)
    except ValueError:
        raise LookupError(_NO_STATE) from None


def resources(state: Mapping[str, Any]) -> list[Resource]:
    """Return the resources in a state, those excepted that a replacement has left to be deleted."""
    latest = foreign.mapping(foreign.mapping(state, "checkpoint"), "latest")
    found = foreign.mappings(foreign.mapping(state, "deployment") or latest, "resources")
    return [each for each in found if not each.get("delete")]


def properties(resource: Resource, part: str) -> tuple[dict[str, Any], set[str]]:
    """Return the ``inputs`` or ``outputs`` of a resource, and the names of those that are encrypted in it.

    Secrets that are not encrypted are plain values; what is encrypted is None.
    """
    hidden = set[str]()
    found = foreign.mapping(resource, part).items()
    return {key: _opened(value, key, hidden) for key, value in found}, hidden


def _opened(value: Any, key: str, hidden: set[str]) -> Any:
    match value:
        case {"plaintext": str(text)} if _KIND in value:
            return json.loads(text)
        case dict() if _KIND in value:
            hidden.add(key)
            return None
        case dict():
            return {name: _opened(inner, key, hidden) for name, inner in value.items()}
        case list():
            return [_opened(inner, key, hidden) for inner in value]
        case _:
            return value
