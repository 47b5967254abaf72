"""What there was before an action: of hooks, what an earlier revision left."""

from __future__ import annotations

import pytest

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.baseline import Baseline, Stored, left_by_another
from helm_rollback_component.core.health.snapshot import Snapshot
from tests.unit.core.health.health_objects import NAMESPACE

STORED = Stored("2026-01-01T00:00:10Z", 100)


def hook(created: str, version: str) -> dict[str, object]:
    """Return a hook's Job as it is in the cluster."""
    annotations = {"helm.sh/hook": "pre-upgrade", "meta.helm.sh/release-name": "web"}
    metadata = {"name": "migrate", "namespace": NAMESPACE, "uid": "1", "annotations": annotations}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {**metadata, "creationTimestamp": created, "resourceVersion": version},
        "status": {"conditions": [{"type": "Failed", "status": "True"}]},
    }


@pytest.mark.parametrize(
    ("created", "version", "left"),
    [
        ("2026-01-01T00:00:09Z", "200", True),
        ("2026-01-01T00:00:11Z", "50", False),
        ("2026-01-01T00:00:10Z", "99", True),
        ("2026-01-01T00:00:10Z", "101", False),
        ("2026-01-01T00:00:10Z", "unknown", False),
        ("", "99", False),
    ],
)
def test_a_hook_from_before_the_revision_was_left_by_another(
    created: str, version: str, *, left: bool
) -> None:
    live = hook(created, version)
    assert left_by_another(live, STORED) is left
    there = {objects.key(live, NAMESPACE): live}
    seen = Snapshot(NAMESPACE, (live,), there, baseline=Baseline(stored=STORED))
    assert len(seen.cases) == (0 if left else 1)


def test_where_it_is_not_known_since_when_the_revision_is_there_every_hook_counts() -> None:
    assert not left_by_another(hook("2026-01-01T00:00:09Z", "99"), Stored())
