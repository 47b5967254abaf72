"""One HTTP request and its answer, bounded in size and in time, whatever the server does."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import httpx2

from helm_rollback_component.inputs.proxies import proxy_for

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

_SILENCE = 30.0
_OK = 200


class ExchangeError(Exception):
    """There is no whole answer.

    Attributes:
        passing: whether there may be one if the same is asked for again.
    """

    def __init__(self, why: str, *, passing: bool = True) -> None:
        super().__init__(why)
        self.passing = passing


@dataclass(frozen=True)
class Answer:
    """What a server answered.

    Attributes:
        status: the HTTP status.
        headers: by name, in any spelling.
        content: the body as it came, if the status is 200; else nothing.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes


def get(
    url: str, headers: Mapping[str, str], context: ssl.SSLContext, *, largest: int, deadline: float
) -> Answer:
    """Return the answer to a GET request. Redirects are not followed; the environment's proxies are used.

    Args:
        url: what to get, without a login in it.
        headers: further headers.
        context: the certificates.
        largest: how large the body may be, in bytes; the length that the server states is not believed.
        deadline: until when all of it must be there, by the monotonic clock.

    Raises:
        ExchangeError: the server cannot be reached, answers something that is not HTTP, too much or too
            slowly, or breaks off.
    """
    proxy = proxy_for(url, os.environ)
    sent = {"Accept": "*/*", "Accept-Encoding": "identity", **headers}
    try:
        with (
            _Limit(deadline) as limit,
            httpx2.Client(verify=context, timeout=limit.silence, proxy=proxy, trust_env=False) as client,
            client.stream("GET", url, headers=sent, extensions={"trace": limit.note}) as response,
        ):
            content = _body(response, largest) if response.status_code == _OK else b""
            return Answer(response.status_code, response.headers, content)
    except (httpx2.HTTPError, httpx2.InvalidURL, ImportError, OSError, ValueError) as error:
        if limit.passed:
            raise ExchangeError("it takes too long") from None
        lasting = isinstance(error, httpx2.InvalidURL | httpx2.UnsupportedProtocol | ImportError | ValueError)
        raise ExchangeError(str(error) or type(error).__name__, passing=not lasting) from error


def _body(response: httpx2.Response, largest: int) -> bytes:
    content = bytearray()
    for part in response.iter_raw():
        content += part
        if len(content) > largest:
            raise ExchangeError(f"it is larger than {largest} bytes", passing=False)
    return bytes(content)


class _Limit:
    """Ends the connections of a request when its time is over: what comes byte by byte is never silent."""

    def __init__(self, deadline: float) -> None:
        seconds = max(deadline - time.monotonic(), 0.0)
        self.silence = min(_SILENCE, seconds + 0.001)
        self.passed = False
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def note(self, event: str, info: Mapping[str, Any]) -> None:
        """Take what the HTTP library tells of a request, connections among it."""
        stream = info.get("return_value")
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            with self._lock:
                self._sockets.append(stream.get_extra_info("socket"))  # type: ignore[union-attr]
            if self.passed:
                self._end()

    def _end(self) -> None:
        self.passed = True
        with self._lock:
            for each in self._sockets:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
