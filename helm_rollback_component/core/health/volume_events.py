"""What the events about a claim tell of its volume (Kubernetes' ``pkg/controller/volume/events``). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from helm_rollback_component.core.health.objects import Manifest

UNBOUND = frozenset({"FailedBinding", "ProvisioningFailed"})
"""Those that say that a claim gets no volume."""

_NO_CONSUMER = "WaitForFirstConsumer"
_TELLING = UNBOUND | {
    _NO_CONSUMER,
    "ExternalProvisioning",
    "Provisioning",
    "ProvisioningSucceeded",
    "WaitForPodScheduled",
}


def last_event(claim: Manifest, events: Mapping[str, Iterable[Manifest]]) -> Manifest:
    """Return the newest event that tells of a claim's volume, empty if there is none.

    Args:
        claim: the live object.
        events: those that are known, by the UID of the object that they are about.
    """
    about = events.get(objects.uid(claim), ())
    telling = [each for each in about if foreign.text(each, "reason") in _TELLING]
    return max(telling, key=_when, default={})


def awaits_consumer(live: Manifest, events: Mapping[str, Iterable[Manifest]]) -> bool:
    """Return whether an object is a claim that gets its volume with its first pod, and has none.

    The volume controller says so every 15 seconds, until there is such a pod.
    """
    claims = (objects.group(live), objects.kind(live)) == ("", "PersistentVolumeClaim")
    if not claims or objects.status(live).get("phase") != "Pending" or objects.terminating(live):
        return False
    return foreign.text(last_event(live, events), "reason") == _NO_CONSUMER


def _when(event: Manifest) -> str:
    times = (foreign.text(event, time) for time in ("lastTimestamp", "eventTime", "firstTimestamp"))
    return next(filter(None, times), "")
