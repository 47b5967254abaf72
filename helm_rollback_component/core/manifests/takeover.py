"""What a release takes over that is there already, and who else may have it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.records.owner import NOBODY, Owner

if TYPE_CHECKING:
    from helm_rollback_component.core.health.objects import Key


@dataclass(frozen=True)
class TakenOver:
    """An object that a release would take over.

    Attributes:
        key: which object; without a namespace if it is one of the whole cluster.
        managers: who has set anything of it, apart from its status.
        by_kubernetes_provider: whether Pulumi's Kubernetes provider is among them.
        release: name and namespace of another release whose records have it; empty if there is none.
        owner: who declares that release, if it is somebody else.
    """

    key: Key
    managers: frozenset[str] = frozenset()
    by_kubernetes_provider: bool = False
    release: tuple[str, str] = ("", "")
    owner: Owner = NOBODY
