"""One connection of a client of the fault proxy: its requests are passed on, or spoiled."""

from __future__ import annotations

import json
import socket
import struct
from contextlib import closing, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

import httpx2

from tools.faults import rules
from tools.faults.rules import Fault

if TYPE_CHECKING:
    from tools.faults.proxy import FaultProxy

BETWEEN_TWO = frozenset({"connection", "keep-alive", "transfer-encoding"})
"""Headers that are not passed on."""

_RETRY_AFTER = "1"
_BODILESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


def linger_no_more(connection: socket.socket) -> None:
    """Have a connection end with a reset when it is closed."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _socket(answer: httpx2.Response) -> socket.socket:
    found: socket.socket = answer.extensions["network_stream"].get_extra_info("socket")
    return found


class Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def __init__(self, connection: socket.socket, proxy: FaultProxy) -> None:
        self._proxy = proxy
        with suppress(OSError, ValueError):  # what a connection that is gone gives
            super().__init__(connection, connection.getpeername(), None)  # type: ignore[arg-type]  # it is unused

    def log_message(self, *_: object) -> None:
        """Say nothing: the proxy tells of requests."""

    def do_any(self) -> None:
        """Pass a request on, or spoil it."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers["Authorization"] != self._proxy.authorization:
            self._answer(HTTPStatus.UNAUTHORIZED)
            return
        request = self._proxy.admit(self.command, self.path, self.headers.get("User-Agent", ""))
        fault = request.fault
        if fault is None:
            self._pass_on(body)
        elif fault.status:
            self._answer(fault.status)
        elif fault in {Fault.LOST, Fault.CUT, Fault.SILENT}:
            self._pass_on(body, fault)
        elif fault is Fault.EXPIRED:
            self._answer(HTTPStatus.OK, rules.expired_event())
        else:
            self._fail(fault)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_any  # noqa: N815  # as read

    def _fail(self, fault: Fault) -> None:
        if fault is Fault.REFUSED:
            self._proxy.refuse()
        elif fault is Fault.TIME_OUT:
            self._proxy.over.wait(self._proxy.seconds)
        self._reset()

    def _reset(self) -> None:
        self.close_connection = True
        linger_no_more(self.connection)
        self.connection.close()

    def _answer(self, status: HTTPStatus, body: dict[str, Any] | None = None) -> None:
        content = json.dumps(body or rules.status_body(status)).encode()
        self.send_response(status)
        if status is HTTPStatus.TOO_MANY_REQUESTS:
            self.send_header("Retry-After", _RETRY_AFTER)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _pass_on(self, body: bytes, fault: Fault | None = None) -> None:
        try:
            with (
                closing(self._proxy.send(self.command, self.path, self.headers.items(), body)) as answer,
                self._proxy.ending_with_all(_socket(answer)),
            ):
                if fault is Fault.LOST:
                    answer.read()
                    self._reset()
                elif fault is Fault.SILENT:
                    self._send_head(answer)
                    self._proxy.over.wait()
                else:
                    self._send(answer, cut=fault is Fault.CUT)
        except httpx2.HTTPError:
            self._reset()

    def _send(self, answer: httpx2.Response, *, cut: bool) -> None:
        chunked = self._send_head(answer)
        for part in answer.iter_raw():
            sent = b"%x\r\n%s\r\n" % (len(part), part) if chunked else part
            self.wfile.write(sent[: len(sent) // 2] if cut else sent)
            self.wfile.flush()
            if cut:
                self._reset()
                return
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _send_head(self, answer: httpx2.Response) -> bool:
        """Send the head of an answer; return whether its body is to be sent in chunks."""
        self.send_response_only(answer.status_code)
        for name, text in answer.headers.multi_items():
            if name.lower() not in BETWEEN_TWO:
                self.send_header(name, text)
        bodiless = self.command == "HEAD" or answer.status_code in _BODILESS
        chunked = "Content-Length" not in answer.headers and not bodiless
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        return chunked
