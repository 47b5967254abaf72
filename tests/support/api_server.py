"""An HTTP server on loopback that answers as a test tells it to, in place of an API server."""

import json
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import yaml


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """One answer; a body in parts is sent part by part and kept open until the parts end.

    A status of 0 cuts the connection.
    """

    body: object = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    parts: Iterable[bytes] | None = None

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class ApiServer:
    """What was asked, and what is answered: by path, else by the next of a queue."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self.queue: list[Answer] = []
        self.answers: dict[str, Answer] = {}

    def kubeconfig(self, cluster: dict[str, Any] | None = None, user: dict[str, Any] | None = None) -> str:
        """A kubeconfig for this server."""
        settings = {"server": self.url, **(cluster or {})}
        return yaml.safe_dump(
            {
                "current-context": "here",
                "clusters": [{"name": "here", "cluster": settings}],
                "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me"}}],
                "users": [{"name": "me", "user": user or {}}],
            }
        )

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if asked.path in self.answers:
            return self.answers[asked.path]
        return self.queue.pop(0)


@contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[ApiServer]:
    """A server that answers within the block."""
    api = ApiServer()
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _handler(api.answer))
    httpd.daemon_threads = True
    if tls:
        httpd.socket = tls.wrap_socket(httpd.socket, server_side=True)
    api.url = f"http{'s' if tls else ''}://127.0.0.1:{httpd.server_port}"
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield api
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()


def _handler(answer: Callable[[Asked], Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:  # pragma: no cover
            return

        def do_any(self) -> None:
            split = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(self.command, split.path, dict(parse_qsl(split.query)), dict(self.headers), body)
            self._send(answer(asked))

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_any  # noqa: N815  # the library's names

        def _send(self, answer: Answer) -> None:
            if not answer.status:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.parts is None:
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)
            else:
                self._send_parts(answer.parts)

        def _send_parts(self, parts: Iterable[bytes]) -> None:
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            for part in parts:
                self.wfile.write(part)
                self.wfile.flush()

    return Handler
