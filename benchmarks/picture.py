"""Deployments as the API server tells of them while they are rolled out, without their `managedFields`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.baseline import Baseline, Mark
from helm_rollback_component.core.health.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

Object = dict[str, Any]

NAMESPACE = "shop"
PODS = 5

_AT = "2026-01-01T10:00:00Z"
_ENDED = {"exitCode": 0, "reason": "Completed", "startedAt": _AT, "finishedAt": _AT}
_LABELS = {"app.kubernetes.io/name": "web", "app.kubernetes.io/instance": "shop"}


def picture(deployments: int, *, pulled: int) -> Snapshot:
    """Return so many Deployments with `PODS` new pods each, of which `pulled` have got their image."""
    numbers = range(deployments)
    live = {
        objects.key(each, NAMESPACE): each for each in (_deployment(number, pulled) for number in numbers)
    }
    return Snapshot(
        namespace=NAMESPACE,
        desired=tuple(_desired(number) for number in numbers),
        live=live,
        children=tuple(child for number in numbers for child in _children(number, pulled)),
        baseline=Baseline({key: Mark(objects.uid(each), _template("1.0")) for key, each in live.items()}),
    )


def _children(number: int, pulled: int) -> list[Object]:
    sets = [_replica_set(number, image, size) for image, size in (("1.0", 0), ("2.0", PODS))]
    return [*sets, *(_pod(number, index, pulled=index < pulled) for index in range(PODS))]


def _desired(number: int) -> Object:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": f"web-{number}", "labels": _LABELS},
        "spec": _spec(number, "2.0"),
    }


def _deployment(number: int, ready: int) -> Object:
    status = {
        "observedGeneration": 2,
        "replicas": PODS,
        "updatedReplicas": PODS,
        "readyReplicas": ready,
        "availableReplicas": ready,
        "conditions": [
            _condition("Available", holds=ready == PODS, reason="MinimumReplicasAvailable"),
            _condition("Progressing", holds=True, reason="ReplicaSetUpdated"),
        ],
    }
    annotations = {
        "deployment.kubernetes.io/revision": "2",
        "meta.helm.sh/release-name": "shop",
        "meta.helm.sh/release-namespace": NAMESPACE,
    }
    return {
        **_live("apps/v1", "Deployment", f"web-{number}", annotations=annotations),
        "spec": _spec(number, "2.0"),
        "status": status,
    }


def _replica_set(number: int, image: str, size: int) -> Object:
    owner = _owner("apps/v1", "Deployment", f"web-{number}")
    return {
        **_live("apps/v1", "ReplicaSet", f"web-{number}-{image}", ownerReferences=[owner]),
        "spec": {**_spec(number, image), "replicas": size, "template": _template(image, hashed=image)},
        "status": {"observedGeneration": 1, "replicas": size, "fullyLabeledReplicas": size},
    }


def _pod(number: int, index: int, *, pulled: bool) -> Object:
    owner = _owner("apps/v1", "ReplicaSet", f"web-{number}-2.0")
    return {
        **_live("v1", "Pod", f"web-{number}-2.0-{index}", ownerReferences=[owner]),
        "spec": {**_template("2.0")["spec"], "nodeName": f"node-{index}"},
        "status": {
            "phase": "Running" if pulled else "Pending",
            "conditions": [
                _condition(type_, holds=pulled or type_ == "PodScheduled")
                for type_ in (
                    "PodReadyToStartContainers",
                    "Initialized",
                    "Ready",
                    "ContainersReady",
                    "PodScheduled",
                )
            ],
            "containerStatuses": [_status(name, pulled=pulled) for name in ("app", "proxy")],
            "initContainerStatuses": [{**_status("init", pulled=True), "state": {"terminated": _ENDED}}],
            "hostIP": "10.0.0.1",
            "podIP": "10.1.0.1",
            "podIPs": [{"ip": "10.1.0.1"}],
            "qosClass": "Burstable",
            "startTime": _AT,
        },
    }


def _status(name: str, *, pulled: bool) -> Object:
    waiting = {
        "reason": "ImagePullBackOff",
        "message": 'Back-off pulling image "registry.example.com/shop/web:2.0": ErrImagePull: not found',
    }
    return {
        "name": name,
        "image": "registry.example.com/shop/web:2.0",
        "imageID": "registry.example.com/shop/web@sha256:0" if pulled else "",
        "ready": pulled,
        "started": pulled,
        "restartCount": 0,
        "state": {"running": {"startedAt": _AT}} if pulled else {"waiting": waiting},
        "lastState": {},
    }


def _spec(number: int, image: str) -> Object:
    return {
        "replicas": PODS,
        "selector": {"matchLabels": {**_LABELS, "app.kubernetes.io/component": f"web-{number}"}},
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
        "template": _template(image),
    }


def _template(image: str, hashed: str = "") -> Object:
    labels = {**_LABELS, **({"pod-template-hash": hashed} if hashed else {})}
    return {
        "metadata": {"labels": labels, "annotations": {"checksum/config": "0" * 64}},
        "spec": {
            "initContainers": [_container("init", image)],
            "containers": [_container("app", image), _container("proxy", image)],
            "volumes": [
                {"name": "config", "configMap": {"name": "web", "defaultMode": 420}},
                {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
            ],
            "serviceAccountName": "web",
            "restartPolicy": "Always",
            "schedulerName": "default-scheduler",
            "terminationGracePeriodSeconds": 30,
            "dnsPolicy": "ClusterFirst",
            "securityContext": {"runAsNonRoot": True},
        },
    }


def _container(name: str, image: str) -> Object:
    return {
        "name": name,
        "image": f"registry.example.com/shop/web:{image}",
        "imagePullPolicy": "IfNotPresent",
        "env": [{"name": f"SETTING_{number}", "value": str(number)} for number in range(5)],
        "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}, "periodSeconds": 10},
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
        "volumeMounts": [{"name": "config", "mountPath": "/etc/web"}],
        "terminationMessagePath": "/dev/termination-log",
    }


def _condition(type_: str, *, holds: bool, reason: str = "") -> Object:
    return {"type": type_, "status": str(holds), "reason": reason, "lastTransitionTime": _AT}


def _live(version: str, kind: str, name: str, **metadata: Any) -> Object:
    known = {
        "name": name,
        "namespace": NAMESPACE,
        "uid": _uid(kind, name),
        "resourceVersion": "1000",
        "generation": 2,
        "creationTimestamp": _AT,
        "labels": _LABELS,
    }
    return {"apiVersion": version, "kind": kind, "metadata": {**known, **metadata}}


def _owner(version: str, kind: str, name: str) -> Mapping[str, object]:
    owner = {"apiVersion": version, "kind": kind, "name": name, "uid": _uid(kind, name)}
    return {**owner, "controller": True, "blockOwnerDeletion": True}


def _uid(kind: str, name: str) -> str:
    return f"0b6e3a52-{kind}-{name}"
