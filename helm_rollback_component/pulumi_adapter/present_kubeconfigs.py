"""The kubeconfigs that the program and the environment have now, which may be newer than those of the state.

A refresh, a destroy, or a removal from the program is given the properties in the state alone. Credentials
among them may have expired since.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from helm_rollback_component.inputs.tree import leaves
from helm_rollback_component.pulumi_adapter import stack_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Way = tuple[str | None, str | None]
"""A kubeconfig and a context, as the inputs of these names have them."""

_MARK = "current-context"

_declared: dict[Way, None] = {}


def note_inputs(inputs: Mapping[str, Any]) -> None:
    """Remember how a resource of the program reaches its cluster in this run."""
    given = inputs.get("kubeconfig"), inputs.get("context")
    if isinstance(given[0], str) and isinstance(given[1], str | None):
        _declared.pop(given, None)
        _declared[given] = None


def present() -> Iterator[Way]:
    """Yield what to try in place of refused credentials: the program's, the configuration's, kubectl's."""
    yield from reversed(_declared)
    for _, value in leaves(stack_settings.known()):
        yield from ((text, None) for text in _kubeconfigs(value))
    yield None, None


def _kubeconfigs(value: Any) -> Iterator[str]:
    if not isinstance(value, str) or _MARK not in value:
        return
    try:
        parsed = json.loads(value)
    except ValueError:
        yield value
        return
    if isinstance(parsed, dict) and _MARK in parsed:
        yield value
    else:
        yield from (text for _, leaf in leaves(parsed) for text in _kubeconfigs(leaf))
