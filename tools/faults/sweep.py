"""Every operation with every fault at every request, compared with the operation that nothing disturbs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tools.faults import proxy, rules
from tools.faults.operations import OPERATIONS
from tools.faults.rules import Fault, Rule
from tools.faults.stage import stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor

    from tools.faults.rules import Request
    from tools.faults.stage import Outcome

OURS = r" helm-rollback$"
"""Matches the requests that the component sends itself; Helm sends the others."""

NO_FAULT = Rule(Fault.RESET, frozenset({0}))
"""Spoils nothing."""

_BEYOND = 3
"""So many further requests are spoiled than a run without faults sends: some depend on the time."""


@dataclass(frozen=True)
class Trial:
    """One operation, with one request spoiled or none.

    Attributes:
        operation: its name in `OPERATIONS`.
        spoiled: the request that was spoiled, None if there was no such request.
        sent: how many requests matched the rule.
        outcome: how it ended.
    """

    operation: str
    spoiled: Request | None
    sent: int
    outcome: Outcome


@dataclass(frozen=True)
class Row:
    """One operation with one fault at every request.

    Attributes:
        operation: its name.
        fault: which fault.
        total: how many requests were spoiled, one in each trial.
        failures: for each trial that did not end as without the fault, the request and what differed.
    """

    operation: str
    fault: Fault
    total: int
    failures: tuple[str, ...]


@dataclass(frozen=True)
class Sweep:
    """How operations are tried.

    Attributes:
        kubeconfig: the content of one.
        helm: a Helm program's path, or ``embedded``.
        matching: which requests are spoiled, as `Rule` has it.
        at_once: how many trials run side by side.
        choose: picks from so many requests the numbers of those that are spoiled.
        skip: tells which requests are not counted; watches, unless told otherwise.
    """

    kubeconfig: str
    helm: str
    matching: str = OURS
    at_once: int = 3
    choose: Callable[[int], Sequence[int]] = lambda count: every(1, count)
    skip: Callable[[Request], bool] = rules.is_watch

    def rows(self, operation: str, faults: Iterable[Fault]) -> Iterator[Row]:
        """Try one operation with each of these faults at each of its requests."""
        wanted = try_once(self, operation, NO_FAULT)
        with ThreadPoolExecutor(self.at_once) as trials:
            for fault in faults:
                yield self.row(operation, fault, wanted, trials)

    def row(self, operation: str, fault: Fault, wanted: Trial, trials: Executor) -> Row:
        """Try one operation with one fault at each of its requests.

        Args:
            operation: its name.
            fault: which fault.
            wanted: the trial without a fault.
            trials: runs the trials.
        """
        attempt = partial(try_once, self, operation)
        spoiling = [
            Rule(fault, frozenset({number}), self.matching) for number in self.choose(wanted.sent + _BEYOND)
        ]
        found = [trial for trial in trials.map(attempt, spoiling) if trial.spoiled]
        return _row(operation, fault, found, wanted.outcome)


def every(stride: int, count: int) -> Sequence[int]:
    """Return every so-manieth of the numbers from 1 to `count`."""
    return range(1, count + 1, stride)


def try_once(how: Sweep, operation: str, rule: Rule) -> Trial:
    """Do one operation of `OPERATIONS`, by name, in a namespace of its own, spoiled by a rule."""
    steps = OPERATIONS[operation]
    with stage(how.kubeconfig, how.helm) as place, proxy.running(how.kubeconfig, skip=how.skip) as spoiling:
        place.prepare(steps.before)
        spoiling.expect(rule)
        result = place.do(steps.under_test, spoiling.kubeconfig)
        counted = Rule(rule.fault, matching=how.matching)
        sent = sum(bool(request.number) and counted.concerns(request) for request in spoiling.requests)
        spoiled = next(iter(spoiling.spoiled), None)
        return Trial(operation, spoiled, sent, place.outcome(result))


def _row(operation: str, fault: Fault, trials: Sequence[Trial], wanted: Outcome) -> Row:
    told = ((trial.spoiled, trial.outcome.differences(wanted)) for trial in trials)
    failures = tuple(f"{request}: {differences}" for request, differences in told if differences)
    return Row(operation, fault, len(trials), failures)
