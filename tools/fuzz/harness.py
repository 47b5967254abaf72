"""Fuzzes one target in this process, until its time is over or something is found: run by `cli`."""

from __future__ import annotations

import gzip
import sys
from importlib import import_module
from typing import Any


def main() -> None:
    """Take the name of a target, and the options of libFuzzer."""
    name, *options = sys.argv[1:]
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=["helm_rollback_component", "tarfile"]):
        targets = import_module("tools.fuzz.targets").TARGETS
    run = targets[name]

    def packed(data: bytes, largest: int, seed: int) -> bytes:
        """Change what is packed in an archive, not its compressed form."""
        try:
            plain = gzip.decompress(data)
        except (OSError, EOFError, ValueError):
            plain = data
        return gzip.compress(atheris.Mutate(plain, largest), 1, mtime=seed % 2)[:largest]

    more = {"custom_mutator": packed} if name == "archive" else {}
    atheris.Setup([sys.argv[0], *options], run, **more)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
