"""Requests in the order of their arrival, each with what the rules do to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tools.faults.rules import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tools.faults.rules import Fault, Rule


class Tally:
    """What arrived so far. Not safe to use from several threads.

    Args:
        skip: tells which requests do not count, and pass.
        wanted: the rules; of several that spoil one request the first does.

    Attributes:
        requests: in the order of their arrival.
    """

    def __init__(self, skip: Callable[[Request], bool], wanted: Iterable[Rule]) -> None:
        self.requests: list[Request] = []
        self._skip = skip
        self._seen = [(rule, 0) for rule in wanted]
        self._counted = 0

    def admit(self, method: str, target: str, agent: str = "") -> Request:
        """Add a request, and return it with its number and its fault."""
        request = Request(0, method, target, agent)
        if not self._skip(request):
            self._counted += 1
            request = replace(request, number=self._counted, fault=self._fault(request))
        self.requests.append(request)
        return request

    def _fault(self, request: Request) -> Fault | None:
        concerned = [rule.concerns(request) for rule, _ in self._seen]
        self._seen = [(rule, seen + one) for (rule, seen), one in zip(self._seen, concerned, strict=True)]
        spoiling = (
            rule.fault
            for (rule, seen), one in zip(self._seen, concerned, strict=True)
            if one and rule.spoils(seen)
        )
        return next(spoiling, None)
