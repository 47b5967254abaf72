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
    from collections.abc import Iterator


class Crowd:
    """The process, from outside."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def deploy(self, inputs: dict[str, Any]) -> None:
        """Begin to deploy a release; it is not waited for."""
        self._ask("deploy", inputs)

    def upgrade(self, inputs: dict[str, Any]) -> float:
        """Upgrade a release that is bad; return the seconds until that was found.

        Raises:
            RuntimeError: it was not, or a release does not wait any more.
        """
        return float(self._ask("upgrade", inputs))

    def _ask(self, method: str, inputs: dict[str, Any]) -> str:
        assert self._process.stdin  # noqa: S101  # it is piped
        assert self._process.stdout  # noqa: S101  # the same
        self._process.stdin.write(json.dumps([method, inputs]) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the process in which releases wait has ended")
        return answer


@contextmanager
def crowd() -> Iterator[Crowd]:
    """Give a process in which releases can be deployed; it ends with the block, and they with it."""
    line = [sys.executable, "-m", "benchmarks.crowding"]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Crowd(process)
        finally:
            process.terminate()


def main() -> None:
    """Do what each line of stdin says."""
    waiting: list[threading.Thread] = []
    for line in sys.stdin:
        method, inputs = json.loads(line)
        operations = HelmOperations(HelmConfig.parse(inputs))
        if method == "deploy":
            waiting.append(threading.Thread(target=operations.deploy, daemon=True))
            waiting[-1].start()
            print(len(waiting), flush=True)
        else:
            print(_until_found(operations), flush=True)
        if not all(thread.is_alive() for thread in waiting):
            sys.exit("a release does not wait any more")


def _until_found(operations: HelmOperations) -> float:
    """Upgrade a release; return the seconds until it was found to have failed."""
    with verdicts() as found:
        began = time.perf_counter()
        operations.upgrade()
    verdict, *_ = found
    return verdict - began


if __name__ == "__main__":
    main()
