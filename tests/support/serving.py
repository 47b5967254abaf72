"""HTTP servers on loopback that live as long as a block of a test."""

import base64
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Self


@dataclass(frozen=True)
class Request:
    """A request that was answered."""

    method: str
    path: str
    authorization: str


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients break off as they like."""


class Service:
    """A server on a free port of 127.0.0.1, for as long as its block; with a username, for who gives it."""

    handler: ClassVar[type["Handler"]]

    def __init__(self, *, username: str = "", password: str = "") -> None:
        self.requests: list[Request] = []
        self.authorization = _basic(username, password) if username else ""
        self._server: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        """Host and port."""
        assert self._server is not None, "the server runs inside its block only"
        return f"127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        service = self

        class Bound(self.handler):  # type: ignore[name-defined,misc]
            state = service

        self._server = _Server(("127.0.0.1", 0), Bound)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    """Answers requests; quiet, and with keep-alive."""

    state: ClassVar[Any]
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
        """Say nothing."""

    def admitted(self) -> bool:
        """Note the request; refuse it unless it brings the credentials, where there are any."""
        given = self.headers.get("Authorization", "")
        self.state.requests.append(Request(self.command, self.path, given))
        if not self.state.authorization or given == self.state.authorization:
            return True
        self.answer(401, b"{}", {"WWW-Authenticate": 'Basic realm="test"'})
        return False

    def body(self) -> bytes:
        """Read the request's body."""
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def answer(self, status: int, content: bytes = b"", headers: dict[str, str] | None = None) -> None:
        """Send an answer."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
