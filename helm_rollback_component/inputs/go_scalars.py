"""What a YAML scalar is to Go, and so to Helm and Kubernetes: its type, and its text as a key. Pure."""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | None

_STANDARD = "tag:yaml.org,2002:"
_TYPES: dict[str, tuple[type, ...]] = {
    f"{_STANDARD}bool": (bool,),
    f"{_STANDARD}int": (int,),
    f"{_STANDARD}float": (float,),
    f"{_STANDARD}null": (type(None),),
    f"{_STANDARD}timestamp": (str,),
}
"""By tag: of which type a scalar must be. What has another tag is a text."""
_FLOAT_TAG, _BINARY_TAG = f"{_STANDARD}float", f"{_STANDARD}binary"

_WORDS: dict[str, bool | float | None] = (
    {
        form: value
        for value, words in (
            (True, ("y", "yes", "true", "on")),
            (False, ("n", "no", "false", "off")),
            (None, ("", "~", "null")),
            (math.nan, (".nan",)),
            (math.inf, (".inf", "+.inf")),
            (-math.inf, ("-.inf",)),
        )
        for word in words
        for form in (word, word.capitalize(), word.upper())
    }
    | {".NaN": math.nan}
    | {f"{sign}.Inf": float(f"{sign}inf") for sign in ("", "+", "-")}
)
_NUMBERS_BEGIN = frozenset("+-.0123456789")
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))")
_BASES = (16, 2, 8, 10)
_LONGEST_INTEGER = 80
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_LOWEST, _HIGHEST = -(2**63), 2**64 - 1

_SINGLE = struct.Struct("<f")
_DIGITS_OF_A_SINGLE = 9
_LEAST_EXPONENT, _EXPONENT_FROM = -4, 6


def resolved(text: str, tag: str | None = None, *, plain: bool = True) -> Scalar:
    """Return what a scalar stands for.

    Args:
        text: how it is written, without quotes.
        tag: its tag, if it has one.
        plain: whether it is written without quotes and tag.

    Raises:
        ValueError: it is not of the type that its tag says, or not finite: JSON, through which Go
            reads it, has no form for that.
    """
    value = _resolved(text, tag, plain=plain)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number is not finite")
    return value


def key_text(key: object) -> str:
    """Return the text that a key which is no text becomes.

    Raises:
        ValueError: no key in Go is like that.
    """
    match key:
        case bool():
            return str(key).lower()
        case int() if key <= _HIGHEST // 2:
            return str(key)
        case float():
            return _short(key)
        case _:
            raise ValueError("a key is neither a text nor a number nor a boolean")


def _resolved(text: str, tag: str | None, *, plain: bool) -> Scalar:
    if not tag:
        return _typed(text) if plain else text
    if tag == _BINARY_TAG:
        return _decoded(text)
    types = _TYPES.get(tag)
    if types is None:
        return text
    value = _typed(text)
    if tag == _FLOAT_TAG and type(value) is int:
        value = float(value)
    if type(value) not in types:
        raise ValueError(f"a value is not of the type {tag.removeprefix(_STANDARD)} that its tag says")
    return value


def _typed(text: str) -> Scalar:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBERS_BEGIN:
        return text
    number = _number(text.replace("_", ""))
    return text if number is None else number


def _number(text: str) -> int | float | None:
    found = _INTEGER.fullmatch(text) if len(text) <= _LONGEST_INTEGER else None
    if found:
        digits, base = next(
            (each, base) for each, base in zip(found.groups()[1:], _BASES, strict=True) if each is not None
        )
        integer = int(found[1] + digits, base)
        if _LOWEST <= integer <= _HIGHEST:
            return integer
    return _float(text)


def _float(text: str) -> float | None:
    value = float(text) if _FLOAT.fullmatch(text) else math.inf
    return value if math.isfinite(value) else None


def _decoded(text: str) -> str:
    try:
        content = base64.b64decode("".join(text.splitlines()), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("a binary value is not in base64") from None
    return content.decode("utf-8", "replace")


def _short(key: float) -> str:
    """Return a number as Go writes one of single precision, with as few digits as tell it from all others."""
    try:
        single = _SINGLE.pack(key)
    except OverflowError:
        return "-.inf" if key < 0 else ".inf"
    (rounded,) = _SINGLE.unpack(single)
    digits, text = next(
        (digits, text)
        for digits in range(_DIGITS_OF_A_SINGLE)
        if _SINGLE.pack(float(text := f"{rounded:.{digits}e}")) == single
    )
    exponent = int(text.partition("e")[2])
    if _LEAST_EXPONENT <= exponent < _EXPONENT_FROM:
        return f"{rounded:.{max(digits - exponent, 0)}f}"
    return text
