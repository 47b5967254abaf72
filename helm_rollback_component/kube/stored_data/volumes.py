"""Which claims on volumes go with other objects, and which of them hold data."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.kube.health import places

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.kube.api.client import Cluster

_OWNERS_DEEP = 8
_NAMED = ("apiVersion", "kind", "name")


def has_volume(claim: Manifest) -> bool:
    """Return whether a claim may hold data: one that never got a volume does not.

    A volume that is retained counts too: nothing in the cluster connects it with a new claim by itself.
    """
    return bool(objects.spec(claim).get("volumeName"))


class Volumes:
    """The claims of a cluster; each namespace is listed once.

    Every method may raise `OperationError`: what the cluster refused.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._claims_in = cache(self._list)
        self._owner = cache(self._read)

    def owned_by(self, owner: Manifest) -> Sequence[str]:
        """Return the names of the claims with data that Kubernetes deletes after their owner.

        So it does with those of a StatefulSet whose claims are to go with it, and with those that an operator
        made for a custom resource.
        """
        namespace, uid = objects.namespace_of(owner), objects.uid(owner)
        claims = self._claims_in(namespace)
        return [
            objects.name(claim)
            for claim in claims
            if self._belongs(claim, uid, objects.namespace_of(claim), _OWNERS_DEEP) and has_volume(claim)
        ]

    def of_pods_from(self, stateful_set: Manifest, first: int) -> Sequence[str]:
        """Return the names of the claims with data of a StatefulSet's pods from that ordinal on."""
        spec = objects.spec(stateful_set)
        claimed = foreign.mappings(spec, "volumeClaimTemplates")
        templates = "|".join(re.escape(objects.name(each)) for each in claimed)
        named = re.compile(rf"(?:{templates})-{re.escape(objects.name(stateful_set))}-(\d+)")
        start = foreign.number(foreign.mapping(spec, "ordinals"), "start")
        last = start + foreign.number(spec, "replicas")
        return [
            objects.name(claim)
            for claim in self._claims_in(objects.namespace_of(stateful_set))
            if (match := named.fullmatch(objects.name(claim)))
            and first <= int(match[1]) < last
            and has_volume(claim)
        ]

    def _list(self, namespace: str) -> Sequence[Manifest]:
        return self._cluster.list(places.of_core("persistentvolumeclaims", namespace))

    def _read(self, api_version: str, kind: str, name: str, namespace: str) -> dict[str, Any] | None:
        return self._cluster.get(self._cluster.object_path(api_version, kind, name, namespace))

    def _belongs(self, owned: Manifest, uid: str, namespace: str, depth: int) -> bool:
        """Return whether an object, or what owns it, is owned by the one with that UID."""
        owners = [*foreign.mappings(objects.meta(owned), "ownerReferences")]
        if not depth or not owners:
            return False
        return any(foreign.text(owner, "uid") == uid for owner in owners) or any(
            self._belongs(parent, uid, namespace, depth - 1)
            for owner in owners
            if (parent := self._owner(*(foreign.text(owner, each) for each in _NAMED), namespace))
        )
