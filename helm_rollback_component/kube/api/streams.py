"""Streams of bytes, such as a watch: cut into lines, found dead, and ended from another thread."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helm_rollback_component.core.cancellation import Cancellation

_KEEP_ALIVE = {"TCP_KEEPIDLE": 5, "TCP_KEEPALIVE": 5, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 3}
"""Seconds of silence, on Linux and on macOS, between questions, and number of questions without an answer."""


def lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut chunks of bytes at line feeds, and only there; empty lines are dropped. Pure."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from filter(None, whole)
    if rest:
        yield rest


def keep_alive(connection: socket.socket) -> None:
    """Have the kernel ask whether the other end is still there, so that a blocked read of a dead one ends."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in _KEEP_ALIVE.items():
        if hasattr(socket, option):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


class Streams:
    """The open streams of one client. Safe to use from any thread."""

    def __init__(self) -> None:
        """Have none open."""
        self._lock = threading.Lock()
        self._open: set[_Stream] = set()

    @contextmanager
    def follow(
        self, connection: socket.socket, chunks: Iterable[bytes], stop: Cancellation
    ) -> Iterator[Iterator[bytes]]:
        """Give the lines of what comes by a connection, which is shut down at `stop`, or when in `doubt`.

        A blocked read returns then.
        """
        stream = _Stream(connection)
        stop.on_request(stream.shut_down)
        with self._lock:
            self._open.add(stream)
        try:
            yield lines(stream.heard(chunks))
        finally:
            with self._lock:
                self._open.discard(stream)
            stream.let_go()

    def doubt(self, since: float) -> None:
        """Shut down each stream that has been silent since then, a time of `time.monotonic`.

        A request that gets no answer tells, at no cost, what silence does not: that the server, or something
        on the way to it, no longer answers, though connections to it stand.
        """
        with self._lock:
            silent = [each for each in self._open if each.last < since]
        for each in silent:
            each.shut_down()


class _Stream:
    """A connection that may be shut down until `let_go`; after that its file descriptor may be reused."""

    def __init__(self, connection: socket.socket) -> None:
        self.last = time.monotonic()
        self._lock = threading.Lock()
        self._connection: socket.socket | None = connection

    def heard(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.last = time.monotonic()
            yield chunk

    def let_go(self) -> None:
        with self._lock:
            self._connection = None

    def shut_down(self) -> None:
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                _shut_down(connection)


def _shut_down(connection: socket.socket) -> None:
    with suppress(OSError):
        # Not ssl.SSLSocket's own, which takes the TLS state away from under the thread that reads.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
