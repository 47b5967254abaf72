"""Strategies of Deployments that Helm cannot restore by server-side apply.

The API server adds ``rollingUpdate`` to a strategy of the type ``RollingUpdate``. Nobody owns these fields,
so an apply of the type ``Recreate`` leaves them, and is refused because they are there. Here both are set in
one patch, before Helm applies the type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.health import places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.helm.engines.engine import Target
    from helm_rollback_component.kube.api.client import Cluster

_DEPLOYMENT = ("apps", "Deployment")
_MERGE_PATCH = "application/merge-patch+json"
_RECREATE = {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}}


def prepare(cluster: Cluster, target: Target, declared: Iterable[Manifest]) -> None:
    """Have the live Deployments of a release be recreated that are declared so; what is refused, Helm says.

    Args:
        cluster: where the release is.
        target: the release.
        declared: the objects that Helm is to apply.
    """
    for each in objects.flatten(declared):
        if (objects.group(each), objects.kind(each)) == _DEPLOYMENT and _strategy(each) == "Recreate":
            try:
                _recreate(cluster, target, places.path_of(cluster, each, target.namespace))
            except OperationError:
                continue


def _recreate(cluster: Cluster, target: Target, path: str) -> None:
    live = cluster.get(path)
    ours = live is not None and objects.belongs_to(live, target.release, target.namespace)
    if live and ours and _strategy(live) == "RollingUpdate":
        cluster.patch(path, _RECREATE, content_type=_MERGE_PATCH)


def _strategy(manifest: Manifest) -> str:
    return foreign.text(foreign.mapping(objects.spec(manifest), "strategy"), "type")
