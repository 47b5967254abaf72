"""One pod that counts, and all that its rules may look at. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Unpack

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.model import Fault, FaultMarks
from helm_rollback_component.core.health.pod_status import Container, in_trouble

if TYPE_CHECKING:
    from helm_rollback_component.config import HealthConfig
    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.health.snapshot import Case, Snapshot


@dataclass(frozen=True)
class Sight:
    """One pod that counts, and all that its rules may look at."""

    pod: Manifest
    case: Case
    snapshot: Snapshot
    health: HealthConfig

    def fault(  # what a fault has; all of it is named at each call
        self,
        reason: str,
        what: str,
        *,
        grace: float,
        container: str = "",
        restarts: int | None = None,
        **more: Unpack[FaultMarks],
    ) -> Fault:
        """Return a fault of this pod; `what` ends the sentence that begins with its name."""
        return Fault(
            reason=reason,
            message=f"{self.who}: {f'container {container} ' if container else ''}{what}",
            object=self.case.object,
            about=(objects.uid(self.pod), container, reason),
            grace=grace,
            pod=objects.name(self.pod),
            container=container,
            restarts=restarts,
            **more,
        )

    @cached_property
    def in_trouble(self) -> tuple[Container, ...]:
        """Those of its containers that wait or have ended with an error."""
        return tuple(in_trouble(self.pod))

    def before(self, container: Container) -> Container | None:
        """Return how a container was before, if its pod was there and the object is declared again."""
        known = self.snapshot.baseline.containers if self.case.again else {}
        return known.get((objects.uid(self.pod), container.name))

    @property
    def first(self) -> bool:
        """Whether nothing of the release existed before, so that nothing is served meanwhile."""
        return not self.snapshot.baseline.marks

    @property
    def who(self) -> str:
        """The pod's name, and its owner."""
        name = f"Pod {objects.name(self.pod)}"
        owner = self.case.object
        return name if owner.kind == "Pod" else f"{name} of {owner.kind} {owner.name}"
