"""An HTTP proxy in front of an API server. It counts requests and spoils those that rules name."""

from __future__ import annotations

import base64
import secrets
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import trustme
import yaml

from helm_rollback_component.kube.api import http_client, kubeconfig
from tools.faults import rules
from tools.faults.handler import BETWEEN_TWO, Handler, linger_no_more
from tools.faults.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import httpx2

    from tools.faults.rules import Request, Rule

SECONDS = 3.0

_HOST = "127.0.0.1"
_LONGEST_ACCEPT = 0.1
_LONGEST_END = 5.0
_NOT_PASSED_ON = BETWEEN_TWO | {"host", "authorization", "content-length"}


class FaultProxy:
    """The way through to one API server. Safe to use from any thread.

    Whoever comes through it acts with the credentials of the kubeconfig that it was made for.

    Args:
        upstream: the content of that kubeconfig; its current context counts.
        skip: tells which requests pass by uncounted and unspoiled; watches, unless told otherwise.
        seconds: for how long connections are refused, and answers withheld.
        on_request: is given each request as it arrives.

    Attributes:
        kubeconfig: the content of a kubeconfig that leads through it.
        authorization: the header's text by which the proxy knows who has that kubeconfig.
    """

    def __init__(
        self,
        upstream: str,
        *,
        skip: Callable[[Request], bool] = rules.is_watch,
        seconds: float = SECONDS,
        on_request: Callable[[Request], object] = lambda _: None,
    ) -> None:
        selected = kubeconfig.select(upstream)
        self.seconds = seconds
        self.over = threading.Event()
        self._client = http_client.open_client(selected)
        self._extensions = http_client.request_extensions(selected)
        self._server = selected.cluster["server"].rstrip("/")
        self._on_request = on_request
        self._lock = threading.Lock()
        self._skip = skip
        self._tally = Tally(skip, ())
        self._connections: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        authority = trustme.CA()
        self._context = _context(authority)
        self._place = _reserved()
        self._address = self._place.getsockname()
        self._listener = self._listening()
        token = secrets.token_urlsafe()
        self.authorization = f"Bearer {token}"
        self.kubeconfig = _kubeconfig(self._address[1], authority.cert_pem.bytes(), token)
        threading.Thread(target=self._serve, name="fault proxy", daemon=True).start()

    @property
    def requests(self) -> list[Request]:
        """What arrived since the last `expect`, in that order."""
        with self._lock:
            return [*self._tally.requests]

    @property
    def spoiled(self) -> list[Request]:
        """What of it was spoiled."""
        return [request for request in self.requests if request.fault]

    def expect(self, *wanted: Rule) -> None:
        """Count from 1 again, and spoil by these rules from now on; the first that spoils a request does."""
        with self._lock:
            self._tally = Tally(self._skip, wanted)

    def admit(self, method: str, target: str, agent: str) -> Request:
        """Count a request that arrived, and say how it is spoiled."""
        with self._lock:
            request = self._tally.admit(method, target, agent)
        self._on_request(request)
        return request

    def refuse(self) -> None:
        """Reset all connections, and refuse new ones for a while; the port stays taken."""
        with self._lock:
            self._listener.close()
            connections = [*self._connections]
        for connection in connections:
            linger_no_more(connection)
            with suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def send(
        self, method: str, target: str, headers: Iterable[tuple[str, str]], body: bytes
    ) -> httpx2.Response:
        """Send a request to the API server; return its answer with the body yet to be read."""
        passed = [(name, text) for name, text in headers if name.lower() not in _NOT_PASSED_ON]
        if "accept-encoding" not in (name.lower() for name, _ in passed):
            passed.append(("Accept-Encoding", "identity"))
        request = self._client.build_request(
            method,
            f"{self._server}{target}",
            content=body or None,
            headers=passed,
            extensions=self._extensions,
            timeout=None,
        )
        return self._client.send(request, stream=True)

    def close(self) -> None:
        """Refuse everything from now on."""
        self.over.set()
        self.refuse()
        with self._lock:
            threads = [*self._threads]
        for thread in threads:
            thread.join(_LONGEST_END)
        self._client.close()
        self._place.close()

    def _serve(self) -> None:
        while not self.over.is_set():
            with suppress(OSError):
                self._accept()
            if not self.over.wait(self.seconds):
                self._listener = self._listening()

    def _listening(self) -> socket.socket:
        return socket.create_server(self._address, backlog=128, reuse_port=True)

    def _accept(self) -> None:
        """Take connections until the listening socket is closed."""
        self._listener.settimeout(_LONGEST_ACCEPT)
        while True:
            with suppress(TimeoutError):
                connection, _ = self._listener.accept()
                connection.settimeout(None)
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with self._lock:
            self._threads.add(threading.current_thread())
        try:
            with (
                suppress(OSError),
                self._context.wrap_socket(connection, server_side=True) as secured,
                self.ending_with_all(secured),
            ):
                Handler(secured, self)
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    @contextmanager
    def ending_with_all(self, connection: socket.socket) -> Iterator[None]:
        """Have a connection shut down with all others; who reads from it closes it."""
        with self._lock:
            self._connections.add(connection)
        try:
            yield
        finally:
            with self._lock:
                self._connections.discard(connection)


@contextmanager
def running(upstream: str, **settings: Any) -> Iterator[FaultProxy]:
    """Give a proxy that serves within the block."""
    proxy = FaultProxy(upstream, **settings)
    try:
        yield proxy
    finally:
        proxy.close()


def _kubeconfig(port: int, authority: bytes, token: str) -> str:
    name = "through-the-fault-proxy"
    cluster = {
        "server": f"https://{_HOST}:{port}",
        "certificate-authority-data": base64.b64encode(authority).decode(),
    }
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": cluster}],
            "users": [{"name": name, "user": {"token": token}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }
    )


def _reserved() -> socket.socket:
    """Return a socket that keeps a port from others: without it another could take it while it refuses."""
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    place.bind((_HOST, 0))
    return place


def _context(authority: trustme.CA) -> ssl.SSLContext:
    """Return how the proxy speaks TLS: without ALPN, so that no client speaks HTTP/2."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(_HOST).configure_cert(context)
    return context
