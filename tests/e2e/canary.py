"""Secrets made up for one run, and whether any is left where it must not be, however it is spelled."""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

HEAD = '"pass\\word"\n\t'
_PIECE = 16
_MIDDLE = 48
_FOLDS = re.compile(rb"(?:\s|\\[nrt]|\\\\)+")


def hatch(of: str = "") -> str:
    """Return a secret with characters that programs spell in different ways: a new one, or that of a name."""
    core = hashlib.sha256(of.encode()).hexdigest() if of else secrets.token_hex(12)
    return f"{HEAD}{core}"


def traces(content: bytes, secret: str) -> list[str]:
    """Return the spellings in which a secret, or the part of it that nobody can guess, is in a content."""
    return _traces(content, _FOLDS.sub(b"", content), [*_spellings(secret)])


def files(folder: Path) -> dict[str, bytes]:
    """Return the content of every file below a folder, by its path."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def found(places: Mapping[str, bytes], secret: str) -> list[str]:
    """Return where a secret is, and how it is spelled there."""
    return [f"{place}: {name}" for place, content in places.items() for name in traces(content, secret)]


def escaped(places: Mapping[str, bytes], hidden: Mapping[str, str]) -> list[str]:
    """Return which of several secrets are where, by their names; the secrets themselves are not told."""
    spelled = {name: [*_spellings(secret)] for name, secret in hidden.items()}
    return [
        f"{name} in {place}: {spelling}"
        for place, content in places.items()
        for unfolded in (_FOLDS.sub(b"", content),)
        for name, spellings in spelled.items()
        for spelling in _traces(content, unfolded, spellings)
    ]


def middle(credential: str) -> str:
    """Return a part of a credential that tells that it is there: keys have thousands of characters."""
    begin = max(0, len(credential) // 2 - _MIDDLE // 2)
    return credential[begin : begin + _MIDDLE]


def _traces(content: bytes, unfolded: bytes, spellings: Iterable[tuple[str, bytes]]) -> list[str]:
    whole = [name for name, spelled in spellings if spelled in content]
    return whole or [f"{name}, folded" for name, spelled in spellings if spelled in unfolded]


def _spellings(secret: str) -> Iterator[tuple[str, bytes]]:
    core = secret.removeprefix(HEAD).encode()
    yield from (("plain", piece) for piece in _pieces(core))
    yield from (("hex", piece) for piece in _pieces(core.hex().encode()))
    yield "as JSON", json.dumps(secret)[1:-1].encode()
    yield "in a URL", quote(secret, safe="").encode()
    for offset in range(3):
        whole = base64.b64encode(b"-" * offset + core)
        name = f"base64, {offset} in"
        yield from ((name, piece) for piece in _pieces(whole[4 if offset else 0 : -4]))


def _pieces(spelled: bytes) -> Iterable[bytes]:
    """Return pieces that a secret is known by where only a part of it is left."""
    assert len(spelled) >= _PIECE
    return (spelled[begin : begin + _PIECE] for begin in range(0, len(spelled) - _PIECE + 1, _PIECE))
