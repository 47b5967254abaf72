"""How to read a pod: its containers, what the scheduler says of it, the claims that it uses. Pure."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from helm_rollback_component.core.health import objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helm_rollback_component.core.health.objects import Manifest

_UNPLACED = "Pending"
_OVER = frozenset({"Failed", "Succeeded"})


class Container(NamedTuple):
    """One container's status.

    Attributes:
        name: its name.
        restarts: how often it was started again.
        ready: whether it counts as ready.
        waiting: its waiting state, empty if it is in another.
        terminated: its terminated state, empty if it is in another.
        last: how it last ended, empty if it never did.
    """

    name: str
    restarts: int
    ready: bool
    waiting: Mapping[str, Any]
    terminated: Mapping[str, Any]
    last: Mapping[str, Any]

    @property
    def ended(self) -> Mapping[str, Any]:
        """How it ended, now or the last time."""
        return self.terminated or self.last


def containers(pod: Manifest) -> Iterator[Container]:
    """Yield the pod's containers that have a status: init containers and sidecars first."""
    return map(_container, _statuses(pod))


def in_trouble(pod: Manifest) -> Iterator[Container]:
    """Yield those of its containers that wait or have ended with an error: all that rules may complain of."""
    return (_container(each) for each in _statuses(pod) if not _as_it_should_be(each.get("state") or {}))


def _statuses(pod: Manifest) -> Iterator[Mapping[str, Any]]:
    status = objects.status(pod)
    return chain(status.get("initContainerStatuses") or (), status.get("containerStatuses") or ())


def _as_it_should_be(state: Mapping[str, Any]) -> bool:
    return "running" in state or (state.get("terminated") or {}).get("exitCode") == 0


def _container(status: Mapping[str, Any]) -> Container:
    state, last = status.get("state") or {}, status.get("lastState") or {}
    return Container(
        name=status.get("name", ""),
        restarts=status.get("restartCount", 0),
        ready=bool(status.get("ready")),
        waiting=state.get("waiting") or {},
        terminated=state.get("terminated") or {},
        last=last.get("terminated") or {},
    )


def unschedulable(pod: Manifest) -> Mapping[str, Any]:
    """Return the condition by which the scheduler says that it finds no node, empty if it does not say so."""
    if objects.status(pod).get("phase", _UNPLACED) != _UNPLACED:
        return {}
    scheduled = objects.condition(pod, "PodScheduled")
    refused = scheduled.get("status") == "False" and scheduled.get("reason") == "Unschedulable"
    return scheduled if refused else {}


def getting_ready(pod: Manifest) -> bool:
    """Return whether a pod that is not ready may be about to be: it has not ended, and a node can take it."""
    return objects.status(pod).get("phase") not in _OVER and not unschedulable(pod)


def claims_of(pod: Manifest) -> Iterator[tuple[str, str]]:
    """Yield namespace and name of the claims that a pod uses."""
    for volume in objects.spec(pod).get("volumes") or ():
        claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        if claim:
            yield objects.meta(pod).get("namespace", ""), claim
