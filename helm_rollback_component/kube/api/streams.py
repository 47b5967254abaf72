"""A watch's stream of bytes: cut into events, and closed from another thread."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_LOOK_EVERY = 0.05


@runtime_checkable
class Notifying(Protocol):
    """A request to stop that calls back when it is made."""

    @property
    def requested(self) -> bool:
        """Whether it was made."""

    def on_request(self, listener: Callable[[], None]) -> None:
        """Have `listener` called at the request, or now if it was made already."""


Stop = threading.Event | Notifying


def requested(stop: Stop) -> bool:
    """Return whether the stop was asked for."""
    return stop.is_set() if isinstance(stop, threading.Event) else stop.requested


def lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut chunks of bytes at line feeds, and only there; empty lines are dropped. Pure."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from filter(None, whole)
    if rest:
        yield rest


@contextmanager
def broken_off(connection: socket.socket, stop: Stop) -> Iterator[None]:
    """Shut the connection down when `stop` is asked for within the block, so that a blocked read returns."""
    breaker = _Breaker(connection)
    if isinstance(stop, threading.Event):
        _lookout.add(stop, breaker)
    else:
        stop.on_request(breaker.shut_down)
    try:
        yield
    finally:
        breaker.let_go()


class _Breaker:
    """A connection that may be shut down until `let_go`; after that its file descriptor may be reused."""

    def __init__(self, connection: socket.socket) -> None:
        self._lock = threading.Lock()
        self._connection: socket.socket | None = connection

    @property
    def over(self) -> bool:
        return self._connection is None

    def let_go(self) -> None:
        with self._lock:
            self._connection = None

    def shut_down(self) -> None:
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                _shut_down(connection)


def _shut_down(connection: socket.socket) -> None:
    try:
        # Not ssl.SSLSocket's own, which takes the TLS state away from under the thread that reads.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        return


class _Lookout:
    """One thread that polls all plain events, which have no callback; it ends when there are none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: list[tuple[threading.Event, _Breaker]] = []

    def add(self, event: threading.Event, breaker: _Breaker) -> None:
        with self._lock:
            idle = not self._watched
            self._watched.append((event, breaker))
        if idle:
            threading.Thread(target=self._look, name="watch-lookout", daemon=True).start()

    def _look(self) -> None:
        pause = threading.Event()
        while self._round():
            pause.wait(_LOOK_EVERY)

    def _round(self) -> bool:
        with self._lock:
            for event, breaker in self._watched:
                if event.is_set():
                    breaker.shut_down()
            self._watched = [(event, breaker) for event, breaker in self._watched if not breaker.over]
            return bool(self._watched)


_lookout = _Lookout()
