"""What one object lacks to be ready: a table of rules by kind. Pure.

The rules are kstatus' (``fluxcd/cli-utils``, ``pkg/kstatus/status``), by which Helm 4 waits, with Helm's own
exception: a paused Deployment is not waited for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.core.health.objects import Manifest


def lack(live: Manifest | None) -> str:
    """Return what an object lacks to be ready, as the end of a sentence; an empty string if nothing."""
    if live is None:
        return "does not exist"
    if objects.terminating(live):
        return "is being deleted"
    if not objects.observed(live):
        return "its controller has not processed its newest spec yet"
    kind = (objects.group(live), objects.kind(live))
    return _standard_conditions(live) or _RULES.get(kind, _custom)(live)


def _standard_conditions(live: Manifest) -> str:
    for type_, says in (("Reconciling", "is being reconciled"), ("Stalled", "is stalled")):
        if objects.is_true(live, type_):
            return says + _because(objects.condition(live, type_).get("message"))
    return ""


def _deployment(live: Manifest) -> str:
    if foreign.flag(objects.spec(live), "paused"):
        return ""
    wanted, status = _replicas(live), objects.status(live)
    updated, total = foreign.number(status, "updatedReplicas"), foreign.number(status, "replicas")
    unavailable = max(total - foreign.number(status, "availableReplicas"), 0)
    return (
        _fewer(updated, wanted, "replicas are updated")
        or _fewer(max(updated - unavailable, 0), wanted, "updated replicas are available")
        or _more(total, wanted)
        or _fewer(foreign.number(status, "readyReplicas"), wanted, "replicas are ready")
    )


def _replica_set(live: Manifest) -> str:
    wanted, status = _replicas(live), objects.status(live)
    return (
        _fewer(foreign.number(status, "availableReplicas"), wanted, "replicas are available")
        or _fewer(foreign.number(status, "readyReplicas"), wanted, "replicas are ready")
        or _more(foreign.number(status, "replicas"), wanted)
    )


def _stateful_set(live: Manifest) -> str:
    strategy = foreign.mapping(objects.spec(live), "updateStrategy")
    if strategy.get("type") == "OnDelete":
        return ""
    wanted, status = _replicas(live), objects.status(live)
    return (
        _fewer(foreign.number(status, "readyReplicas"), wanted, "replicas are ready")
        or _more(foreign.number(status, "replicas"), wanted)
        or _not_rolled_out(strategy, wanted, live)
    )


def _not_rolled_out(strategy: Manifest, wanted: int, live: Manifest) -> str:
    status = objects.status(live)
    partition = foreign.number(foreign.mapping(strategy, "rollingUpdate"), "partition")
    if partition:
        return _fewer(foreign.number(status, "updatedReplicas"), wanted - partition, "replicas are updated")
    if status.get("currentRevision") == status.get("updateRevision"):
        return ""
    return (
        _fewer(foreign.number(status, "updatedReplicas"), wanted, "replicas are updated")
        or "is being rolled out"
    )


def _daemon_set(live: Manifest) -> str:
    status = objects.status(live)
    if foreign.spelled_number(status, "observedGeneration") is None:
        return "its controller has not processed it yet"
    if foreign.mapping(objects.spec(live), "updateStrategy").get("type") == "OnDelete":
        return ""
    wanted = foreign.number(status, "desiredNumberScheduled")
    return (
        _fewer(foreign.number(status, "updatedNumberScheduled"), wanted, "pods are updated")
        or _fewer(foreign.number(status, "numberAvailable"), wanted, "pods are available")
        or _fewer(foreign.number(status, "numberReady"), wanted, "pods are ready")
    )


def _job(live: Manifest) -> str:
    if objects.is_true(live, "Complete"):
        return ""
    if objects.is_true(live, "Failed"):
        return "has failed" + _because(objects.condition(live, "Failed").get("message"))
    spec = objects.spec(live)
    wanted = foreign.number(spec, "completions") or foreign.number(spec, "parallelism", 1)
    return f"{foreign.number(objects.status(live), 'succeeded')} of {wanted} completions"


def _pod(live: Manifest) -> str:
    phase = foreign.text(objects.status(live), "phase", "Unknown")
    if phase == "Succeeded" or objects.is_true(live, "Ready"):
        return ""
    return f"is not ready (phase {phase})"


def _claim(live: Manifest) -> str:
    phase = foreign.text(objects.status(live), "phase", "unknown")
    return "" if phase == "Bound" else f"is not bound (phase {phase})"


def _definition(live: Manifest) -> str:
    if objects.is_true(live, "Established"):
        return ""
    names = objects.condition(live, "NamesAccepted")
    return "is not established" + _because(names.get("message") if names.get("status") == "False" else "")


def _service(live: Manifest) -> str:
    """Helm 3's rule (``serviceReady`` in ``pkg/kube/ready.go``); a cluster's own address comes at once."""
    spec, balancer = objects.spec(live), foreign.mapping(objects.status(live), "loadBalancer")
    has_its_own = any(foreign.texts(spec, "externalIPs"))
    if spec.get("type") != "LoadBalancer" or has_its_own or any(foreign.mappings(balancer, "ingress")):
        return ""
    return "its load balancer has no address yet"


def _custom(live: Manifest) -> str:
    ready = objects.condition(live, "Ready")
    return (
        "is not ready" + _because(ready.get("message")) if ready.get("status") in ("False", "Unknown") else ""
    )


def _replicas(live: Manifest) -> int:
    return foreign.number(objects.spec(live), "replicas", 1)


_RULES: dict[tuple[str, str], Callable[[Manifest], str]] = {
    ("", "PersistentVolumeClaim"): _claim,
    ("", "Pod"): _pod,
    ("", "Service"): _service,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _definition,
    ("apps", "DaemonSet"): _daemon_set,
    ("apps", "Deployment"): _deployment,
    ("apps", "ReplicaSet"): _replica_set,
    ("apps", "StatefulSet"): _stateful_set,
    ("batch", "Job"): _job,
}

RULED_KINDS = frozenset(_RULES)
"""Group and kind of the objects that have a rule of their own; of others their conditions tell."""


def _fewer(number: int, wanted: int, what: str) -> str:
    return f"{number} of {wanted} {what}" if number < wanted else ""


def _more(number: int, wanted: int) -> str:
    return f"replicas still to be removed: {number - wanted}" if number > wanted else ""


def _because(message: object) -> str:
    text = objects.one_line(message)
    return f" ({text})" if text else ""
