"""Objects that a chart declares as they are in the cluster, for what is told before an update."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.health import places
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.kube.api.client import Cluster

MOST = 100
"""So many are read, each with a request; a large chart has more."""


@dataclass
class Found:
    """What was found.

    Attributes:
        live: the objects that are there and that may be read.
        refused: those that may not be read.
        left_out: those that were not looked at.
    """

    live: dict[Key, Manifest] = field(default_factory=dict)
    refused: list[Key] = field(default_factory=list)
    left_out: list[Key] = field(default_factory=list)


def find(cluster: Cluster, wanted: Mapping[Key, Manifest]) -> Found:
    """Return the objects that are there, of the first `MOST` and as long as the cluster answers."""
    found, keys = Found(), [*wanted]
    for place, key in enumerate(keys[:MOST]):
        try:
            live = cluster.get(places.path_of(cluster, wanted[key], key.namespace))
        except OperationError as error:
            if error.reason == Reason.FORBIDDEN:
                found.refused.append(key)
            elif error.reason != Reason.UNKNOWN_KIND:
                found.left_out = keys[place:]
                return found
            continue
        if live:
            found.live[key] = live
    found.left_out = keys[MOST:]
    return found
