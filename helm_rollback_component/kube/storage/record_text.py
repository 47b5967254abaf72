"""From what stands in a release Secret to the JSON in it, within bounds of memory and time. Pure.

Who may write Secrets in one namespace can store a text of a mebibyte that inflates to a gibibyte, and to ten
times as much as Python values. One process serves many releases: the others must not suffer from that.
"""

from __future__ import annotations

import re
import zlib
from base64 import b64decode
from itertools import islice

from pydantic_core import from_json

_GZIP = b"\x1f\x8b\x08"
_LARGEST = 16 * 1024 * 1024
"""In bytes of JSON. A Secret holds 768 KiB of gzip; what Helm writes inflates to ten times that at most."""
_MOST_TOKENS = 400_000
"""Beginnings of values, and texts: they take up to 200 bytes each while they are compared."""
_TEXT_OR_BEGIN = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[,\[{]', re.DOTALL)


class BoundsError(ValueError):
    """It is larger than a record can be. The message repeats nothing of it."""


def read(stored: str) -> object:
    """Return the JSON value in what a Secret holds: JSON, gzipped as a rule, twice in base64.

    Raises:
        BoundsError: it inflates to more than a record can be, or has more values than that.
        ValueError: it is not base64, not JSON, or nested more than 200 levels deep.
        TypeError: it is not a text.
        zlib.error: it is damaged.
    """
    text = _inflated(b64decode(b64decode(stored)))
    if _has_too_many_values(text):
        raise BoundsError("it has more values than a record can have")
    return from_json(text, allow_inf_nan=False)


def _inflated(packed: bytes) -> bytes:
    if not packed.startswith(_GZIP):
        return packed
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    found = inflater.decompress(packed, _LARGEST)
    if not inflater.eof:
        raise BoundsError("it is incomplete, or too large for a record")
    return found


def _has_too_many_values(text: bytes) -> bool:
    """Tell whether a JSON text has too many values; what only looks like the beginning of one is in texts."""
    if sum(map(text.count, (b",", b"[", b"{"))) <= _MOST_TOKENS:
        return False
    return any(islice(_TEXT_OR_BEGIN.finditer(text), _MOST_TOKENS, None))
