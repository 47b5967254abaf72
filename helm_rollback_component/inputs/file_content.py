"""What a value file holds, as bytes. Quick to import: an unchanged release needs no more."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

ValueFile: TypeAlias = str | Mapping[str, str]
"""The path of a file with values, or its text under the key ``text``."""


def content_of(file: ValueFile) -> bytes:
    """Return what a value file holds.

    Raises:
        OSError: it cannot be read.
        ValueError: there can be no such path, or the text is not Unicode.
    """
    return Path(file).read_bytes() if isinstance(file, str) else file["text"].encode()
