"""Every way in which a text may be spelled that has gone through other programs, read backwards. Pure.

Texts here are UTF-8 with one character for each byte: whatever is decoded is such a text again.
"""

from __future__ import annotations

import base64
import html
import re
from typing import TYPE_CHECKING

from helm_rollback_component.inputs.readings import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BACKSLASH = re.compile(
    r"(?:\\u[0-9a-fA-F]{4})+|\\U[0-9a-fA-F]{8}|(?:\\x[0-9a-fA-F]{2})+|(?:\\[0-7]{3})+|\\\n[ \t]*|\\.",
    re.DOTALL,
)
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})+(?:(?<=%0[aA])\+{2,})?")
_NUMBERS = re.compile(r"(?:\b(?:0x[0-9a-fA-F]{1,2}|\d{1,3})\b[\s,]+){2,}\b(?:0x[0-9a-fA-F]{1,2}|\d{1,3})\b.?")
_NUMBER = re.compile(r"0x[0-9a-fA-F]+|\d+")
_HTML = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_QUOTES = re.compile("''")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{4,}={0,2}")
_HEX = re.compile(r"[0-9a-fA-F]{6,}")
_URL_SAFE = str.maketrans("-_", "+/", "=")
_OTHERS = dict(zip("abefnrtv0N_LP", "\a\b\x1b\f\n\r\t\v\0\u0085\u00a0\u2028\u2029", strict=True))
_LARGEST = 0x10FFFF


def as_bytes(text: str) -> str:
    """Return a text as UTF-8 with one character for each byte."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def as_text(text: str) -> str:
    """Return the text that `as_bytes` was given."""
    return text.encode("latin-1").decode("utf-8", "surrogatepass")


def readings(text: str) -> Iterator[Reading]:
    """Yield every reading of a text in which something is decoded up to twice, backslashes three times.

    Args:
        text: as `as_bytes` returns it.
    """
    seen: set[str] = set()

    def new(reading: Reading) -> bool:
        fresh = bool(reading.text) and reading.text not in seen
        seen.add(reading.text)
        return fresh

    once = [*_escapes(plain := Reading.of(text))]
    twice = [found for reading in once for found in _escapes(reading)]
    thrice = [found for reading in twice for found in _decoded(reading, _BACKSLASH, _backslash)]
    escaped = [*filter(new, (plain, *once, *twice, *thrice))]
    unpacked = [*filter(new, (found for reading in escaped for found in _unpacked(reading)))]
    legible = [*filter(new, (reading.legible() for reading in unpacked))]
    inside = (found for reading in legible for way in (_escapes, _unpacked) for found in way(reading))
    yield from (*escaped, *unpacked, *filter(new, inside))


def _escapes(reading: Reading) -> Iterator[Reading]:
    for pattern, meaning in _ESCAPES:
        yield from _decoded(reading, pattern, meaning)


def _decoded(reading: Reading, pattern: re.Pattern[str], meaning: Callable[[str], str]) -> Iterator[Reading]:
    if pattern.search(reading.text):
        yield reading.replaced(pattern, meaning)


def _unpacked(reading: Reading) -> Iterator[Reading]:
    if _NUMBERS.search(reading.text):
        yield reading.matching(_NUMBERS).replaced(_NUMBERS, _numbers)
    packed = reading.without_space()
    if _HEX.search(packed.text):
        yield from (packed.unpacked(_HEX, _hex, (2, 1), skipped) for skipped in range(2))
    if _BASE64.search(packed.text):
        yield from (packed.unpacked(_BASE64, _base64, (4, 3), skipped) for skipped in range(4))


def _backslash(escape: str) -> str:
    match escape[1]:
        case "u":
            units = bytes.fromhex(escape.replace("\\u", ""))
            return as_bytes(units.decode("utf-16-be", "replace"))
        case "U":
            return _character(int.from_bytes(bytes.fromhex(escape[2:])))
        case "x":
            return bytes.fromhex(escape.replace("\\x", "")).decode("latin-1")
        case "0" | "1" | "2" | "3" if len(escape) > len("\\0"):
            return "".join(chr(int(digits, 8) & 0xFF) for digits in escape[1:].split("\\"))
        case "\n":
            return ""
        case other:
            return as_bytes(_OTHERS[other]) if other in _OTHERS else escape[1:]


def _backslash_of_yaml(escape: str) -> str:
    r"""Return what an escape means to YAML and JavaScript, to which ``\xe9`` is a character and no byte."""
    return as_bytes(_backslash(escape)) if escape[1] == "x" else _backslash(escape)


def _character(number: int) -> str:
    return as_bytes(chr(number)) if number <= _LARGEST else ""


def _percent(escape: str) -> str:
    """Return what an escape of a URL means; of a form too, where plus signs indent the line that follows."""
    encoded = escape.rstrip("+")
    return bytes.fromhex(encoded.replace("%", "")).decode("latin-1") + " " * (len(escape) - len(encoded))


def _numbers(listed: str) -> str:
    """Return what Go's ``[104 105]`` means, which is how it shows bytes, or ``0x68, 0x69``."""
    return "".join(chr(int(number, 16 if "x" in number else 10) & 0xFF) for number in _NUMBER.findall(listed))


def _html(escape: str) -> str:
    return as_bytes(html.unescape(escape))


def _hex(digits: str) -> str:
    return bytes.fromhex(digits[: len(digits) // 2 * 2]).decode("latin-1")


def _base64(letters: str) -> str:
    found = letters.translate(_URL_SAFE)
    whole = found + "A" * (-len(found) % 4)
    return base64.b64decode(whole)[: len(found) * 6 // 8].decode("latin-1")


_ESCAPES: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (_BACKSLASH, _backslash),
    (_BACKSLASH, _backslash_of_yaml),
    (_PERCENT, _percent),
    (_HTML, _html),
    (_QUOTES, lambda _: "'"),
)
