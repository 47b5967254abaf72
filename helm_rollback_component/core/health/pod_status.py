"""How to read a pod: its containers, what the scheduler says of it, the claims that it uses. Pure."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from helm_rollback_component.core.health import foreign, objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
    waiting: Manifest
    terminated: Manifest
    last: Manifest

    @property
    def ended(self) -> Manifest:
        """How it ended, now or the last time."""
        return self.terminated or self.last


def containers(pod: Manifest) -> Iterator[Container]:
    """Yield the pod's containers that have a status: init containers and sidecars first."""
    return map(_container, _statuses(pod))


def in_trouble(pod: Manifest) -> Iterator[Container]:
    """Yield those of its containers that wait or have ended with an error: all that rules may complain of."""
    return (
        _container(each) for each in _statuses(pod) if not _as_it_should_be(foreign.mapping(each, "state"))
    )


def culprit(pod: Manifest) -> Container | None:
    """Return the container that a pod has failed for, if one has ended with an error.

    It is the one that ended first: the others are ended because of it, sidecars last, often with an error.
    """
    failed = [each for each in containers(pod) if foreign.number(each.ended, "exitCode")]
    return min(reversed(failed), key=lambda each: foreign.text(each.ended, "finishedAt"), default=None)


def _statuses(pod: Manifest) -> Iterator[Manifest]:
    status = objects.status(pod)
    parts = ("initContainerStatuses", "containerStatuses")
    return chain.from_iterable(foreign.mappings(status, part) for part in parts)


def _as_it_should_be(state: Manifest) -> bool:
    return "running" in state or foreign.number(foreign.mapping(state, "terminated"), "exitCode", 1) == 0


def _container(status: Manifest) -> Container:
    state, last = foreign.mapping(status, "state"), foreign.mapping(status, "lastState")
    return Container(
        name=foreign.text(status, "name"),
        restarts=foreign.number(status, "restartCount"),
        ready=foreign.flag(status, "ready"),
        waiting=foreign.mapping(state, "waiting"),
        terminated=foreign.mapping(state, "terminated"),
        last=foreign.mapping(last, "terminated"),
    )


def containers_in_wait(pods: Iterable[Manifest]) -> dict[tuple[str, str], Container]:
    """Return the containers of those pods that are not ready, by the pod's UID and their name."""
    unready = (pod for pod in pods if not objects.is_true(pod, "Ready"))
    return {(objects.uid(pod), each.name): each for pod in unready for each in containers(pod)}


def unschedulable(pod: Manifest) -> Manifest:
    """Return the condition by which the scheduler says that it finds no node, empty if it does not say so."""
    if foreign.text(objects.status(pod), "phase", _UNPLACED) != _UNPLACED:
        return {}
    scheduled = objects.condition(pod, "PodScheduled")
    refused = scheduled.get("status") == "False" and scheduled.get("reason") == "Unschedulable"
    return scheduled if refused else {}


def getting_ready(pod: Manifest) -> bool:
    """Return whether a pod that is not ready may be about to be: it has not ended, and a node can take it."""
    return foreign.text(objects.status(pod), "phase") not in _OVER and not unschedulable(pod)


def claims_of(pod: Manifest) -> Iterator[tuple[str, str]]:
    """Yield namespace and name of the claims that a pod uses."""
    for volume in foreign.mappings(objects.spec(pod), "volumes"):
        claim = foreign.text(foreign.mapping(volume, "persistentVolumeClaim"), "claimName")
        if claim:
            yield objects.namespace_of(pod), claim
