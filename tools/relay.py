"""A relay in front of an API server: it passes everything on and counts it, until it is told to fail."""

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
    _connections: list[_Connection] = field(default_factory=list, repr=False)

    def cut(self) -> None:
        """End all connections that there are now."""
        for connection in self._all():
            connection.cut()

    def silence(self) -> None:
        """Pass on nothing more by the connections that there are now, and keep them."""
        for connection in self._all():
            connection.silent = True

    def add(self, connection: _Connection) -> None:
        """Know of another connection."""
        with self._lock:
            self._connections.append(connection)

    def _all(self) -> list[_Connection]:
        with self._lock:
            return [*self._connections]

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

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection((upstream.hostname or "", upstream.port or 443)) as server:
                connection = _Connection(self.request, server, traffic)
                traffic.add(connection)
                connection.run()

    with _Server(("127.0.0.1", 0), Handler) as server:
        cluster["server"] = f"https://127.0.0.1:{server.server_address[1]}"
        traffic.kubeconfig = yaml.safe_dump(config)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield traffic
        finally:
            server.shutdown()
            server.server_close()
            traffic.cut()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128


class _Connection:
    """One client's connection, and its continuation to the server."""

    def __init__(self, client: socket.socket, server: socket.socket, traffic: Traffic) -> None:
        self.silent = False
        self._client = client
        self._server = server
        self._traffic = traffic

    def run(self) -> None:
        """Pass on what comes from either end until both have ended."""
        back = threading.Thread(target=self._pass, args=(self._server, self._client, "received"))
        back.start()
        self._pass(self._client, self._server, "sent")
        back.join()

    def cut(self) -> None:
        for end in (self._client, self._server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _pass(self, source: socket.socket, target: socket.socket, direction: str) -> None:
        with suppress(OSError):
            while data := source.recv(_AT_ONCE):
                if not self.silent:
                    self._traffic.count(**{direction: len(data)})
                    target.sendall(data)
        if not self.silent:
            with suppress(OSError):
                target.shutdown(socket.SHUT_WR)
