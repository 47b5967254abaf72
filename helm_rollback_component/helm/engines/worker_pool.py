"""The worker processes of the embedded Helm: who works, who is idle, and what their library supports."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.helm.engines.engine import Capability
from helm_rollback_component.helm.engines.worker_process import WorkerProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

ALWAYS = frozenset(
    {
        Capability.DEPENDENCY_UPDATE,
        Capability.DESCRIPTION,
        Capability.KEYRING,
        Capability.LABELS,
        Capability.REPOSITORY_CREDENTIALS,
        Capability.VERIFY,
    }
)
"""What every version of the library supports; for the rest, the one that is installed is asked."""

_MOST_IDLE = 8


@dataclass(frozen=True)
class Library:
    """What is known of the library.

    Attributes:
        version: such as ``4.2.3``; empty before a worker told it.
        capabilities: what it supports; before a worker told more, what every version does.
    """

    version: str = ""
    capabilities: frozenset[Capability] = ALWAYS


class WorkerPool:
    """Gives each request a worker of its own, and keeps idle ones. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[WorkerProcess] = []
        self.library = Library()
        """What the worker that was started last said of itself."""

    def acquaint(self) -> Library:
        """Return what a worker says of the library, which is asked once.

        Raises:
            EngineError: the library cannot be loaded.
        """
        if not self.library.version:
            with self.one():
                pass
        return self.library

    @contextmanager
    def one(self) -> Iterator[WorkerProcess]:
        """Give a worker for the length of the block.

        Raises:
            EngineError: the library cannot be loaded.
        """
        worker = self._take()
        try:
            yield worker
        finally:
            self._give_back(worker)

    def close(self) -> None:
        """End the idle workers."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.close()

    def _take(self) -> WorkerProcess:
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.reusable:
                    return worker
                worker.close()
        worker = WorkerProcess()
        self.library = Library(worker.version, ALWAYS | worker.capabilities)
        return worker

    def _give_back(self, worker: WorkerProcess) -> None:
        with self._lock:
            if worker.reusable and len(self._idle) < _MOST_IDLE:
                self._idle.append(worker)
                return
        worker.close()
