"""Keyed digests: they show whether two values are the same, but not the values.

A digest reads ``v1:<key id>:<HMAC-SHA256 in hex>``. The part before the last colon says how it was made;
digests that were made differently say nothing about each other (`comparable`).
"""

from __future__ import annotations

import hmac
import json
from typing import Any

from helm_rollback_component.inputs.tree import map_leaves

FORMAT = "v1"

_EXACT = 2**53


class Digester:
    """Makes digests with one key.

    Args:
        key: secret random bytes, 32 as a rule.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.kind = f"{FORMAT}:{hmac.digest(key, b'key id', 'sha256').hex()[:8]}"
        """What every digest of this key begins with."""

    def of(self, value: object) -> str:
        """Return the digest of a JSON-like value.

        The order of keys does not count, a tuple is a list, and an integral float is an integer.

        Raises:
            ValueError: for NaN and the infinities.
            TypeError: for what JSON has no form for, keys that are not strings among it.
        """
        return f"{self.kind}:{hmac.digest(self._key, canonical(value), 'sha256').hex()}"


def comparable(one: str, other: str) -> bool:
    """Whether two digests were made in one way with one key, so that they differ only if the values do."""
    return one.rpartition(":")[0] == other.rpartition(":")[0]


def canonical(value: object) -> bytes:
    """Return the one JSON text that stands for the value and all that are equal to it.

    Raises:
        ValueError: for NaN and the infinities.
        TypeError: for what JSON has no form for, keys that are not strings among it.
    """
    plain = map_leaves(value, _whole, key=_key)
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def as_stored(value: Any) -> Any:
    """Return the value as Helm reads it back from a record: integers beyond 2^53 lose their last digits."""
    return map_leaves(value, _rounded)


def _rounded(leaf: object) -> object:
    return float(leaf) if isinstance(leaf, int) and abs(leaf) > _EXACT else leaf


def _whole(leaf: object) -> object:
    return int(leaf) if isinstance(leaf, float) and leaf.is_integer() else leaf


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a digest is of JSON-like values, whose keys are strings, not {type(key).__name__}")
    return key
