"""What health is spoken of in: the settings, a fault that is seen, the verdict that may follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helm_rollback_component.results import Resource


@dataclass(frozen=True)
class HealthSettings:
    """How patient to be. Times are in seconds, on the clock of whoever watches.

    Attributes:
        fail_fast: whether to judge before time is out at all.
        image_pull_grace: how long an image may fail to be pulled.
        grace: how long a container may fail to be created, or a soaking pod may be unready.
        crash_loop_restarts: how many restarts of a container in back-off make a crash loop.
        soak: how long a ready release is watched before it counts as good.
        refused_grace: how long the API server may refuse to have pods created. Controllers try again about 5,
            10 and 20 s after the first try (client-go, 5 ms doubled each time): 12 s hold the second.
        unschedulable_grace: how long a pod may find no node, where no autoscaler says it is making one.
        volume_grace: how long a claim may fail to get its volume.
        wait_for_jobs: whether a release is ready only once its Jobs are complete.
    """

    fail_fast: bool = True
    image_pull_grace: float = 3
    grace: float = 10
    crash_loop_restarts: int = 3
    soak: float = 0
    refused_grace: float = 12
    unschedulable_grace: float = 60
    volume_grace: float = 60
    wait_for_jobs: bool = False


@dataclass(frozen=True)
class Fault:
    """Something wrong with the release's own objects as they are now; a verdict once it has lasted.

    Attributes:
        reason: one CamelCase word.
        message: one sentence for a person; never a container's own words.
        object: the release's own object.
        about: what tells this fault from any other and stays the same while it lasts.
        grace: how long it may last before it is certain, in seconds.
        pod: the name of the pod, if it is one's.
        container: the name of the container, if it is one's.
        crowded: whether it may be for want of room, which pods that are terminating will give back.
        held: whether something else that is under way may put it right, so that it cannot be certain now.
    """

    reason: str
    message: str
    object: Resource
    about: tuple[str, ...]
    grace: float = 0
    pod: str = ""
    container: str = ""
    crowded: bool = False
    held: bool = False


@dataclass(frozen=True)
class Verdict:
    """Why a release is bad, for certain.

    Attributes:
        reason: one CamelCase word: ``ImagePullBackOff``, ``CrashLoopBackOff``, ``JobFailed``, …
        message: one sentence that names the object and the container; never the container's own words.
        object: the release's own object.
        pod: the name of the pod, or an empty string.
        container: the name of the container, or an empty string.
        log: the last lines of the container's log where the cluster has them; they may hold secrets.
    """

    reason: str
    message: str
    object: Resource
    pod: str = ""
    container: str = ""
    log: tuple[str, ...] = ()
