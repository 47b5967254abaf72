"""Requests to an API server and its answers; requests with transient failures are sent again."""

from __future__ import annotations

import random
import socket
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpx2
from lightkube.core.exceptions import ConfigError

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import errors, http_client, streams
from helm_rollback_component.kube.api.exec_auth import ExecAuth
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helm_rollback_component.core.cancellation import Cancellation
    from helm_rollback_component.inputs.redaction import Redactor
    from helm_rollback_component.kube.api.kubeconfig import Selected

_PATIENCE = 10.0
"""Seconds from a request's first failure within which it is sent again."""

_PAUSES = (0.2, 0.4, 0.8, 1.6, 2.0, 2.0)
"""Seconds; with jitter they last longer than an API server takes to start again."""
_JITTER = (0.75, 1.25)
_PASSING = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
_STREAM_GRACE = 15.0

_random = random.SystemRandom()

_Outcome = httpx2.Response | httpx2.TransportError


class Transport:
    """The way to one API server. Safe to use from any thread."""

    def __init__(self, selected: Selected) -> None:
        self._client = http_client.open_client(selected)
        self._address = str(selected.cluster["server"])
        self._extensions = http_client.request_extensions(selected)
        self._streams = streams.Streams()
        self._told = (datetime.now(UTC), time.monotonic())

    def teach(self, redact: Redactor) -> None:
        """Have the credentials masked by `redact` that a plugin gives, now and later."""
        if isinstance(self._client.auth, ExecAuth):
            self._client.auth.teach(redact)

    def server_time(self) -> datetime:
        """Return the time by the server's clock, as its last answer told it; by ours before there was one."""
        told, at = self._told
        return told + timedelta(seconds=time.monotonic() - at)

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Send a request and return the answer's status and body, also if the status is an error.

        A request that got no answer, or one that means that another try may do, is sent again. So it may
        have taken effect before: only writes that say what they replace (by a version, a UID or a name of
        their own) are sent here.

        Args:
            method: such as ``GET``.
            path: without the server's address.
            query: its parameters.
            content: its body.
            headers: further ones.

        Raises:
            OperationError: ``Unreachable``, ``Untrusted``, ``Unauthorized`` or ``CredentialPluginFailed``.
        """
        request = self._client.build_request(
            method, path, params=query, content=content, headers=headers, extensions=self._extensions
        )
        outcome = self._once(request)
        deadline = time.monotonic() + _PATIENCE
        for pause in _PAUSES:
            wait = wait_before_next(request, outcome, pause * _random.uniform(*_JITTER))
            if wait is None or time.monotonic() + wait > deadline:
                break
            time.sleep(wait)
            outcome = self._once(request)
        return _answer(f"{method} {path}", outcome, self._address)

    def ask_once(self, path: str, query: Mapping[str, str]) -> tuple[int, bytes]:
        """GET what is not worth waiting for: as `send`, but never again."""
        request = self._client.build_request("GET", path, params=query, extensions=self._extensions)
        return _answer(f"GET {path}", self._once(request), self._address)

    @contextmanager
    def stream(
        self, path: str, query: Mapping[str, str], *, silence: float, stop: Cancellation
    ) -> Iterator[Iterator[bytes]]:
        """Give the lines of an answer as they come, until the server ends them or `stop` is asked for.

        They also end, as a connection that is lost does, if they have been silent since before another
        request was sent that then got no answer.

        Args:
            path: what to GET.
            query: its parameters.
            silence: the seconds without a line after which the connection counts as dead.
            stop: ends it at once, from any thread.

        Raises:
            OperationError: what the server refused, or ``Unreachable``.
        """
        what = f"GET {path}"
        opened = False
        try:
            with (
                _credentials(),
                self._client.stream(
                    "GET", path, params=query, timeout=_STREAM_GRACE, extensions=self._extensions
                ) as response,
            ):
                if response.status_code != HTTPStatus.OK:
                    raise errors.refusal(response.status_code, response.read(), what)
                connection = _socket(response)
                streams.keep_alive(connection)
                _wait_for_more(response, silence)
                with self._streams.follow(connection, response.iter_bytes(), stop) as lines:
                    opened = True
                    yield lines
        except httpx2.TransportError as error:
            if not (opened and stop.requested):
                raise errors.unreachable(what, error, self._address) from None

    def _once(self, request: httpx2.Request) -> _Outcome:
        began = time.monotonic()
        try:
            with _credentials():
                response = self._client.send(request)
        except httpx2.TransportError as error:
            self._streams.doubt(began)
            return error
        if told := _date(response):
            self._told = told, time.monotonic()
        return response


def _answer(asked: str, outcome: _Outcome, server: str) -> tuple[int, bytes]:
    if isinstance(outcome, httpx2.TransportError):
        raise errors.unreachable(asked, outcome, server) from None
    return outcome.status_code, outcome.content


def wait_before_next(request: httpx2.Request, outcome: _Outcome, pause: float) -> float | None:
    """Return the seconds to wait before the request is sent again; None if it must not be. Pure."""
    if isinstance(outcome, httpx2.TransportError):
        return None if errors.untrusted(outcome) else pause
    invented = request.method == "GET" and outcome.status_code == HTTPStatus.CONFLICT
    if not invented and (outcome.status_code not in _PASSING or _is_a_budgets(request, outcome)):
        return None
    return _retry_after(outcome) or pause


def _is_a_budgets(request: httpx2.Request, outcome: httpx2.Response) -> bool:
    """Whether it is a PodDisruptionBudget that rejects: that is an answer, and may stay so for long."""
    evicts = request.url.path.endswith("/eviction")
    return evicts and outcome.status_code == HTTPStatus.TOO_MANY_REQUESTS


def _retry_after(response: httpx2.Response) -> float:
    told = response.headers.get("Retry-After", "")
    return float(told) if told.isdecimal() else 0.0


def _date(response: httpx2.Response) -> datetime | None:
    try:
        found = parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
    return found if found.tzinfo else None


@contextmanager
def _credentials() -> Iterator[None]:
    try:
        yield
    except ConfigError as error:
        raise OperationError(str(error), reason=Reason.UNAUTHORIZED) from None


def _wait_for_more(response: httpx2.Response, seconds: float) -> None:
    """Let the body of an answer come as slowly as that; its head was waited for like any other."""
    response.request.extensions["timeout"]["read"] = seconds


def _socket(response: httpx2.Response) -> socket.socket:
    stream: Any = response.extensions["network_stream"]
    found = stream.get_extra_info("socket")
    assert isinstance(found, socket.socket)  # noqa: S101  # what an HTTP/1.1 connection stands on
    return found
