"""Ending an uninstall of Helm that was never told that the objects are gone: it waits until its timeout."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.core.cancellation import Cancellation
    from helm_rollback_component.kube.clock import Clock

EVERY = 2.0
"""Seconds between two looks."""

UNHEARD = 10.0
"""Seconds that Helm may go on after that: Helm 3 asks every two for each object in turn."""


class RemovalWatch:
    """Stops Helm once the objects that it deletes have been gone for a while; a thread of its own looks.

    Args:
        gone: tells whether they are, for certain.
        helm: what stops Helm.
        clock: tells the time, and waits.

    Attributes:
        stopped: whether Helm was stopped for that.
    """

    def __init__(self, gone: Callable[[], bool], helm: Cancellation, clock: Clock) -> None:
        self.stopped = False
        self._gone, self._helm, self._clock = gone, helm, clock
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="removal", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        since: float | None = None
        while not self._clock.wait(self._over, EVERY):
            now = self._clock.now()
            since = (now if since is None else since) if self._gone() else None
            if since is not None and now >= since + UNHEARD and not self._over.is_set():
                self.stopped = True
                self._helm.request()
                return
