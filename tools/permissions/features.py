"""Which feature needs a right, and the Role that grants the rights of a feature. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.permissions.rights import Right

if TYPE_CHECKING:
    from collections.abc import Iterable

_VERBS = ("get", "list", "watch", "create", "update", "patch", "delete")
_PREFIX = "helm-rollback"

_RECORDS = frozenset(
    Right("", "secrets", verb, namespaced=True) for verb in ("get", "list", "create", "update", "delete")
)


@dataclass(frozen=True)
class Feature:
    """Something that costs rights.

    Attributes:
        name: the last part of its Role's name.
        what: what it does, one sentence.
        resources: the resources that it alone asks for, with their API groups.
        always: what it needs besides what is seen, such as what Helm itself asks for whatever the chart is.
    """

    name: str
    what: str
    resources: frozenset[tuple[str, str]]
    always: frozenset[Right] = frozenset()


FEATURES = (
    Feature(
        "release",
        "Everything but health: the claim, the lock and the ledger (Leases), Helm's records (Secrets).",
        frozenset({("coordination.k8s.io", "leases"), ("", "secrets")}),
        _RECORDS,
    ),
    Feature(
        "health",
        "Failures are found early: pods, what they belong to, and the events about them.",
        frozenset(
            {
                ("", "events"),
                ("", "pods"),
                ("apps", "controllerrevisions"),
                ("apps", "replicasets"),
                ("", "configmaps"),
            }
        ),
    ),
    Feature("logs", "The last lines of a container that failed are told.", frozenset({("", "pods/log")})),
    Feature(
        "events",
        "The result of each operation is announced by an Event on the release's Lease.",
        frozenset({("events.k8s.io", "events")}),
    ),
    Feature(
        "clearing",
        "A pod that keeps a StatefulSet from going back is evicted.",
        frozenset({("", "pods/eviction")}),
    ),
    Feature(
        "volumes",
        "Claims that keep pods waiting are told; what a rollback would destroy is looked at.",
        frozenset({("", "persistentvolumeclaims")}),
    ),
)
"""In the namespace of the release."""

CLUSTER = Feature(
    "cluster",
    "The cluster is known by the UID of kube-system.",
    frozenset({("", "namespaces")}),
)

DATA = Feature(
    "data",
    "What a rollback would destroy is looked at: definitions with objects, namespaces, volumes.",
    frozenset({("apiextensions.k8s.io", "customresourcedefinitions"), ("", "persistentvolumes")}),
    frozenset({Right("", "namespaces", "get", namespaced=False)}),
)

OF_CLUSTER = (CLUSTER, DATA)
"""In the whole cluster."""

_ANYTHING = Right("*", "*", "list", namespaced=False)
"""What is in a definition or in a namespace may be of any kind."""

CHART = frozenset(
    {("apps", "deployments"), ("apps", "statefulsets"), ("apps", "daemonsets"), ("batch", "jobs")}
)
"""The kinds of charts: whoever deploys them may read them."""


def roles(rights: Iterable[Right]) -> dict[str, dict[str, Any]]:
    """Return the Role of each feature, by the feature's name, made from the rights that were needed.

    Raises:
        LookupError: a right belongs to no feature.
    """
    of: dict[str, set[Right]] = defaultdict(set)
    for right in rights:
        if (feature := feature_of(right)) is not None:
            named = (right.group, right.resource) in feature.resources
            of[feature.name].add(right if named else _ANYTHING)
    return {
        each.name: _role(each, of[each.name] | each.always)
        for each in (*FEATURES, *OF_CLUSTER)
        if of[each.name]
    }


def feature_of(right: Right) -> Feature | None:
    """Return which feature needs a right; None where it is one on a kind of the chart's own.

    Raises:
        LookupError: there is no such feature.
    """
    resource = (right.group, right.resource)
    if resource in CHART:
        return None
    those = FEATURES if right.namespaced else OF_CLUSTER
    found = next((each for each in those if resource in each.resources), None)
    if found is None and right.verb == "list":
        return DATA
    if found is None:
        raise LookupError(f"no feature needs {right}")
    return found


def _role(feature: Feature, rights: Iterable[Right]) -> dict[str, Any]:
    verbs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for right in rights:
        verbs[right.group, right.resource].add(right.verb)
    rules = [
        {"apiGroups": [group], "resources": [resource], "verbs": sorted(those, key=_VERBS.index)}
        for (group, resource), those in sorted(verbs.items())
    ]
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole" if feature in OF_CLUSTER else "Role",
        "metadata": {"name": f"{_PREFIX}-{feature.name}"},
        "rules": rules,
    }
