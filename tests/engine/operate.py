"""Runs one operation on LocalEngine in a process of its own, which tests interrupt and kill."""

import sys
from pathlib import Path

from pulumi_local_engine import LocalEngine

INTERRUPTED = 130


def main(operation: str, work_dir: str, state_dir: str) -> int:
    """Do `up` or `destroy` on the stack `dev`; return the exit code."""
    engine = LocalEngine("dev", Path(work_dir), state_dir=Path(state_dir))
    try:
        if operation == "up":
            engine.up(on_output=_write)
        else:
            engine.destroy(on_output=_write)
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
