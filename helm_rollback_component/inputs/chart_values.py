"""A chart's values, passed through Pulumi without loss.

Pulumi drops ``None`` inside inputs and makes every number a float. A null means something to Helm (it removes
a chart's default), and an integer beyond 2**53 must stay whole: `encode` and `decode` preserve both.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.inputs.tree import map_leaves

if TYPE_CHECKING:
    from collections.abc import Callable

_MARK = "helm-rollback:literal"
_NULL = {_MARK: "null"}
_TYPE = "type "
_INTEGER = re.compile(r"-?[0-9]{1,400}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LARGEST_EXACT = 2**53
_WITHOUT_A_FORM = (date, time, timedelta, Decimal, Enum, UUID, PurePath, set, frozenset, bytes, bytearray)
"""What Python programs hand over at times, such as a date that a YAML file has, and JSON has no form for."""


@dataclass(frozen=True)
class Unsendable:
    """Stands for a value that neither Pulumi nor Helm can hold.

    Attributes:
        fault: what is wrong with it, for a message.
    """

    fault: str

    @classmethod
    def of_type(cls, kind: str) -> Self:
        """Stand for a value of that type."""
        return cls(f"is of type {kind}; use the text itself, or another JSON-like value")


HALF_PAIR = Unsendable("contains half of a surrogate pair, which is no character; use a text that is Unicode")
TOO_LARGE = Unsendable("is larger than any number that Helm can hold; use a text")
_LITERALS = {
    "null": None,
    **{str(number): number for number in (math.nan, math.inf, -math.inf)},
    "half pair": HALF_PAIR,
    "too large": TOO_LARGE,
}


def is_text(text: str) -> bool:
    """Whether a text is Unicode: half of a surrogate pair is no character."""
    return not _SURROGATE.search(text)


def unsendable(value: object) -> dict[str, str]:
    """Return what stands for a value of a type that JSON does not have: the check refuses it."""
    return {_MARK: f"{_TYPE}{type(value).__name__}"}


def marked(leaf: Any) -> Any:
    """Return what stands for an input that Pulumi cannot hold, so that the check refuses it by name."""
    match leaf:
        case str() if not is_text(leaf):
            return {_MARK: "half pair"}
        case float() if not math.isfinite(leaf):
            return {_MARK: str(leaf)}
        case int() if abs(leaf) > sys.float_info.max:
            return {_MARK: "too large"}
        case str() | int() | float():
            return leaf
        case _ if isinstance(leaf, _WITHOUT_A_FORM):
            return unsendable(leaf)
        case _:
            return leaf


def encode(
    value: Any,
    *,
    leaf: Callable[[Any], Any] = lambda value: value,
    is_leaf: Callable[[Any], bool] = lambda _: False,
) -> Any:
    """Return `value` in a form that survives Pulumi: nulls, large integers, what is to be refused by name.

    Args:
        value: JSON-like data; what is neither mapping, sequence nor scalar goes through `leaf`.
        leaf: what to do with such a part, for example with an output.
        is_leaf: tells whether a mapping or sequence goes through `leaf` as a whole.

    Raises:
        ValidationError: a key is not Unicode.
    """

    def encoded(part: Any) -> Any:
        match part:
            case None:
                return dict(_NULL)
            case int() if _LARGEST_EXACT < abs(part) <= sys.float_info.max:
                return {_MARK: str(part)}
            case _ if isinstance(part, (str, int, float, *_WITHOUT_A_FORM)):
                return marked(part)
            case _:
                return leaf(part)

    return map_leaves(value, encoded, key=_key, is_leaf=is_leaf)


def _key(key: Any) -> str:
    text = str(key)
    if not is_text(text):
        message = "has a key with half of a surrogate pair, which is no character"
        raise ValidationError([Problem("values", message)])
    return text


def decode(value: Any) -> Any:
    """Return what `encode` was given; whole floats become the integers that they were, but for -0.0."""
    return map_leaves(value, _decoded, is_leaf=_is_literal)


def with_whole_numbers(value: Any) -> Any:
    """Return `value` with whole floats as integers."""
    return map_leaves(value, _whole)


def _whole(leaf: Any) -> Any:
    is_whole = isinstance(leaf, float) and leaf.is_integer() and (leaf or math.copysign(1, leaf) > 0)
    return int(leaf) if is_whole else leaf


def _decoded(leaf: Any) -> Any:
    match leaf:
        case {"helm-rollback:literal": literal}:
            return _meant(literal)
        case _:
            return _whole(leaf)


def _meant(literal: str) -> Any:
    if literal.startswith(_TYPE):
        return Unsendable.of_type(literal.removeprefix(_TYPE))
    return _LITERALS[literal] if literal in _LITERALS else int(literal)


def _is_literal(part: Any) -> bool:
    if not isinstance(part, Mapping) or len(part) != 1:
        return False
    literal = part.get(_MARK)
    if not isinstance(literal, str):
        return False
    return literal in _LITERALS or literal.startswith(_TYPE) or bool(_INTEGER.fullmatch(literal))
