"""Which values can go to Helm, and which other inputs to Pulumi: what JSON has a form for. Pure."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from helm_rollback_component.errors import Problem
from helm_rollback_component.inputs.chart_values import HALF_PAIR, TOO_LARGE, Unsendable, is_text
from helm_rollback_component.inputs.property_paths import below
from helm_rollback_component.inputs.tree import leaves

if TYPE_CHECKING:
    from collections.abc import Iterator


def problems_of(value: Any, path: str = "values") -> Iterator[Problem]:
    """Yield what is wrong with the value at `path`, and with all that is in it."""
    match value:
        case Mapping():
            for key, item in value.items():
                if isinstance(key, str) and is_text(key):
                    yield from problems_of(item, below(path, key))
                else:
                    yield Problem(path, f"has the key {key!a}, which is not a text; use texts as keys")
        case list() | tuple():
            for index, item in enumerate(value):
                yield from problems_of(item, below(path, index))
        case _:
            fault = _fault(value)
            if fault:
                yield Problem(path, fault)


def problems_of_others(inputs: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield which inputs besides the values neither Pulumi nor Helm can hold."""
    for path, leaf in leaves({key: each for key, each in inputs.items() if key != "values"}):
        match leaf:
            case Unsendable():
                yield Problem(path, leaf.fault)
            case str() if not is_text(leaf):
                yield Problem(path, HALF_PAIR.fault)
            case int() | float() if not abs(leaf) <= sys.float_info.max:
                yield Problem(path, "is not a finite number; use one")


def _fault(leaf: object) -> str:
    match leaf:
        case Unsendable():
            return leaf.fault
        case str() if not is_text(leaf):
            return HALF_PAIR.fault
        case int() if abs(leaf) > sys.float_info.max:
            return TOO_LARGE.fault
        case float() if not math.isfinite(leaf):
            return f"is {leaf}, for which JSON has no form; use a finite number, or the text {str(leaf)!r}"
        case str() | int() | float() | None:
            return ""
        case _:
            return Unsendable.of_type(type(leaf).__name__).fault
