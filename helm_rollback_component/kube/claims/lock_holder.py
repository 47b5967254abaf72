"""Who holds a lock: names for processes, and proof that one is dead."""

from __future__ import annotations

import os
import platform
import secrets
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_ENDED = "ended"
_ENDED_STATES = "ZX"
"""A process that nobody has waited for, as where a container's first process is no init, has ended."""
_START_TIME = 19  # of the fields behind the program's name, see proc_pid_stat(5)


@dataclass(frozen=True)
class Holder:
    """One that may hold a lock.

    Attributes:
        name: ``<host>/<pid>/<random>``; no two are the same, not even in one process.
        process: identifies this process among all that this or another machine ever ran, if the platform
            allows it; else an empty string.
    """

    name: str
    process: str

    @classmethod
    def new(cls) -> Holder:
        """Return a new holder in this process."""
        pid = os.getpid()
        host = platform.node().replace("/", "_") or "unknown"
        return cls(f"{host}/{pid}/{secrets.token_hex(4)}", identified(pid))


def described(holder: str) -> str:
    """Return a holder's name in readable form."""
    host, _, rest = holder.partition("/")
    pid, _, _ = rest.partition("/")
    return f"process {pid} on {host}" if pid else holder


def provably_dead(process: str) -> bool:
    """Tell whether a holder's process is certain to have ended; False if that is not known here.

    It can where the same kernel, since the same boot, in the same PID namespace has no such process, or has
    given its number to one that began at another time.
    """
    place = _place()
    match process.split():
        case [boot, namespace, pid, started] if place == [boot, namespace] and pid.isdecimal():
            return not _exists(int(pid)) or _start_time(int(pid)) not in {"", started}
        case _:
            return False


def provably_alive(process: str) -> bool:
    """Tell whether a process is certain to run still; False if that is not known here."""
    match process.split():
        case [boot, namespace, pid, started] if _place() == [boot, namespace] and pid.isdecimal():
            return _start_time(int(pid)) == started
        case _:
            return False


def identified(pid: int) -> str:
    """Return what tells a process from all that ever ran; empty where the platform does not allow it."""
    place, started = _place(), _start_time(pid)
    return " ".join([*place, str(pid), started]) if place and started else ""


def _place() -> list[str]:
    """Return which boot of which kernel, and which PID namespace this process is in; empty if unknown."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        return [boot, str((_PROC / "self/ns/pid").readlink())]
    except OSError:
        return []


def _start_time(pid: int) -> str:
    """Return when a process began, in ticks since boot, or that it has ended; empty if unknown."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return _ENDED if fields[0] in _ENDED_STATES else fields[_START_TIME]


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
