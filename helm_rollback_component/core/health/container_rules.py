"""What can be wrong with the containers of one pod: tables of rules. Pure.

`docs/health.md` has the source of each time.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.health.causes import Outlook
from helm_rollback_component.core.health.condensed import condensed
from helm_rollback_component.core.health.model import Wait
from helm_rollback_component.core.health.new_tries import NEW_RUNS, has_ended_again, has_run_again
from helm_rollback_component.core.health.pod_status import in_trouble
from helm_rollback_component.core.health.pull_secrets import pull_secrets
from helm_rollback_component.core.health.waiting_reasons import CANNOT_START, WAITING, passing, retried
from helm_rollback_component.core.wording import counted
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helm_rollback_component.core.health.model import Fault
    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.health.pod_status import Container
    from helm_rollback_component.core.health.sight import Sight
    from helm_rollback_component.core.health.waiting_reasons import WaitingReason

_MISSING = re.compile(r'\b(secret|configmap) "([^"]+)" not found', re.IGNORECASE)
_NO_KEY = "couldn't find key"
_KINDS = {"secret": "Secret", "configmap": "ConfigMap"}
_DEPENDENT = frozenset({"CrashLoopBackOff", "CreateContainerConfigError"})
_NEVER_STARTED = frozenset({"StartError", "ContainerCannotRun"})

CERTAIN_EXITS = frozenset({126, 127, 132, 135, 136, 139})
"""Exit codes that no other object can be the reason of: the command cannot be executed or does not exist
(POSIX, ``sh``), or the program breaks by itself (SIGILL, SIGBUS, SIGFPE, SIGSEGV)."""


def container_faults(sight: Sight) -> Iterator[Fault]:
    """Yield all that is wrong with a pod's containers."""
    for rule in _RULES:
        yield from rule(sight)


def needed(pod: Manifest) -> Iterator[tuple[str, str, str]]:
    """Yield kind, namespace and name of the Secrets and ConfigMaps that its containers may lack."""
    for container in in_trouble(pod):
        if _waits_for(container) == "CreateContainerConfigError":
            yield from _named(container, pod)
        yield from pull_secrets(container, pod)


def may_depend(pod: Manifest) -> bool:
    """Return whether a container may fail only because something else of the release is not ready."""
    return any(_waits_for(each) in _DEPENDENT or any(pull_secrets(each, pod)) for each in in_trouble(pod))


def _waiting(sight: Sight) -> Iterator[Fault]:
    for container in sight.in_trouble:
        rule = WAITING.get(_waits_for(container))
        if rule is not None:
            yield _fault(rule, container, foreign.text(container.waiting, "message"), sight)


def _cannot_start(sight: Sight) -> Iterator[Fault]:
    """Whatever a container that never ran is said to have ended of, are the runtime's words."""
    if sight.case.object.kind == "Job":
        return
    for container in sight.in_trouble:
        if _never_started(container):
            before = sight.before(container)
            if before and not has_ended_again(container, before):
                continue
            told = container.waiting if _waits_for(container) == "RunContainerError" else container.ended
            yield _fault(CANNOT_START, container, foreign.text(told, "message"), sight)


def _fault(rule: WaitingReason, container: Container, message: str, sight: Sight) -> Fault:
    lacks, with_secrets = _lacks(container), [*pull_secrets(container, sight.pod)]
    absent = [each for each in with_secrets if each in sight.snapshot.missing]
    outlook = Outlook.PASSING if absent else rule.outlook(message)
    certain = outlook is Outlook.CERTAIN or (lacks and _still_lacks(container, sight))
    grace = rule.certain if certain else passing if outlook is Outlook.PASSING else rule.grace
    said, was_there = objects.one_line(condensed(message)), sight.before(container) is not None
    fault = sight.fault(
        rule.reason,
        f"{rule.says}{f' ({said})' if said else ''}{''.join(map(_without, absent))}",
        grace=_until_tried_again(rule, grace(sight), sight) if was_there else grace(sight),
        container=container.name,
        unsaid=outlook is Outlook.UNSAID or bool(with_secrets and not absent),
        dependent=bool(lacks or absent) and not objects.is_hook(sight.case.desired),
    )
    former = Wait(_waits_for(container), message) if was_there and rule.paused else None
    return replace(fault, former=former)


def _without(secret: tuple[str, str, str]) -> str:
    return f"; there is no Secret {secret[-1]} to pull it with"


def _until_tried_again(rule: WaitingReason, grace: float, sight: Sight) -> float:
    """What was there before may be old news until the kubelet has tried again; an invalid name never is."""
    seldom = rule.paused or rule.reason == Reason.INVALID_IMAGE_NAME
    return grace if seldom else max(grace, retried(sight))


def _lacks(container: Container) -> bool:
    """Whether it lacks a Secret, a ConfigMap or a key, which something else may make."""
    message = foreign.text(container.waiting, "message")
    lacks = _MISSING.search(message) is not None or _NO_KEY in message
    return lacks and _waits_for(container) == "CreateContainerConfigError"


def _still_lacks(container: Container, sight: Sight) -> bool:
    """Whether what the container needs certainly does not exist, so that no try can succeed."""
    missing = sight.snapshot.missing
    return bool(missing) and any(named in missing for named in _named(container, sight.pod))


def _named(container: Container, pod: Manifest) -> Iterator[tuple[str, str, str]]:
    for kind, name in _MISSING.findall(foreign.text(container.waiting, "message")):
        yield _KINDS[kind.lower()], objects.namespace_of(pod), name


def _waits_for(container: Container) -> str:
    return foreign.text(container.waiting, "reason")


def _never_started(container: Container) -> bool:
    match _waits_for(container):
        case "RunContainerError":
            return True
        case "CrashLoopBackOff":
            return foreign.text(container.last, "reason") in _NEVER_STARTED
        case _:
            return foreign.text(container.terminated, "reason") in _NEVER_STARTED


def _crash_loop(sight: Sight) -> Iterator[Fault]:
    """A first deployment may crash once more: what it needs may only be starting, elsewhere too."""
    if sight.case.object.kind == "Job":
        return
    for container in sight.in_trouble:
        if _waits_for(container) == "CrashLoopBackOff" and not _never_started(container):
            certain = _crashes_for_certain(container)
            most = sight.health.crash_loop_restarts + (sight.first and not certain)
            yield sight.fault(
                *_crash(container),
                grace=0 if container.restarts >= most and _is_news(container, sight) else math.inf,
                container=container.name,
                restarts=container.restarts,
                dependent=not certain and not objects.is_hook(sight.case.desired),
            )


def _is_news(container: Container, sight: Sight) -> bool:
    """Whether a container crashes now, and not only before the action."""
    before = sight.before(container)
    if before is None:
        return True
    if _crashes_for_certain(container):
        return has_ended_again(container, before)
    return has_run_again(container, before, times=min(NEW_RUNS, sight.health.crash_loop_restarts))


def _crashes_for_certain(container: Container) -> bool:
    out_of_memory = foreign.text(container.ended, "reason") == "OOMKilled"
    return out_of_memory or foreign.number(container.ended, "exitCode") in CERTAIN_EXITS


def _crash(container: Container) -> tuple[str, str]:
    ended, times = container.ended, counted(container.restarts, "restart")
    if foreign.text(ended, "reason") == "OOMKilled":
        return Reason.OOM_KILLED, f"runs out of memory again and again ({times})"
    code = foreign.spelled_number(ended, "exitCode")
    why = "" if code is None else f", exit code {code}"
    return Reason.CRASH_LOOP_BACK_OFF, f"ends again and again ({times}{why})"


# A Job's pods may crash: the Job counts its retries itself.
_RULES: tuple[Callable[[Sight], Iterator[Fault]], ...] = (_waiting, _cannot_start, _crash_loop)
