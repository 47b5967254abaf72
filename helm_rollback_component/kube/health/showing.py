"""Having a watch tell of objects once more, without changing anything in them.

The label that Helm gives to each of its objects is claimed for another field manager, with the value that it
has, and given up at once: both are events for every watch, and the object is as it was. Without the right,
or where the label has another value, nothing happens.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.health.field_owners import SHOWING
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.health import places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.kube.api.client import Cluster

_APPLY = "application/apply-patch+yaml"
_LABELS = {"app.kubernetes.io/managed-by": "Helm"}


def show(cluster: Cluster, namespace: str, declared: Iterable[Manifest]) -> None:
    """Have every watch tell of these objects.

    Args:
        cluster: where they are.
        namespace: that of those which name none.
        declared: the objects, which exist.
    """
    for each in declared:
        with suppress(OperationError):
            path = f"{places.path_of(cluster, each, namespace)}?fieldManager={SHOWING}"
            for labels in (_LABELS, {}):
                cluster.patch(path, _head(each, labels), content_type=_APPLY)


def _head(declared: Manifest, labels: dict[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": foreign.text(declared, "apiVersion"),
        "kind": objects.kind(declared),
        "metadata": {"name": objects.name(declared), "labels": labels},
    }
