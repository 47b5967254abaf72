"""A pull that is refused while the Secret to pull with does not exist yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.config import HealthConfig
from helm_rollback_component.core.health.judge import FaultMemory
from helm_rollback_component.core.health.queries import questions
from tests.unit.core.health.health_objects import (
    Object,
    condemned,
    deployment,
    judge_snapshot,
    no_image,
    pod,
    replica_set,
    seen,
    waiting,
)

if TYPE_CHECKING:
    from helm_rollback_component.core.health.snapshot import Snapshot

PATIENCE = HealthConfig()
REGISTRY = ("Secret", "apps", "registry")
DENIED = waiting("ErrImagePull", "pull access denied for shop/web: denied: requested access is denied")


def upgrade(container: Object, *missing: tuple[str, str, str], first: bool = False) -> Snapshot:
    """An upgrade to a pod that names a Secret to pull with."""
    bad = pod("ReplicaSet-web-two", container) | {"spec": {"imagePullSecrets": [{"name": "registry"}]}}
    before = [] if first else [deployment("one")]
    return seen(deployment(), before=before, children=[replica_set(), bad], missing=missing)


@pytest.mark.parametrize(
    ("snapshot", "expected"),
    [
        pytest.param(upgrade(DENIED, REGISTRY), 60, id="the Secret may be made yet"),
        pytest.param(upgrade(DENIED, REGISTRY, first=True), 120, id="in a first deployment longer"),
        pytest.param(upgrade(DENIED), 3, id="the Secret is there"),
        pytest.param(upgrade(no_image(), REGISTRY), 3, id="the image does not exist"),
    ],
)
def test_how_long_a_refusal_may_last(snapshot: Snapshot, expected: float) -> None:
    assert condemned(snapshot) == ("ImagePullBackOff", expected)


@pytest.mark.parametrize(
    ("container", "asked"),
    [(DENIED, {REGISTRY}), (no_image(), set()), (waiting("ContainerCreating"), set())],
)
def test_the_secret_is_looked_for_only_where_a_pull_is_refused(
    container: Object, asked: set[tuple[str, str, str]]
) -> None:
    assert questions(upgrade(container)).needed == asked


def test_once_the_secret_is_made_the_next_pull_is_awaited() -> None:
    absent = judge_snapshot(upgrade(DENIED, REGISTRY), PATIENCE, 0, FaultMemory())
    made = judge_snapshot(upgrade(DENIED), PATIENCE, 8, absent.memory)
    assert (made.verdict, made.due) == (None, 60)


def test_the_secret_that_is_absent_is_named() -> None:
    (fault,) = judge_snapshot(upgrade(DENIED, REGISTRY), PATIENCE, 0, FaultMemory()).faults
    assert fault.message.endswith("is denied); there is no Secret registry to pull it with")
    assert fault.dependent
