"""Whether another release still has an object, and who declares that release."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.records.owner import NOBODY
from helm_rollback_component.kube.claims.claims import Claims
from helm_rollback_component.kube.storage.storage import ReleaseStorage

if TYPE_CHECKING:
    from helm_rollback_component.core.health.objects import Key
    from helm_rollback_component.core.records.owner import Owner
    from helm_rollback_component.kube.api.client import Cluster

_Release = tuple[str, str]


@dataclass
class OtherReleases:
    """What is read of other releases, of each once; every method may raise what the cluster raises.

    Attributes:
        cluster: where they are.
    """

    cluster: Cluster
    _objects: dict[_Release, set[Key]] = field(default_factory=dict)

    def has(self, release: _Release, key: Key) -> bool:
        """Return whether the newest revision of a release, or the deployed one, has an object.

        Helm deletes it with the release, or with an upgrade to a chart that lacks it.

        Args:
            release: its name and namespace.
            key: which object; without a namespace if it is one of the whole cluster.
        """
        if release not in self._objects:
            self._objects[release] = self._read(*release)
        return key in self._objects[release]

    def owner(self, release: _Release) -> Owner:
        """Return who declares a release; nobody if it is not claimed, or that cannot be read."""
        name, namespace = release
        claim = Claims(self.cluster, namespace, name).read()
        return (claim and claim.owner) or NOBODY

    def _read(self, name: str, namespace: str) -> set[Key]:
        digester = Claims(self.cluster, namespace, name).digester(create=False)
        records = ReleaseStorage(self.cluster, namespace, name, digester)
        history = records.history()
        present = {each for each in (history.latest, history.deployed) if each}
        return {
            objects.key(head, "")
            for record in present
            if record.status is not Status.UNINSTALLED
            for head in records.manifest(record.revision, lambda _: False)
        }
