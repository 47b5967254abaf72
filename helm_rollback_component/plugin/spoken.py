"""What a person is told, with the names of inputs as programs in other languages spell them. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helm_rollback_component.args import FIELDS
from helm_rollback_component.inputs.spelling import camel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.inputs.spelling import Fields

OF_A_COMPONENT = ("manage_namespace", "delete_namespace")
"""Inputs that declare another resource, as only a component can: other languages do not have them."""

_WORD = re.compile(r"\b([a-z]+(?:_[a-z]+)*)(=True|=False)?\b")


class SpokenError(RuntimeError):
    """An error whose words are those that a person is to see already."""


def in_camel_case(text: str) -> str:
    """Return a text of the provider with the names of inputs in camelCase: ``skipCrds``, ``adopt: true``."""
    return _WORD.sub(_respelled, text)


def _respelled(found: re.Match[str]) -> str:
    name, given = found.groups()
    if name not in _NAMES:
        return found[0]
    return f"{camel(name)}: {given[1:].lower()}" if given else camel(name)


def _names(fields: Fields) -> Iterator[str]:
    for name, section in fields.items():
        yield name
        yield from _names(section or {})


_NAMES = frozenset(_names(FIELDS)).difference(OF_A_COMPONENT)
