"""What it means that a container waits, by the word that the kubelet has for it. Pure.

`docs/health.md` has the source of each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.health.causes import Outlook, outlook_of_pull, outlook_of_start
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.core.health.sight import Sight

KUBELET_RETRY = 15.0
"""Seconds: the kubelet tries again 10 to 15 s after an error (``backOffPeriod`` in ``pkg/kubelet``)."""

NEXT_TRIES = 60.0
"""Seconds for the kubelet's next two tries of a pull, 10 and 20 s later (``imageBackOffPeriod``), each up to
half as late again (``workerBackOffPeriodJitterFactor``), and 15 s for the pulls themselves."""

ONE_MORE_TRY = 60.0
"""Seconds until the one after these, 40 s later: a first deployment has it too."""


def _at_once(_: Sight) -> float:
    return 0


def _pulls(sight: Sight) -> float:
    return sight.health.image_pull_grace


def _grace(sight: Sight) -> float:
    return sight.health.grace


def retried(sight: Sight) -> float:
    """Return how long a fault may last: a fix in time is visible only after the kubelet's next try."""
    return sight.health.grace + KUBELET_RETRY


def passing(sight: Sight) -> float:
    """Return how long a fault may last that may pass: as its next tries need."""
    tries = NEXT_TRIES + ONE_MORE_TRY * sight.first
    return max(tries, sight.health.image_pull_grace)


def _no_words(_: str) -> Outlook:
    return Outlook.UNKNOWN


@dataclass(frozen=True)
class WaitingReason:
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


_NO_IMAGE = WaitingReason(
    Reason.IMAGE_PULL_BACK_OFF, "cannot pull its image", passing, _pulls, outlook_of_pull, paused=True
)

# The words are the kubelet's: pkg/kubelet/images/types.go, pkg/kubelet/kuberuntime/kuberuntime_container.go,
# pkg/kubelet/container/sync_result.go and k8s.io/cri-api/pkg/errors of Kubernetes 1.36.
WAITING = {
    "ErrImagePull": _NO_IMAGE,
    "ImagePullBackOff": _NO_IMAGE,
    "SignatureValidationFailed": WaitingReason(
        Reason.SIGNATURE_VALIDATION_FAILED, "has an image with an invalid signature", _pulls, paused=True
    ),
    "RegistryUnavailable": WaitingReason(
        Reason.REGISTRY_UNAVAILABLE,
        "cannot pull its image: the registry cannot be reached",
        passing,
        paused=True,
    ),
    "ImageInspectError": WaitingReason(
        Reason.IMAGE_INSPECT_ERROR, "has an image that cannot be read", retried
    ),
    "InvalidImageName": WaitingReason(Reason.INVALID_IMAGE_NAME, "has an invalid image name", _at_once),
    "ErrImageNeverPull": WaitingReason(
        Reason.ERR_IMAGE_NEVER_PULL, "needs an image that is not on the node and may not be pulled", _at_once
    ),
    "CreateContainerConfigError": WaitingReason(
        Reason.CREATE_CONTAINER_CONFIG_ERROR, "cannot be configured", retried, outlook=outlook_of_start
    ),
    "CreateContainerError": WaitingReason(
        Reason.CREATE_CONTAINER_ERROR, "cannot be created", retried, outlook=outlook_of_start
    ),
}
CANNOT_START = WaitingReason(
    Reason.RUN_CONTAINER_ERROR, "cannot be started", retried, outlook=outlook_of_start
)
