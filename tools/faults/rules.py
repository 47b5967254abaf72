"""Which requests are spoiled, and how. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any

_STATUS_REASONS = {
    HTTPStatus.UNAUTHORIZED: "Unauthorized",
    HTTPStatus.CONFLICT: "Conflict",
    HTTPStatus.GONE: "Expired",
    HTTPStatus.TOO_MANY_REQUESTS: "TooManyRequests",
    HTTPStatus.INTERNAL_SERVER_ERROR: "InternalError",
    HTTPStatus.BAD_GATEWAY: "",
    HTTPStatus.SERVICE_UNAVAILABLE: "ServiceUnavailable",
}


class Fault(StrEnum):
    """What happens to a request instead of its answer."""

    RESET = "reset"
    """The connection is reset before the request reaches the server."""
    REFUSED = "refused"
    """All connections are reset, and new ones refused for some seconds; the request does not get through."""
    TIME_OUT = "time-out"
    """No answer for some seconds, then the connection ends; the request does not get through."""
    CONFLICT = "409"
    """The answer is a conflict that there is not; the request does not get through, as for all statuses."""
    TOO_MANY = "429"
    """The answer is a rejection with ``Retry-After``."""
    ERROR = "500"
    BAD_GATEWAY = "502"
    UNAVAILABLE = "503"
    LOST = "lost"
    """The request takes effect; then the connection is reset in place of the answer."""
    CUT = "cut"
    """The request takes effect; the answer ends in the middle of its body, a watch in its first event."""
    EXPIRED = "expired"
    """A watch begins, and tells at once that its resource version is too old (410)."""
    SILENT = "silent"
    """A watch begins, and never tells anything; its connection stays."""

    @property
    def status(self) -> HTTPStatus | None:
        """The status that is answered, None for faults of the connection."""
        return HTTPStatus(int(self.value)) if self.value.isdecimal() else None


FAULTS_OF_REQUESTS = tuple(each for each in Fault if each not in {Fault.EXPIRED, Fault.SILENT})
FAULTS_OF_WATCHES = (
    Fault.RESET,
    Fault.REFUSED,
    Fault.TOO_MANY,
    Fault.ERROR,
    Fault.UNAVAILABLE,
    Fault.CUT,
    Fault.EXPIRED,
    Fault.SILENT,
)


@dataclass(frozen=True)
class Request:
    """A request that arrived.

    Attributes:
        number: its place among those that count, from 1; 0 if it does not count.
        method: such as ``GET``.
        target: path and query.
        agent: who says that it sent it, by ``User-Agent``.
        fault: how it was spoiled, None if it was passed on.
    """

    number: int
    method: str
    target: str
    agent: str = ""
    fault: Fault | None = None

    @property
    def line(self) -> str:
        """What rules search: method, target and agent, with blanks between them."""
        return f"{self.method} {self.target} {self.agent}"

    def __str__(self) -> str:
        """Return it as one line."""
        spoiled = f"  [{self.fault}]" if self.fault else ""
        return f"{self.number or '-':>4}  {self.line}{spoiled}"


@dataclass(frozen=True)
class Rule:
    """Which requests are spoiled.

    Attributes:
        fault: how.
        numbers: the numbers of those that it concerns, counted from 1 among those that match; empty for all.
        matching: a regular expression that is searched in ``<method> <path and query> <agent>``.
    """

    fault: Fault
    numbers: frozenset[int] = frozenset()
    matching: str = ""

    def concerns(self, request: Request) -> bool:
        """Return whether a request counts for the rule."""
        return bool(re.search(self.matching, request.line))

    def spoils(self, number: int) -> bool:
        """Return whether the request of that number, among those that it concerns, is spoiled."""
        return not self.numbers or number in self.numbers


def parse(text: str) -> Rule:
    """Return the rule that is written as ``FAULT[@NUMBER[,NUMBER…]][:REGULAR EXPRESSION]``.

    Raises:
        ValueError: if there is no such fault, a number is none, or the expression cannot be read.
    """
    what, _, matching = text.partition(":")
    fault, _, numbers = what.partition("@")
    try:
        re.compile(matching)
    except re.error as error:
        raise ValueError(str(error)) from None
    return Rule(Fault(fault), frozenset(int(each) for each in numbers.split(",") if each), matching)


def is_watch(request: Request) -> bool:
    """Return whether a request is a watch, or follows a log."""
    return request.method == "GET" and bool(re.search(r"[?&](watch|follow)=(1|true)", request.target))


def is_no_watch(request: Request) -> bool:
    """Return whether a request is anything but a watch; then watches alone count."""
    return not (is_watch(request) and "watch=" in request.target)


def expired_event() -> dict[str, Any]:
    """Return the event by which a watch says that its resource version is too old."""
    status = {**status_body(HTTPStatus.GONE), "message": "too old resource version: 1 (2)"}
    return {"type": "ERROR", "object": status}


def status_body(status: HTTPStatus) -> dict[str, Any]:
    """Return the ``Status`` that an API server answers with that HTTP status."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": f"the fault proxy answers {status.value} {status.phrase}",
        "reason": _STATUS_REASONS[status],
        "code": status.value,
    }
