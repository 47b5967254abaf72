"""Whether a ready release stays ready: what counts as a failure during the soak. Pure.

A pod that is evicted or replaced is no failure. A container that restarts, or is unready for longer than the
grace, is one, if its pod existed when the soak began.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.health.pod_status import Container, containers
from helm_rollback_component.core.health.sight import Sight
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helm_rollback_component.config import HealthConfig
    from helm_rollback_component.core.health.model import Fault
    from helm_rollback_component.core.health.snapshot import Case, Snapshot


@dataclass(frozen=True)
class Start:
    """How the containers were when the soak began, by their pod's UID and their name."""

    containers: Mapping[tuple[str, str], Container] = field(default_factory=dict)


def start(snapshot: Snapshot) -> Start:
    """Return how the containers of the newest revision are."""
    return Start(
        {
            (objects.uid(pod), container.name): container
            for case in _serving(snapshot)
            for pod in case.pods
            for container in containers(pod)
        }
    )


def degradation(snapshot: Snapshot, began: Start, health: HealthConfig) -> Iterator[Fault]:
    """Yield what has become worse since the soak began."""
    for case in _serving(snapshot):
        for pod in case.pods:
            yield from _of_pod(Sight(pod, case, snapshot, health), began)


def _of_pod(sight: Sight, began: Start) -> Iterator[Fault]:
    for container in containers(sight.pod):
        before = began.containers.get((objects.uid(sight.pod), container.name))
        if before is None:
            continue
        if container.restarts > before.restarts:
            yield sight.fault(
                Reason.CONTAINER_RESTARTED, _ended(container), grace=0, container=container.name
            )
        elif before.ready and not container.ready:
            yield sight.fault(
                Reason.READINESS_LOST,
                "is no longer ready",
                grace=sight.health.grace,
                container=container.name,
            )


def _ended(container: Container) -> str:
    reason = foreign.text(container.ended, "reason")
    code = foreign.spelled_number(container.ended, "exitCode")
    why = ", ".join(filter(None, (reason, "" if code is None else f"exit code {code}")))
    return f"restarted after it was ready{f' ({why})' if why else ''}"


def _serving(snapshot: Snapshot) -> Iterator[Case]:
    """A Job's pods are meant to end."""
    return (case for case in snapshot.cases if case.object.kind != "Job")
