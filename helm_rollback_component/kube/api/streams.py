"""A watch's stream of bytes: cut into events, found dead within seconds, and closed from another thread."""

from __future__ import annotations

import socket
import threading
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


@contextmanager
def broken_off(connection: socket.socket, stop: Cancellation) -> Iterator[None]:
    """Shut the connection down when `stop` is asked for within the block, so that a blocked read returns."""
    breaker = _Breaker(connection)
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
