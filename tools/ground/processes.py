"""Processes that are surely ours: known by their pid together with their start time."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_POLL = 0.02
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class ProcessId:
    """A process: a pid alone may have gone to somebody else since."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "ProcessId":
        """Return the identity of the running process ``pid``."""
        return cls(pid, _start_time(pid) or "")

    def alive(self) -> bool:
        """Tell whether this very process still runs."""
        return bool(self.started) and _start_time(self.pid) == self.started

    def memory(self) -> int:
        """Return its resident memory in bytes, 0 where that cannot be told."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        except (OSError, IndexError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE")


def _start_time(pid: int) -> str | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None if Path("/proc/self/stat").exists() else _start_time_from_ps(pid)
    return None if fields[0] in "ZX" else fields[19]


def _start_time_from_ps(pid: int) -> str | None:
    command = ["/bin/ps", "-o", "lstart=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or None


def start(command: Sequence[str | Path], log: Path, *, folder: Path) -> subprocess.Popen[bytes]:
    """Start ``command`` in ``folder`` with its output in ``log``; on Linux it ends when this process does."""
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            cwd=folder,
            env={"GOGC": "200", **os.environ},  # fewer garbage collections: less CPU, for some memory
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - whoever starts servers here has one thread
        )


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def stop(processes: Sequence[ProcessId], *, grace: float) -> None:
    """End ``processes``: SIGTERM, and SIGKILL for those that still run after ``grace`` seconds."""
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        for process in processes:
            if process.alive():
                _send(process, signal_number)
        if wait_gone(processes, timeout=grace):
            return


def wait_gone(processes: Sequence[ProcessId], *, timeout: float) -> bool:
    """Wait until none of ``processes`` runs; tell whether that came true."""
    deadline = time.monotonic() + timeout
    while any(process.alive() for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL)
    return True


def _send(process: ProcessId, signal_number: signal.Signals) -> None:
    try:
        os.kill(process.pid, signal_number)
    except ProcessLookupError:
        return


def tail(log: Path, lines: int = 20) -> str:
    """Return the last ``lines`` of a log, "" if there is none."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ""
