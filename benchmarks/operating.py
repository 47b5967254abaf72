"""One operation on a release in a process of its own, with nothing read before, and what it took."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.verdicts import verdicts
from helm_rollback_component import HelmConfig, HelmOperations


@dataclass(frozen=True)
class Operated:
    """What an operation took; times in seconds.

    Attributes:
        phase: how it ended.
        wall: from its beginning to its end.
        cpu: of the Python process, without its children; imports before the operation do not count.
        helm_cpu: of the Helm processes that it ran.
        after_verdict: from the moment at which the release was found to have failed; None if it was not.
    """

    phase: str
    wall: float
    cpu: float
    helm_cpu: float
    after_verdict: float | None


def operate(method: str, inputs: dict[str, Any]) -> Operated:
    """Call that method of `HelmOperations` in another process.

    Raises:
        RuntimeError: it failed.
    """
    line = [sys.executable, "-m", "benchmarks.operating"]
    given = json.dumps({"method": method, "inputs": inputs})
    done = subprocess.run(line, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{method} failed: {done.stderr}")
    return Operated(**json.loads(done.stdout))


def main() -> None:
    """Do what stdin says, and print what it took."""
    given = json.load(sys.stdin)
    with verdicts() as found:
        began, cpu = time.perf_counter(), time.process_time()
        status = getattr(HelmOperations(HelmConfig.parse(given["inputs"])), given["method"])()
        ended = time.perf_counter()
    operated = Operated(
        phase=status.phase,
        wall=ended - began,
        cpu=time.process_time() - cpu,
        helm_cpu=cpu_of_children(),
        after_verdict=ended - found[0] if found else None,
    )
    print(json.dumps(asdict(operated)))


def cpu_of_children() -> float:
    """Return the CPU seconds of all child processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
