"""A relay in front of an API server: it passes everything on, and counts it."""

from __future__ import annotations

import socket
import socketserver
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_AT_ONCE = 1 << 16


@dataclass
class Traffic:
    """What went through a relay.

    Attributes:
        kubeconfig: the content of a kubeconfig that leads through it.
        sent: bytes from clients to the API server, encryption included.
        received: bytes from the API server to clients.
    """

    kubeconfig: str
    sent: int = 0
    received: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def count(self, *, sent: int = 0, received: int = 0) -> None:
        """Add bytes."""
        with self._lock:
            self.sent += sent
            self.received += received


@contextmanager
def relay(kubeconfig: Path) -> Iterator[Traffic]:
    """Serve as the API server of that kubeconfig's first cluster, on loopback, while the block runs.

    All connections end with it.
    """
    config = yaml.safe_load(kubeconfig.read_text())
    cluster = config["clusters"][0]["cluster"]
    upstream = urlsplit(cluster["server"])
    traffic = Traffic("")

    ends: list[socket.socket] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection((upstream.hostname or "", upstream.port or 443)) as server:
                ends.extend((self.request, server))
                back = threading.Thread(target=_pass, args=(server, self.request, traffic, "received"))
                back.start()
                _pass(self.request, server, traffic, "sent")
                back.join()

    with _Server(("127.0.0.1", 0), Handler) as server:
        cluster["server"] = f"https://127.0.0.1:{server.server_address[1]}"
        traffic.kubeconfig = yaml.safe_dump(config)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield traffic
        finally:
            server.shutdown()
            server.server_close()
            _cut(ends)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


def _cut(connections: list[socket.socket]) -> None:
    for connection in connections:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


def _pass(source: socket.socket, target: socket.socket, traffic: Traffic, direction: str) -> None:
    with suppress(OSError):
        while data := source.recv(_AT_ONCE):
            traffic.count(**{direction: len(data)})
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
