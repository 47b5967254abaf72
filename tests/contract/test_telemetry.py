"""What a rollback leaves in the cluster and at a collector."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.kube.api import paths
from helm_rollback_component.results import Phase
from helm_rollback_component.telemetry.export import exporting
from tests.contract.laboratory import CRASHING
from tests.support.namespaces import cluster_of
from tests.support.otlp import collecting

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = [pytest.mark.ground, pytest.mark.sweep]


def test_a_rollback_is_an_event_a_trace_and_a_count(
    one_engine_lab: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = one_engine_lab
    exporting.cache_clear()
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
        lab.deploy()
        assert lab.upgrade(values=CRASHING).phase is Phase.ROLLED_BACK
        lab.upgrade(values=CRASHING)
        lab.delete()
        steps = [span.name.removeprefix("helm_rollback.") for span in collector.spans]
        assert {"create", "update", "delete", "claim", "install", "upgrade", "restore", "uninstall"} <= {
            *steps
        }
        assert [amount for _, amount in collector.points("helm_rollback.rollbacks")] == [1]
        phases = [attributes["k8s.cluster.uid"] for attributes, _ in collector.points("helm_rollback.phase")]
        assert len(phases) == len(Phase)
    exporting.cache_clear()
    found = cluster_of(lab.space.ground).list(paths.events(lab.space.namespace))
    told = {each["reason"]: each["type"] for each in found if each["regarding"]["kind"] == "Lease"}
    assert told == {
        "InstallSucceeded": "Normal",
        "RollbackSucceeded": "Warning",
        "UninstallSucceeded": "Normal",
    }
