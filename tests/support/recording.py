"""What a process asks of an API server, written down on the way out."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from helm_rollback_component.kube.api import kubeconfig
from helm_rollback_component.kube.api.client import Cluster
from helm_rollback_component.kube.api.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helm_rollback_component.core.cancellation import Cancellation


class RecordingTransport(Transport):
    """The way to an API server that keeps a record of what is asked.

    Attributes:
        asked: each request, as its verb (``GET``, ``WATCH``, …) and the last part of its path.
        most: how many watches of a path were open at most at the same time.
        aged: so many of the next watches ask for a version that no server has any more.
    """

    def __init__(self, content: str) -> None:
        super().__init__(kubeconfig.select(content, None))
        self.asked: list[tuple[str, str]] = []
        self.most: Counter[str] = Counter()
        self.aged = 0
        self._open: Counter[str] = Counter()
        self._recording = threading.Lock()

    def send(self, method: str, path: str, **what: Any) -> tuple[int, bytes]:
        self._record(method, path)
        return super().send(method, path, **what)

    @contextmanager
    def stream(
        self, path: str, query: Mapping[str, str], *, silence: float, stop: Cancellation
    ) -> Iterator[Iterator[bytes]]:
        if self._record("WATCH", path):
            query = {**query, "resourceVersion": "1"}
        with super().stream(path, query, silence=silence, stop=stop) as lines, self._counted(path):
            yield lines

    @contextmanager
    def _counted(self, path: str) -> Iterator[None]:
        what = _last(path)
        with self._recording:
            self._open[what] += 1
            self.most[what] = max(self.most[what], self._open[what])
        try:
            yield
        finally:
            with self._recording:
                self._open[what] -= 1

    def open(self) -> dict[str, int]:
        """Return how many watches are open, by the last part of the path."""
        with self._recording:
            return {what: number for what, number in self._open.items() if number}

    def count(self, verb: str, what: str) -> int:
        """Return how often that was asked so far."""
        return self.asked.count((verb, what))

    def watched_again(self, what: str, before: int) -> bool:
        """Return whether that was watched more often than before."""
        return self.count("WATCH", what) > before

    def _record(self, verb: str, path: str) -> bool:
        """Return whether the request is to be one for a version that is too old."""
        with self._recording:
            self.asked.append((verb, _last(path)))
            aged = verb == "WATCH" and self.aged > 0
            self.aged -= aged
            return aged


class RecordedCluster(Cluster):
    """A cluster of its own, which shares nothing with others to the same server.

    Attributes:
        record: what was asked of it.
    """

    def __init__(self, content: str) -> None:
        self.record = RecordingTransport(content)
        super().__init__(kubeconfig.select(content, None), self.record)


def _last(path: str) -> str:
    return path.rpartition("/")[2]
