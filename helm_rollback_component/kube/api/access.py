"""Rights that are needed in the end, asked for before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.kube.api.client import Cluster


@dataclass(frozen=True)
class Right:
    """A right on the objects of one kind.

    Attributes:
        verb: such as ``update``.
        resource: such as ``secrets``.
        group: the kind's API group, an empty string for the core group.
    """

    verb: str
    resource: str
    group: str = ""


TO_RECORD = (Right("update", "secrets"),)
"""Without it Helm applies the objects of a release, and leaves its record pending."""

TO_FORGET = (Right("delete", "secrets"), Right("delete", "leases", "coordination.k8s.io"))
"""Without these a release is uninstalled, and its records and its claim stay."""


def require(cluster: Cluster, namespace: str, *needed: Right) -> None:
    """Refuse to go on without these rights; where the API server does not say, go on.

    Args:
        cluster: where they are needed.
        namespace: in which namespace.
        needed: the rights; each costs one request.

    Raises:
        OperationError: ``Forbidden``.
    """
    for right in needed:
        if _is_denied(cluster, namespace, right):
            raise OperationError(
                f'the user of the kubeconfig cannot {right.verb} resource "{right.resource}" in API group '
                f'"{right.group}" in the namespace "{namespace}"; nothing was changed',
                reason=Reason.FORBIDDEN,
            )


def _is_denied(cluster: Cluster, namespace: str, right: Right) -> bool:
    asked = {"namespace": namespace, "verb": right.verb, "group": right.group, "resource": right.resource}
    try:
        answer = cluster.create(paths.ACCESS_REVIEWS, {"spec": {"resourceAttributes": asked}})
    except OperationError:
        return False
    return foreign.mapping(answer, "status").get("allowed") is False
