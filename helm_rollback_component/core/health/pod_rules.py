"""What can be wrong with one pod of the newest revision: a table of rules. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.model import Fault
from helm_rollback_component.core.health.pod_status import (
    Container,
    containers,
    in_trouble,
    unschedulable,
)
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from helm_rollback_component.config import HealthConfig
    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.health.snapshot import Case, Snapshot

KUBELET_RETRY = 15.0
"""Seconds: the kubelet tries again 10 to 15 s after an error (``backOffPeriod`` in ``pkg/kubelet``)."""

AUTOSCALER_AT_WORK = frozenset({"TriggeredScaleUp", "Nominated"})
"""Events by which cluster-autoscaler and Karpenter say that they add a node for the pod."""

_MISSING = re.compile(r'\b(secret|configmap) "([^"]+)" not found', re.IGNORECASE)
_CLAIMS_FIRST = "unbound immediate PersistentVolumeClaim"  # a fault of a claim is reported for the claim
_KINDS = {"secret": "Secret", "configmap": "ConfigMap"}
_NEVER_STARTED = frozenset({"StartError", "ContainerCannotRun"})


@dataclass(frozen=True)
class Sight:
    """One pod that counts, and all that its rules may look at."""

    pod: Manifest
    case: Case
    snapshot: Snapshot
    health: HealthConfig

    def fault(self, reason: str, what: str, *, grace: float, container: str = "", **more: bool) -> Fault:
        """Return a fault of this pod; `what` ends the sentence that begins with its name."""
        return Fault(
            reason=reason,
            message=f"{self.who}: {f'container {container} ' if container else ''}{what}",
            object=self.case.object,
            about=(objects.uid(self.pod), container, reason),
            grace=grace,
            pod=objects.name(self.pod),
            container=container,
            **more,
        )

    @cached_property
    def in_trouble(self) -> tuple[Container, ...]:
        """Those of its containers that wait or have ended with an error."""
        return tuple(in_trouble(self.pod))

    @property
    def who(self) -> str:
        """The pod's name, and its owner."""
        name = f"Pod {objects.name(self.pod)}"
        owner = self.case.object
        return name if owner.kind == "Pod" else f"{name} of {owner.kind} {owner.name}"


def needed(pod: Manifest) -> Iterator[tuple[str, str, str]]:
    """Yield kind, namespace and name of the Secrets and ConfigMaps that its containers are said to lack."""
    for container in in_trouble(pod):
        if container.waiting.get("reason") == "CreateContainerConfigError":
            yield from _named(container, pod)


def pod_faults(sight: Sight) -> Iterator[Fault]:
    """Yield all that is wrong with a pod."""
    for rule in (*_RULES_OF_CONTAINERS, *_RULES) if sight.in_trouble else _RULES:
        yield from rule(sight)


@dataclass(frozen=True)
class _Waiting:
    """What a waiting reason means: the reason word for it, the sentence's end, and how long it may last."""

    reason: str
    says: str
    grace: Callable[[HealthConfig], float]


def _at_once(_: HealthConfig) -> float:
    return 0


def _pulls(health: HealthConfig) -> float:
    return health.image_pull_grace


def _retried(health: HealthConfig) -> float:
    """A fix within the grace is visible only after the kubelet's next try."""
    return health.grace + KUBELET_RETRY


_NO_IMAGE = _Waiting(Reason.IMAGE_PULL_BACK_OFF, "cannot pull its image", _pulls)

# The words are the kubelet's: pkg/kubelet/images/types.go, pkg/kubelet/kuberuntime/kuberuntime_container.go,
# pkg/kubelet/container/sync_result.go and k8s.io/cri-api/pkg/errors of Kubernetes 1.36.
_WAITING = {
    "ErrImagePull": _NO_IMAGE,
    "ImagePullBackOff": _NO_IMAGE,
    "SignatureValidationFailed": _Waiting(
        Reason.SIGNATURE_VALIDATION_FAILED, "has an image with an invalid signature", _pulls
    ),
    "RegistryUnavailable": _Waiting(
        Reason.REGISTRY_UNAVAILABLE, "cannot pull its image: the registry cannot be reached", _retried
    ),
    "ImageInspectError": _Waiting(Reason.IMAGE_INSPECT_ERROR, "has an image that cannot be read", _retried),
    "InvalidImageName": _Waiting(Reason.INVALID_IMAGE_NAME, "has an invalid image name", _at_once),
    "ErrImageNeverPull": _Waiting(
        Reason.ERR_IMAGE_NEVER_PULL, "needs an image that is not on the node and may not be pulled", _at_once
    ),
    "CreateContainerConfigError": _Waiting(
        Reason.CREATE_CONTAINER_CONFIG_ERROR, "cannot be configured", _retried
    ),
    "CreateContainerError": _Waiting(Reason.CREATE_CONTAINER_ERROR, "cannot be created", _retried),
}


def _waiting(sight: Sight) -> Iterator[Fault]:
    for container in sight.in_trouble:
        rule = _WAITING.get(container.waiting.get("reason", ""))
        if rule is not None:
            grace = rule.grace(sight.health)
            if _still_lacks(container, sight):
                grace = sight.health.grace
            yield sight.fault(
                rule.reason,
                f"{rule.says}{_quoted(container.waiting)}",
                grace=grace,
                container=container.name,
            )


def _still_lacks(container: Container, sight: Sight) -> bool:
    """Whether what the container needs certainly does not exist, so that no try can succeed."""
    missing = sight.snapshot.missing
    return bool(missing) and any(named in missing for named in _named(container, sight.pod))


def _named(container: Container, pod: Manifest) -> Iterator[tuple[str, str, str]]:
    for kind, name in _MISSING.findall(container.waiting.get("message") or ""):
        yield _KINDS[kind.lower()], objects.meta(pod).get("namespace", ""), name


def _cannot_start(sight: Sight) -> Iterator[Fault]:
    if sight.case.object.kind == "Job":
        return
    for container in sight.in_trouble:
        if _never_started(container):
            said = container.waiting if container.waiting.get("reason") == "RunContainerError" else {}
            yield sight.fault(
                Reason.RUN_CONTAINER_ERROR,
                f"cannot be started{_quoted(said)}",
                grace=sight.health.grace,
                container=container.name,
            )


def _never_started(container: Container) -> bool:
    match container.waiting.get("reason"):
        case "RunContainerError":
            return True
        case "CrashLoopBackOff":
            return container.last.get("reason") in _NEVER_STARTED
        case _:
            return container.terminated.get("reason") in _NEVER_STARTED


def _crash_loop(sight: Sight) -> Iterator[Fault]:
    if sight.case.object.kind == "Job":
        return
    for container in sight.in_trouble:
        loops = container.waiting.get("reason") == "CrashLoopBackOff"
        if loops and container.restarts >= sight.health.crash_loop_restarts:
            yield sight.fault(*_crash(container), grace=0, container=container.name)


def _crash(container: Container) -> tuple[str, str]:
    ended, times = container.ended, f"{container.restarts} restarts"
    if ended.get("reason") == "OOMKilled":
        return Reason.OOM_KILLED, f"runs out of memory again and again ({times})"
    why = f", exit code {ended['exitCode']}" if "exitCode" in ended else ""
    return Reason.CRASH_LOOP_BACK_OFF, f"ends again and again ({times}{why})"


def _no_node(sight: Sight) -> Iterator[Fault]:
    refused = unschedulable(sight.pod)
    if not refused or _CLAIMS_FIRST in refused.get("message", ""):
        return
    events = sight.snapshot.events.get(objects.uid(sight.pod))
    node_comes = events is None or any(event.get("reason") in AUTOSCALER_AT_WORK for event in events)
    yield sight.fault(
        Reason.UNSCHEDULABLE,
        f"fits on no node{_quoted(refused)}",
        grace=sight.health.unschedulable_grace,
        crowded=True,
        deferred=node_comes or sight.case.under_way or not _asked_for(sight.case),
    )


def _asked_for(case: Case) -> bool:
    """Whether the release itself asks for so many pods, or none is ready yet; else an autoscaler may."""
    asked = objects.spec(case.desired).get("replicas")
    return not case.any_ready or asked == objects.spec(case.live).get("replicas")


def _failed(sight: Sight) -> Iterator[Fault]:
    """Only a pod without a controller: one that is itself an object of the release or of a hook."""
    if sight.case.object.kind == "Pod" and objects.status(sight.pod).get("phase") == "Failed":
        why = objects.one_line(objects.status(sight.pod).get("reason"))
        ended = (each.name for each in containers(sight.pod) if each.ended.get("exitCode"))
        yield sight.fault(
            Reason.POD_FAILED, f"has failed{f' ({why})' if why else ''}", grace=0, container=next(ended, "")
        )


# A Job's pods may crash: the Job counts its retries itself.
_RULES_OF_CONTAINERS: tuple[Callable[[Sight], Iterator[Fault]], ...] = (_waiting, _cannot_start, _crash_loop)
_RULES: tuple[Callable[[Sight], Iterator[Fault]], ...] = (_failed, _no_node)


def _quoted(said: Mapping[str, Any]) -> str:
    message = objects.one_line(said.get("message"))
    return f" ({message})" if message else ""
