"""The values of health: a fault that is seen, and the verdict that may follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from helm_rollback_component.results import Resource


class FaultMarks(TypedDict, total=False):
    """What may be so of a fault; `Fault` explains each."""

    crowded: bool
    deferred: bool
    unsaid: bool
    dependent: bool


@dataclass(frozen=True)
class Wait:
    """What a container waits for.

    Attributes:
        reason: the kubelet's word.
        message: its sentence.
    """

    reason: str
    message: str


@dataclass(frozen=True)
class Fault:
    """Something wrong with the release's own objects as they are now; a verdict once it has lasted.

    Attributes:
        reason: one CamelCase word.
        message: one sentence; never the output of a container.
        object: the release's own object.
        about: the identity of this fault, which stays the same while it lasts.
        grace: how long it may last before it is certain, in seconds.
        pod: the name of the pod, if it is one's.
        container: the name of the container, if it is one's.
        crowded: whether resources are missing that terminating pods will free.
        deferred: whether something in progress may fix it, so that it cannot be certain now.
        unsaid: whether it does not say its cause now; the grace that it had when it did counts then.
        dependent: whether it may last only while something else of the release is not ready.
        awaits: what else of the release is not ready, if it is dependent.
        restarts: how often the container was started again, of a fault that ends with each start.
        former: what the container waits for, of a fault that was there before the action: it counts only once
            that tells of another try (`new_tries`).
    """

    reason: str
    message: str
    object: Resource
    about: tuple[str, ...]
    grace: float = 0
    pod: str = ""
    container: str = ""
    crowded: bool = False
    deferred: bool = False
    unsaid: bool = False
    dependent: bool = False
    awaits: frozenset[Resource] = frozenset()
    restarts: int | None = None
    former: Wait | None = None


@dataclass(frozen=True)
class HealthVerdict:
    """Why a release has certainly failed.

    Attributes:
        reason: one CamelCase word: ``ImagePullBackOff``, ``CrashLoopBackOff``, ``JobFailed``, …
        message: one sentence that names the object and the container; never the output of the container.
        object: the release's own object.
        pod: the name of the pod, or an empty string.
        container: the name of the container, or an empty string.
        log: the last lines of the container's log where the cluster has them; they may contain secrets.
    """

    reason: str
    message: str
    object: Resource
    pod: str = ""
    container: str = ""
    log: tuple[str, ...] = ()
