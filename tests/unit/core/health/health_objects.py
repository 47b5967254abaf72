"""Kubernetes objects as the API server tells of them, made short, and a clock to judge them by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.config import HealthConfig
from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.baseline import Baseline, mark
from helm_rollback_component.core.health.judge import FaultMemory, Judgement, faults, judge
from helm_rollback_component.core.health.kept import kept
from helm_rollback_component.core.health.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Object = dict[str, Any]

NAMESPACE = "apps"
HOUR = 3600.0
OWNED = {"meta.helm.sh/release-name": "shop"}
GROUPS = {"Job": "batch/v1", "Pod": "v1", "PersistentVolumeClaim": "v1", "ConfigMap": "v1"}


def thing(kind: str, name: str = "web", **parts: Any) -> Object:
    """Make an object that Helm has applied."""
    metadata = {
        "name": name,
        "namespace": NAMESPACE,
        "uid": f"{kind}-{name}",
        "annotations": OWNED,
        "generation": 2,
        **parts.pop("metadata", {}),
    }
    return {"apiVersion": GROUPS.get(kind, "apps/v1"), "kind": kind, "metadata": metadata, **parts}


def template(image: str = "two", **labels: str) -> Object:
    """Make a pod template that is told from others by its image."""
    return {"metadata": {"labels": {"app": "web", **labels}}, "spec": {"containers": [{"image": image}]}}


def deployment(image: str = "two", *, wanted: int = 3, seen: int = 2, **status: Any) -> Object:
    """Make a Deployment."""
    return thing(
        "Deployment",
        spec={"replicas": wanted, "template": template(image)},
        status={"observedGeneration": seen, **status},
    )


def replica_set(image: str = "two", *, created: str = "1", refused: str = "") -> Object:
    """Make the Deployment's ReplicaSet for an image."""
    failure = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": refused}
    return thing(
        "ReplicaSet",
        f"web-{image}",
        metadata={"ownerReferences": [owner("Deployment-web")], "creationTimestamp": created},
        spec={"template": template(image, **{"pod-template-hash": image})},
        status={"conditions": [failure] if refused else []},
    )


def stateful_set(update: str = "two", *, seen: int = 2, wanted: int = 2, **status: Any) -> Object:
    """Make a StatefulSet that is on its way to a revision."""
    return thing(
        "StatefulSet",
        spec={"replicas": wanted, "template": template(update)},
        status={"observedGeneration": seen, "updateRevision": update, **status},
    )


def daemon_set(image: str = "two", **status: Any) -> Object:
    """Make a DaemonSet."""
    return thing("DaemonSet", spec={"template": template(image)}, status={"observedGeneration": 2, **status})


def controller_revision(revision: int, name: str) -> Object:
    """Make a revision of the DaemonSet."""
    metadata = {
        "ownerReferences": [owner("DaemonSet-web")],
        "labels": {"controller-revision-hash": name},
    }
    return thing("ControllerRevision", f"web-{name}", metadata=metadata, revision=revision)


def job(name: str = "migrate", *, hook: str = "", **parts: Any) -> Object:
    """Make a Job, of a hook if asked."""
    annotations = {"helm.sh/hook": hook} if hook else OWNED
    return thing("Job", name, metadata={"annotations": annotations}, spec={}, **parts)


def claim(phase: str = "Pending") -> Object:
    """Make a claim."""
    return thing("PersistentVolumeClaim", "data", status={"phase": phase})


def owner(uid: str) -> Object:
    """Make a reference to a controller."""
    return {"uid": uid, "controller": True}


def pod(  # noqa: PLR0913  # a pod has many parts
    of: str = "ReplicaSet-web-two",
    *containers: Object,
    name: str = "web-0",
    conditions: Iterable[Object] = (),
    phase: str = "Pending",
    init: Iterable[Object] = (),
    revision: str = "",
    **metadata: Any,
) -> Object:
    """Make a pod of something."""
    return thing(
        "Pod",
        name,
        metadata={
            "ownerReferences": [owner(of)],
            "labels": {"controller-revision-hash": revision},
            **metadata,
        },
        spec={},
        status={
            "phase": phase,
            "conditions": [*conditions],
            "containerStatuses": [*containers],
            "initContainerStatuses": [*init],
        },
    )


NO_IMAGE = (
    'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/web:two": failed '
    'to resolve reference "docker.io/library/web:two": docker.io/library/web:two: not found'
)


def no_image(reason: str = "ErrImagePull") -> Object:
    """Make the status of a container whose image does not exist."""
    return waiting(reason, NO_IMAGE)


def waiting(reason: str, message: str = "", *, restarts: int = 0, last: Object | None = None) -> Object:
    """Make the status of a container that waits."""
    return {
        "name": "app",
        "restartCount": restarts,
        "ready": False,
        "state": {"waiting": {"reason": reason, "message": message}},
        "lastState": {"terminated": last} if last else {},
    }


def running(*, ready: bool = True, restarts: int = 0, last: Object | None = None) -> Object:
    """Make the status of a container that runs."""
    return {
        "name": "app",
        "restartCount": restarts,
        "ready": ready,
        "state": {"running": {}},
        "lastState": {"terminated": last} if last else {},
    }


def ended(code: int = 1, reason: str = "Error") -> Object:
    """Make the status of a container that ended."""
    return {
        "name": "app",
        "restartCount": 0,
        "ready": False,
        "state": {"terminated": {"exitCode": code, "reason": reason, "finishedAt": "2026-01-01T00:00:00Z"}},
    }


def condition(type_: str, status: str = "True", reason: str = "", message: str = "", at: str = "9") -> Object:
    """Make a condition."""
    return {"type": type_, "status": status, "reason": reason, "message": message, "lastUpdateTime": at}


READY = condition("Ready")
NO_NODE = condition("PodScheduled", "False", "Unschedulable", "0/3 nodes are available.")


def event(reason: str, message: str = "", *, uid: str = "e1", count: int = 1, at: str = "1") -> Object:
    """Make an event."""
    return {
        "metadata": {"uid": uid},
        "reason": reason,
        "message": message,
        "count": count,
        "lastTimestamp": at,
    }


def seen(  # noqa: PLR0913  # so has a cluster
    *live: Object,
    children: Iterable[Object] = (),
    before: Iterable[Object] = (),
    old_pods: Iterable[str] = (),
    old_events: Mapping[str, int] | None = None,
    events: Mapping[str, tuple[Object, ...]] | None = None,
    missing: Iterable[tuple[str, str, str]] = (),
    desired: Iterable[Object] | None = None,
) -> Snapshot:
    """Make a snapshot; unless told otherwise the record says what there is."""
    return Snapshot(
        namespace=NAMESPACE,
        desired=tuple(live if desired is None else desired),
        live={objects.key(each, NAMESPACE): kept(each) for each in live},
        children=tuple(map(kept, children)),
        events=events or {},
        missing=frozenset(missing),
        baseline=Baseline(
            marks={objects.key(each, NAMESPACE): mark(each) for each in before},
            pods=frozenset(old_pods),
            events=old_events or {},
        ),
    )


def judge_snapshot(snapshot: Snapshot, health: HealthConfig, now: float, memory: FaultMemory) -> Judgement:
    """Judge what is wrong in one snapshot, as each look does."""
    return judge(faults(snapshot, health), snapshot, now, memory)


def condemned(snapshot: Snapshot, settings: HealthConfig | None = None) -> tuple[str, float] | None:
    """Return the verdict's reason and after how many seconds it comes, if things stay as they are."""
    memory, now = FaultMemory(), 1000.0
    while now < 1000 + HOUR:
        judgement = judge_snapshot(snapshot, settings or HealthConfig(), now, memory)
        if judgement.verdict:
            return judgement.verdict.reason, now - 1000
        memory, now = judgement.memory, min(judgement.due, now + 60)
    return None
