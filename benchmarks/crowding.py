"""A process in which releases wait for what takes long, while another one is upgraded and found to be bad."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks.verdicts import verdicts
from helm_rollback_component import HelmConfig, HelmOperations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Crowd:
    """The process, from outside."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def upgrade(self, inputs: dict[str, Any]) -> float:
        """Upgrade a release that is bad; return the seconds until that was found.

        Raises:
            RuntimeError: it was not.
        """
        return float(self._ask(inputs))

    def _ask(self, inputs: dict[str, Any]) -> str:
        assert self._process.stdin  # noqa: S101  # it is piped
        assert self._process.stdout  # noqa: S101  # the same
        self._process.stdin.write(json.dumps(inputs) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the process in which releases wait has ended")
        return answer


@contextmanager
def crowd(waiting: Sequence[dict[str, Any]]) -> Iterator[Crowd]:
    """Give a process in which these releases are deployed, each in a thread; it ends with the block."""
    line = [sys.executable, "-m", "benchmarks.crowding"]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin  # noqa: S101  # it is piped
        process.stdin.write(json.dumps(list(waiting)) + "\n")
        process.stdin.flush()
        try:
            yield Crowd(process)
        finally:
            process.terminate()


def main() -> None:
    """Deploy what the first line of stdin lists, and upgrade what each other line says."""
    for inputs in json.loads(sys.stdin.readline()):
        operations = HelmOperations(HelmConfig.parse(inputs))
        threading.Thread(target=operations.deploy, daemon=True).start()
    for line in sys.stdin:
        print(_until_found(json.loads(line)), flush=True)


def _until_found(inputs: dict[str, Any]) -> float:
    """Upgrade a release; return the seconds until it was found to have failed."""
    operations = HelmOperations(HelmConfig.parse(inputs))
    with verdicts() as found:
        began = time.perf_counter()
        operations.upgrade()
    (verdict,) = found
    return verdict - began


if __name__ == "__main__":
    main()
