"""Objects into any part of which others wrote something that nobody here expects."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.unit.core.health.health_objects import (
    NO_NODE,
    claim,
    condition,
    controller_revision,
    daemon_set,
    deployment,
    ended,
    event,
    job,
    no_image,
    pod,
    replica_set,
    running,
    stateful_set,
    template,
    thing,
    waiting,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Object = dict[str, Any]
Path = tuple[str | int, ...]

SELECTOR = {
    "matchLabels": {"app": "web"},
    "matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}],
}
LOOP = waiting("CrashLoopBackOff", restarts=5, last={"exitCode": 1, "reason": "Error", "finishedAt": "1"})
CUSTOM = {
    **thing("Bakery", "shop", status={"observedGeneration": 2, "conditions": [condition("Ready", "False")]}),
    "apiVersion": "example.com/v1",
}
SERVICE = {
    **thing("Service", "web", spec={"type": "LoadBalancer", "externalIPs": []}),
    "apiVersion": "v1",
    "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}},
}
STRATEGY = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
OWN: tuple[Object, ...] = (
    deployment(replicas=3, conditions=[condition("Progressing", "False", "ReplicaSetCreateError", "no")]),
    {
        **stateful_set(readyReplicas=1, replicas=1, updatedReplicas=1, currentRevision="one"),
        "spec": {
            "replicas": 2,
            "selector": SELECTOR,
            "updateStrategy": STRATEGY,
            "ordinals": {"start": 0},
            "template": template(),
        },
    },
    daemon_set(desiredNumberScheduled=3, currentNumberScheduled=1, updatedNumberScheduled=1),
    job(status={"succeeded": 0, "conditions": [condition("Failed", reason="BackoffLimitExceeded")]}),
    claim(),
    thing("Pod", "bare", status={"phase": "Failed", "reason": "Evicted", "containerStatuses": [ended()]}),
    CUSTOM,
    SERVICE,
)
CHILDREN: tuple[Object, ...] = (
    replica_set(refused="exceeded quota"),
    controller_revision(2, "two"),
    pod("ReplicaSet-web-two", no_image(), LOOP, init=[ended(0)]),
    pod("ReplicaSet-web-two", waiting("CreateContainerConfigError", 'secret "a" not found'), name="web-1"),
    {
        **pod("StatefulSet-web", LOOP, name="web-2", revision="one", conditions=[NO_NODE]),
        "spec": {"volumes": [{"persistentVolumeClaim": {"claimName": "data"}}]},
    },
    pod("DaemonSet-web", running(ready=False), name="web-3", revision="two"),
    pod("Job-migrate", ended(), name="m-1", phase="Failed"),
)
IS_EVENT = {"apiVersion": "v1", "kind": "Event"}
EVENTS: tuple[Object, ...] = (
    IS_EVENT | event("FailedCreate", "create Pod web-1 in StatefulSet web failed: exceeded quota"),
    IS_EVENT | {"series": {"count": 2}} | event("ProvisioningFailed", "no class", uid="e2"),
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "1", "True", "Running", "²", "9" * 5000, "web-0", "Ready", "List"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "status", "reason", "name", "a"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def paths(part: object, so_far: Path = ()) -> Iterator[Path]:
    """Yield where something stands in an object: every key and index, at any depth."""
    steps: Sequence[tuple[str | int, object]] = ()
    if isinstance(part, dict):
        steps = [*part.items()]
    elif isinstance(part, list):
        steps = [*enumerate(part)]
    for step, inner in steps:
        yield (*so_far, step)
        yield from paths(inner, (*so_far, step))


def changed(body: Object, path: Path, value: object) -> Object:
    """Return the object with something else at a path."""
    copied = copy.deepcopy(body)
    part: Any = copied
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return copied


@st.composite
def foreign(draw: st.DrawFn, body: Object, within: Path = ()) -> Object:
    """Give an object that has arbitrary JSON at up to two places, below a path if one is given.

    What kind of object it is stays: the API server itself says that of each.
    """
    for _ in range(draw(st.integers(1, 2))):
        inside = (path for path in paths(body) if path[: len(within)] == within)
        places = [path for path in inside if path not in (("apiVersion",), ("kind",))]
        body = changed(body, draw(st.sampled_from(places)), draw(JSON))
    return body
