"""What belongs to workloads: their pods, and what keeps the templates that they have had."""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import objects
from helm_rollback_component.kube.health import places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.kube.health.permitted import Permitted
    from helm_rollback_component.kube.health.picture import Picture

_WHAT = "children"
_REVISIONS = {"Deployment": "replicasets", "DaemonSet": "controllerrevisions"}
"""What keeps the templates of a workload, by its kind."""


class Children:
    """Reads what belongs to workloads. Not safe to use from more than one thread."""

    def __init__(self, picture: Picture, permitted: Permitted) -> None:
        """Read nothing yet."""
        self._picture = picture
        self._permitted = permitted

    def of(self, owners: Iterable[Manifest]) -> Iterator[Manifest]:
        """Yield what belongs to these workloads, as far as it may be read.

        Raises:
            OperationError: what the cluster refused for another reason than a missing right.
        """
        for namespace, those in places.by_namespace(owners):
            self._begin(those, namespace)
            parents = [each for each in those if objects.kind(each) != "Deployment"]
            for kind, plural in _REVISIONS.items():
                revisions = self._owned(
                    places.of_apps(plural, namespace),
                    [each for each in those if objects.kind(each) == kind],
                    those,
                )
                yield from revisions
                parents += revisions if kind == "Deployment" else ()
            yield from self._owned(places.of_core("pods", namespace), parents, those)

    def _begin(self, workloads: Sequence[Manifest], namespace: str) -> None:
        """Begin to read all the places at once."""
        kinds = {*map(objects.kind, workloads)}
        plurals = [plural for kind, plural in _REVISIONS.items() if kind in kinds]
        found = (*(places.of_apps(each, namespace) for each in plurals), places.of_core("pods", namespace))
        self._picture.begin(each for each in found if not self._permitted.hidden(_WHAT, each))

    def _owned(
        self, place: str, owners: Sequence[Manifest], workloads: Sequence[Manifest]
    ) -> Sequence[Manifest]:
        if not owners:
            return ()
        selected = places.selections(place, workloads)
        uids = [objects.uid(each) for each in owners]
        ask = partial(self._picture.owned, place, uids, selected)
        return [*chain(*(self._permitted.read(_WHAT, place, ask) or {}).values())]
