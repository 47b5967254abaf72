"""Whether a namespace is being deleted, or gone, as one can tell who has rights in it alone.

Needs ``create`` on Leases in the namespace; what is asked for is only tried out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.claims import lease_codec
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.kube.api.client import Cluster

_ENDS = frozenset({Reason.NAMESPACE_MISSING, Reason.NAMESPACE_TERMINATING})


def find_end(cluster: Cluster, namespace: str) -> OperationError | None:
    """Return the error for a namespace in which nothing can be created any more; None for any other.

    Where the server cannot tell, the namespace counts as there.
    """
    try:
        cluster.try_create(paths.leases(namespace), lease_codec.unnamed(namespace))
    except OperationError as error:
        return error if error.reason in _ENDS else None
    return None
