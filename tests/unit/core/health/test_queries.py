"""What else is asked of the cluster, and only then; and how objects are told apart and selected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.queries import Questions, questions
from helm_rollback_component.core.health.snapshot import judged
from tests.unit.core.health.health_objects import (
    NO_NODE,
    claim,
    condition,
    daemon_set,
    deployment,
    job,
    pod,
    replica_set,
    running,
    seen,
    stateful_set,
    thing,
    waiting,
)

if TYPE_CHECKING:
    from helm_rollback_component.core.health.snapshot import Snapshot

NEW = "ReplicaSet-web-two"
VOLUME = {"volumes": [{"persistentVolumeClaim": {"claimName": "data"}}, {"emptyDir": {}}]}
LACKS = waiting("CreateContainerConfigError", 'configmap "settings" not found')


@pytest.mark.parametrize(
    ("snapshot", "expected"),
    [
        (seen(deployment(), children=[replica_set(), pod(NEW, running())]), Questions()),
        (
            seen(deployment(), children=[replica_set(), pod(NEW, conditions=[NO_NODE]) | {"spec": VOLUME}]),
            Questions(
                claims=frozenset({("apps", "data")}), events=frozenset({("apps", "Pod-web-0")}), crowded=True
            ),
        ),
        (
            seen(deployment(), children=[replica_set(), pod(NEW, LACKS)]),
            Questions(needed=frozenset({("ConfigMap", "apps", "settings")})),
        ),
        (
            seen(deployment(conditions=[condition("ReplicaFailure")])),
            Questions(events=frozenset({("apps", "Deployment-web")}), crowded=True),
        ),
        (
            seen(stateful_set(wanted=1)),
            Questions(events=frozenset({("apps", "StatefulSet-web")}), crowded=True),
        ),
        (
            seen(daemon_set(desiredNumberScheduled=1)),
            Questions(events=frozenset({("apps", "DaemonSet-web")}), crowded=True),
        ),
        (seen(job()), Questions(events=frozenset({("apps", "Job-migrate")}), crowded=True)),
        (seen(claim()), Questions(events=frozenset({("apps", "PersistentVolumeClaim-data")}))),
        (seen(claim("Bound")), Questions()),
    ],
)
def test_questions(snapshot: Snapshot, expected: Questions) -> None:
    assert questions(snapshot) == expected
    assert bool(questions(snapshot)) == (expected != Questions())


@pytest.mark.parametrize(
    ("desired", "expected"),
    [
        (deployment(), True),
        (job(hook="pre-upgrade"), True),
        (job(hook="test"), False),
        (job(hook="pre-delete, post-upgrade"), True),
        (thing("ConfigMap"), False),
        ({"apiVersion": "batch.volcano.sh/v1", "kind": "Job", "metadata": {"name": "x"}}, False),
    ],
)
def test_what_is_judged(desired: dict[str, Any], *, expected: bool) -> None:
    assert judged(desired) == expected


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({}, ""),
        ({"matchLabels": {"app": "web", "tier": "front"}}, "app=web,tier=front"),
        (
            {
                "matchLabels": {"app": "web"},
                "matchExpressions": [
                    {"key": "a", "operator": "In", "values": ["x", "y"]},
                    {"key": "b", "operator": "NotIn", "values": ["z"]},
                    {"key": "c", "operator": "Exists"},
                    {"key": "d", "operator": "DoesNotExist"},
                ],
            },
            "app=web,a in (x,y),b notin (z),c,!d",
        ),
    ],
)
def test_a_selector(selector: dict[str, Any], expected: str) -> None:
    assert objects.label_selector(selector) == expected


def test_a_long_message_is_clipped_to_one_line() -> None:
    assert objects.one_line(" a\n\t b. ") == "a b"
    assert objects.one_line(None) == ""
    assert len(objects.one_line("x" * 999)) == 300


@pytest.mark.parametrize(
    ("owners", "expected"),
    [
        ([], ""),
        ([{"uid": "one"}, {"uid": "two", "controller": True}], "two"),
        ([{"uid": "one", "controller": False}], ""),
    ],
)
def test_of_several_owners_one_is_the_controller(owners: list[dict[str, Any]], expected: str) -> None:
    assert objects.controller_uid(thing("Pod", metadata={"ownerReferences": owners})) == expected


def test_an_object_without_a_namespace_is_in_the_releases() -> None:
    bare = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}}
    assert objects.key(bare, "apps") == objects.Key("", "Pod", "apps", "web")
    assert objects.resource(bare, "apps").namespace == "apps"
