"""An operation whose processes are killed at one of its requests, and what the next run makes of that."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from tools.faults import proxy
from tools.faults.operations import OPERATIONS
from tools.faults.stage import stage
from tools.kills.processes import descendants, with_argument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.faults.operations import Step
    from tools.faults.proxy import FaultProxy
    from tools.faults.rules import Request
    from tools.faults.stage import Outcome, Stage

BEGINS_WITHIN = 30
"""So many seconds after the kill the next run has begun its work at the latest."""

_ROOT = Path(__file__).parents[2]
_LONGEST_RUN = 200.0
_LAST_WORDS = 15.0
WRITES = r"^(POST|PUT|PATCH|DELETE) (?!.*(dryRun=|/selfsubject))"
"""Matches the requests that change something. What is killed leaves what it has written, so a kill at each of
them meets every state that an operation can be left in: its answer is lost, and the next is never sent."""

_LOCKING = re.compile(r"^(PUT|POST) .*/leases\b")


class Who(StrEnum):
    """Who is killed, and how."""

    CALLER = "caller"
    """The process that has Helm work, as a provider has: SIGKILL."""
    HELM = "Helm"
    """SIGKILL; the caller lives on."""
    BOTH = "both"
    """SIGKILL, as where a container is ended."""
    TOLD = "told"
    """SIGTERM to the caller."""
    ENGINE = "engine"
    """The engine is gone for which the caller works; the caller has to see that by itself."""


@dataclass(frozen=True)
class Kill:
    """Who is killed when.

    Attributes:
        who: whom it strikes.
        number: at which request, counted from 1 among those that match.
        matching: a regular expression that is searched in ``<method> <path and query> <agent>``.
    """

    who: Who
    number: int = 1
    matching: str = WRITES


@dataclass(frozen=True)
class Trial:
    """What came of one kill.

    Attributes:
        at: the request at which it was done; None if there was none, or nobody to kill.
        outcome: what there is after the next run.
        began: how many seconds after the kill the next run had the release's lock, or had ended without it.
            A caller whose Helm was killed lives, and brings the operation to its own end first: then it is
            counted from that.
        left: the processes of Helm that are still at work on the release.
    """

    at: Request | None
    outcome: Outcome
    began: float
    left: list[int]

    def fault(self, wanted: Outcome) -> str:
        """Return what is not as it should be after the kill; empty if all is."""
        late = f"it began {self.began:.0f} s after the kill" if self.began > BEGINS_WITHIN else ""
        left = f"Helm is still at work: {self.left}" if self.left else ""
        return "; ".join(filter(None, (self.outcome.differences(wanted), late, left)))


@dataclass
class _Assassin:
    """Sees every request, and kills at the one that it waits for."""

    kill: Kill
    engine: socket.socket
    seen: int = 0
    caller: subprocess.Popen[str] | None = None
    at: Request | None = None
    struck: float = 0.0
    locked: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self, request: Request) -> None:
        with self._lock:
            if self.caller:
                self._count(self.caller, request)
            elif not self.locked and _LOCKING.search(request.line):
                self.locked = time.monotonic()

    def _count(self, caller: subprocess.Popen[str], request: Request) -> None:
        if request.number and re.search(self.kill.matching, request.line):
            self.seen += 1
            if self.seen == self.kill.number and self._strike(caller):
                self.at, self.struck = request, time.monotonic()

    def _strike(self, caller: subprocess.Popen[str]) -> bool:
        """Kill them; return whether there was anybody to kill."""
        match self.kill.who:
            case Who.CALLER:
                caller.kill()
            case Who.TOLD:
                caller.terminate()
            case Who.ENGINE:
                self.engine.close()
            case _:
                return _kill_helm(caller, with_caller=self.kill.who is Who.BOTH)
        return True


def undisturbed(kubeconfig: str, helm: str, operation: str) -> tuple[Outcome, int]:
    """Return how the operation ends when nobody is killed, and how many requests change something."""
    steps = OPERATIONS[operation]
    with stage(kubeconfig, helm) as place, proxy.running(kubeconfig) as way:
        place.prepare(steps.before)
        result = place.do(steps.under_test, way.kubeconfig)
        writes = [each for each in way.requests if each.number and re.search(WRITES, each.line)]
        return place.outcome(result), len(writes)


def tried(kubeconfig: str, helm: str, operation: str, kill: Kill) -> Trial:
    """Kill in the middle of the operation, then run it again as the next update does."""
    steps = OPERATIONS[operation]
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as engine:
        assassin = _Assassin(kill, engine)
        with stage(kubeconfig, helm) as place, proxy.running(kubeconfig, on_request=assassin.look) as way:
            place.prepare(steps.before)
            with _caller(place, steps.under_test, way, engine) as assassin.caller:
                assassin.caller.wait(_LONGEST_RUN)
            ended, assassin.caller = time.monotonic(), None
            result = place.do(steps.under_test, way.kubeconfig)
            since = ended if kill.who is Who.HELM else assassin.struck or ended
            began = (assassin.locked or time.monotonic()) - since
            return Trial(assassin.at, place.outcome(result), began, _left(place))


def _left(place: Stage) -> list[int]:
    """Return what still works on the stage once the shells that watch over Helm had their time."""
    deadline = time.monotonic() + _LAST_WORDS
    while (left := with_argument(place.namespace)) and time.monotonic() < deadline:
        time.sleep(1)
    return left


@contextmanager
def _caller(
    place: Stage, step: Step, way: FaultProxy, engine: socket.socket
) -> Iterator[subprocess.Popen[str]]:
    """Have a process of its own do the step; it does not outlive the block."""
    told = {
        "kubeconfig": way.kubeconfig,
        "helm": place.helm,
        "namespace": place.namespace,
        "folder": str(place.folder),
        "step": asdict(step),
    }
    host, port = engine.getsockname()
    command = [sys.executable, "-m", "tools.kills.caller", f"{host}:{port}"]
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, text=True) as caller:
        assert caller.stdin is not None  # noqa: S101  # that is what PIPE asks for
        caller.stdin.write(json.dumps(told))
        caller.stdin.close()
        try:
            yield caller
        finally:
            caller.kill()


def _kill_helm(caller: subprocess.Popen[str], *, with_caller: bool) -> bool:
    caller.send_signal(signal.SIGSTOP)
    helm = descendants(caller.pid)
    for pid in helm:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    if with_caller:
        caller.kill()
    caller.send_signal(signal.SIGCONT)
    return bool(helm)
