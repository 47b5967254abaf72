"""What can be wrong with the containers of one pod: tables of rules. Pure.

`docs/health.md` has the source of each time.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.health.causes import Outlook, outlook_of_pull, outlook_of_start
from helm_rollback_component.core.health.model import Wait
from helm_rollback_component.core.health.new_tries import NEW_RUNS, has_ended_again, has_run_again
from helm_rollback_component.core.health.pod_status import in_trouble
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helm_rollback_component.core.health.model import Fault
    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.health.pod_status import Container
    from helm_rollback_component.core.health.sight import Sight

KUBELET_RETRY = 15.0
"""Seconds: the kubelet tries again 10 to 15 s after an error (``backOffPeriod`` in ``pkg/kubelet``)."""

NEXT_TRIES = 60.0
"""Seconds for the kubelet's next two tries of a pull, 10 and 20 s later (``imageBackOffPeriod``), each up to
half as late again (``workerBackOffPeriodJitterFactor``), and 15 s for the pulls themselves."""

ONE_MORE_TRY = 60.0
"""Seconds until the one after these, 40 s later: a first deployment has it too."""

_MISSING = re.compile(r'\b(secret|configmap) "([^"]+)" not found', re.IGNORECASE)
_NO_KEY = "couldn't find key"
_KINDS = {"secret": "Secret", "configmap": "ConfigMap"}
_NEVER_STARTED = frozenset({"StartError", "ContainerCannotRun"})

CERTAIN_EXITS = frozenset({126, 127, 132, 135, 136, 139})
"""Exit codes that no other object can be the reason of: the command cannot be executed or does not exist
(POSIX, ``sh``), or the program breaks by itself (SIGILL, SIGBUS, SIGFPE, SIGSEGV)."""


def container_faults(sight: Sight) -> Iterator[Fault]:
    """Yield all that is wrong with a pod's containers."""
    for rule in _RULES:
        yield from rule(sight)


def needed(pod: Manifest) -> Iterator[tuple[str, str, str]]:
    """Yield kind, namespace and name of the Secrets and ConfigMaps that its containers are said to lack."""
    for container in in_trouble(pod):
        if _waits_for(container) == "CreateContainerConfigError":
            yield from _named(container, pod)


def may_depend(pod: Manifest) -> bool:
    """Return whether a container may fail only because something else of the release is not ready."""
    reasons = map(_waits_for, in_trouble(pod))
    return any(reason in ("CrashLoopBackOff", "CreateContainerConfigError") for reason in reasons)


def _at_once(_: Sight) -> float:
    return 0


def _pulls(sight: Sight) -> float:
    return sight.health.image_pull_grace


def _grace(sight: Sight) -> float:
    return sight.health.grace


def _retried(sight: Sight) -> float:
    """A fix within the grace is visible only after the kubelet's next try."""
    return sight.health.grace + KUBELET_RETRY


def _passing(sight: Sight) -> float:
    tries = NEXT_TRIES + ONE_MORE_TRY * sight.first
    return max(tries, sight.health.image_pull_grace)


def _no_words(_: str) -> Outlook:
    return Outlook.UNKNOWN


@dataclass(frozen=True)
class _Waiting:
    """What a waiting reason means.

    Attributes:
        reason: the reason word for it.
        says: the sentence's end.
        grace: how long it may last if its message says nothing of the next try.
        certain: how long if the next try fails for certain.
        outlook: reads the message.
        paused: whether the kubelet's pauses between two tries grow, so that what it says may be old.
    """

    reason: str
    says: str
    grace: Callable[[Sight], float]
    certain: Callable[[Sight], float] = _grace
    outlook: Callable[[str], Outlook] = _no_words
    paused: bool = False


_NO_IMAGE = _Waiting(
    Reason.IMAGE_PULL_BACK_OFF, "cannot pull its image", _passing, _pulls, outlook_of_pull, paused=True
)

# The words are the kubelet's: pkg/kubelet/images/types.go, pkg/kubelet/kuberuntime/kuberuntime_container.go,
# pkg/kubelet/container/sync_result.go and k8s.io/cri-api/pkg/errors of Kubernetes 1.36.
_WAITING = {
    "ErrImagePull": _NO_IMAGE,
    "ImagePullBackOff": _NO_IMAGE,
    "SignatureValidationFailed": _Waiting(
        Reason.SIGNATURE_VALIDATION_FAILED, "has an image with an invalid signature", _pulls, paused=True
    ),
    "RegistryUnavailable": _Waiting(
        Reason.REGISTRY_UNAVAILABLE,
        "cannot pull its image: the registry cannot be reached",
        _passing,
        paused=True,
    ),
    "ImageInspectError": _Waiting(Reason.IMAGE_INSPECT_ERROR, "has an image that cannot be read", _retried),
    "InvalidImageName": _Waiting(Reason.INVALID_IMAGE_NAME, "has an invalid image name", _at_once),
    "ErrImageNeverPull": _Waiting(
        Reason.ERR_IMAGE_NEVER_PULL, "needs an image that is not on the node and may not be pulled", _at_once
    ),
    "CreateContainerConfigError": _Waiting(
        Reason.CREATE_CONTAINER_CONFIG_ERROR, "cannot be configured", _retried, outlook=outlook_of_start
    ),
    "CreateContainerError": _Waiting(
        Reason.CREATE_CONTAINER_ERROR, "cannot be created", _retried, outlook=outlook_of_start
    ),
}
_CANNOT_START = _Waiting(Reason.RUN_CONTAINER_ERROR, "cannot be started", _retried, outlook=outlook_of_start)


def _waiting(sight: Sight) -> Iterator[Fault]:
    for container in sight.in_trouble:
        rule = _WAITING.get(_waits_for(container))
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
            yield _fault(_CANNOT_START, container, foreign.text(told, "message"), sight)


def _fault(rule: _Waiting, container: Container, message: str, sight: Sight) -> Fault:
    outlook = rule.outlook(message)
    lacks = _lacks(container)
    certain = outlook is Outlook.CERTAIN or (lacks and _still_lacks(container, sight))
    grace = rule.certain if certain else _passing if outlook is Outlook.PASSING else rule.grace
    said, was_there = objects.one_line(message), sight.before(container) is not None
    fault = sight.fault(
        rule.reason,
        f"{rule.says}{f' ({said})' if said else ''}",
        grace=_until_tried_again(rule, grace(sight), sight) if was_there else grace(sight),
        container=container.name,
        unsaid=outlook is Outlook.UNSAID,
        dependent=lacks and not objects.is_hook(sight.case.desired),
    )
    former = Wait(_waits_for(container), message) if was_there and rule.paused else None
    return replace(fault, former=former)


def _until_tried_again(rule: _Waiting, grace: float, sight: Sight) -> float:
    """What was there before may be old news until the kubelet has tried again; an invalid name never is."""
    seldom = rule.paused or rule.reason == Reason.INVALID_IMAGE_NAME
    return grace if seldom else max(grace, _retried(sight))


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
    ended, times = container.ended, f"{container.restarts} restarts"
    if foreign.text(ended, "reason") == "OOMKilled":
        return Reason.OOM_KILLED, f"runs out of memory again and again ({times})"
    code = foreign.spelled_number(ended, "exitCode")
    why = "" if code is None else f", exit code {code}"
    return Reason.CRASH_LOOP_BACK_OFF, f"ends again and again ({times}{why})"


# A Job's pods may crash: the Job counts its retries itself.
_RULES: tuple[Callable[[Sight], Iterator[Fault]], ...] = (_waiting, _cannot_start, _crash_loop)
