"""Rights that are needed in the end, asked for before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.health import foreign
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.kube.api.client import Cluster


@dataclass(frozen=True)
class Right:
    """A right on objects of one kind.

    Attributes:
        verb: such as ``update``.
        resource: such as ``secrets`` or ``pods/log``.
        group: the kind's API group, an empty string for the core group.
        name: of the one object that is meant, which may be all that the user has a right on.
    """

    verb: str
    resource: str
    group: str = ""
    name: str = ""


LEASES = "coordination.k8s.io"


def to_record(lease: str) -> tuple[Right, ...]:
    """Return the rights without which Helm applies objects and leaves its record pending, or we our lock."""
    return Right("update", "leases", LEASES, lease), Right("create", "secrets"), Right("update", "secrets")


def to_begin(lease: str) -> tuple[Right, ...]:
    """Return the rights without which a first deployment ends in the middle."""
    return Right("create", "leases", LEASES), *to_record(lease)


def to_forget(lease: str) -> tuple[Right, ...]:
    """Return the rights without which a release is uninstalled, and its records and its claim stay."""
    return Right("delete", "secrets"), Right("delete", "leases", LEASES, lease)


def require(cluster: Cluster, namespace: str, *needed: Right) -> None:
    """Refuse to go on without these rights; where the API server does not say, go on.

    Args:
        cluster: where they are needed.
        namespace: in which namespace; an empty string for objects of the whole cluster.
        needed: the rights. One request asks for all in a namespace, and one more for each that it does not
            find: the list of rights may be incomplete.

    Raises:
        OperationError: ``Forbidden``.
    """
    for right in lacking(cluster, namespace, needed):
        where = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
        raise OperationError(
            f'the user of the kubeconfig cannot {right.verb} resource "{right.resource}" in API group '
            f'"{right.group}" {where}; nothing was changed',
            reason=Reason.FORBIDDEN,
        )


def lacking(cluster: Cluster, namespace: str, needed: Iterable[Right]) -> Iterator[Right]:
    """Yield the rights that the API server says the user lacks; the arguments are as for `require`."""
    rules = _rules(cluster, namespace) if namespace else ()
    for right in needed:
        if not any(_grants(rule, right) for rule in rules) and _is_denied(cluster, namespace, right):
            yield right


def _rules(cluster: Cluster, namespace: str) -> Sequence[Manifest]:
    answer = _asked(cluster, paths.RULES_REVIEWS, {"namespace": namespace})
    return [*foreign.mappings(answer, "resourceRules")]


def _grants(rule: Manifest, right: Right) -> bool:
    wanted = (("verbs", right.verb), ("apiGroups", right.group), ("resources", right.resource))
    listed = all({name, "*"} & {*foreign.texts(rule, field)} for field, name in wanted)
    names = [*foreign.texts(rule, "resourceNames")]
    return listed and (not names or right.name in names)


def _is_denied(cluster: Cluster, namespace: str, right: Right) -> bool:
    resource, _, part = right.resource.partition("/")
    asked = {"verb": right.verb, "group": right.group, "resource": resource}
    optional = {"namespace": namespace, "name": right.name, "subresource": part}
    asked |= {key: value for key, value in optional.items() if value}
    return _asked(cluster, paths.ACCESS_REVIEWS, {"resourceAttributes": asked}).get("allowed") is False


def _asked(cluster: Cluster, path: str, spec: dict[str, Any]) -> Manifest:
    """Return the status of a review; an empty one where it is not answered."""
    try:
        return foreign.mapping(cluster.review(path, spec), "status")
    except OperationError:
        return {}
