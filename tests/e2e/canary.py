"""Secrets made up for one run, and whether any is left where it must not be, however it is spelled."""

import base64
import json
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

_HEAD = '"pass\\word"\n\t'
_LEAST = 12


def hatch() -> str:
    """Return a new secret with characters that programs spell in different ways."""
    return f"{_HEAD}{secrets.token_hex(12)}"


def traces(content: bytes, secret: str) -> list[str]:
    """Return the spellings in which a secret, or the part of it that nobody can guess, is in a content."""
    return [name for name, spelled in _spellings(secret) if spelled in content]


def files(folder: Path) -> dict[str, bytes]:
    """Return the content of every file below a folder, by its path."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def found(places: Mapping[str, bytes], secret: str) -> list[str]:
    """Return where a secret is, and how it is spelled there."""
    return [f"{place}: {name}" for place, content in places.items() for name in traces(content, secret)]


def _spellings(secret: str) -> Iterator[tuple[str, bytes]]:
    core = secret.removeprefix(_HEAD)
    assert len(core) >= _LEAST
    yield "plain", core.encode()
    yield "hex", core.encode().hex().encode()
    yield "as JSON", json.dumps(secret)[1:-1].encode()
    yield "in a URL", quote(secret, safe="").encode()
    for offset in range(3):
        whole = base64.b64encode(b"-" * offset + core.encode())
        yield f"base64, {offset} in", whole[4 if offset else 0 : -4]
