"""Which objects may take data with them in a rollback, and what follows."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.config import RollbackConfig
from helm_rollback_component.core.health.objects import Key
from helm_rollback_component.core.remediation import data_loss
from helm_rollback_component.core.remediation.data_loss import Loss, Shrinkage


def head(api_version: str, kind: str, name: str = "a", namespace: str = "") -> dict[str, Any]:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


HOLDERS = [
    head("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    head("v1", "PersistentVolumeClaim"),
    head("v1", "PersistentVolume"),
    head("v1", "Namespace"),
    head("apps/v1", "StatefulSet"),
    head("postgresql.cnpg.io/v1", "Cluster"),
    head("snapshot.storage.k8s.io/v1", "VolumeSnapshot"),
]
OTHERS = [
    head("v1", "Secret"),
    head("v1", "ConfigMap"),
    head("v1", "Service"),
    head("apps/v1", "Deployment"),
    head("batch/v1", "Job"),
    head("storage.k8s.io/v1", "StorageClass"),
    head("networking.k8s.io/v1", "Ingress"),
]


class TestRemoved:
    @pytest.mark.parametrize("holder", HOLDERS)
    def test_what_may_hold_data_is_looked_at(self, holder: dict[str, Any]) -> None:
        assert data_loss.removed([*OTHERS, holder], OTHERS, "apps") == (holder,)

    @pytest.mark.parametrize("other", OTHERS)
    def test_what_can_be_made_again_is_not(self, other: dict[str, Any]) -> None:
        assert data_loss.removed([other], [], "apps") == ()

    @pytest.mark.parametrize("holder", HOLDERS)
    def test_what_the_target_has_too_stays(self, holder: dict[str, Any]) -> None:
        group = holder["apiVersion"].rpartition("/")[0]
        older = {**holder, "apiVersion": f"{group}/v1beta1" if group else "v1"}
        assert data_loss.removed([holder], [older], "apps") == ()

    def test_the_namespace_counts_whether_it_is_written_or_not(self) -> None:
        written = head("v1", "PersistentVolumeClaim", namespace="apps")
        assert data_loss.removed([written], [head("v1", "PersistentVolumeClaim")], "apps") == ()
        assert data_loss.removed([written], [head("v1", "PersistentVolumeClaim")], "web") == (written,)


class TestShrunk:
    def of(self, **spec: Any) -> tuple[Shrinkage, ...]:
        return data_loss.shrunk([{**head("apps/v1", "StatefulSet"), "spec": spec}])

    @pytest.mark.parametrize(
        ("spec", "first"),
        [({"replicas": 2}, 2), ({"replicas": 0}, 0), ({}, 1), ({"replicas": 2, "ordinals": {"start": 5}}, 7)],
    )
    def test_claims_go_from_the_first_ordinal_that_is_too_many(
        self, spec: dict[str, Any], first: int
    ) -> None:
        (found,) = self.of(**spec, persistentVolumeClaimRetentionPolicy={"whenScaled": "Delete"})
        assert found.first == first

    @pytest.mark.parametrize("policy", [None, {}, {"whenDeleted": "Delete", "whenScaled": "Retain"}])
    def test_where_they_are_retained_none_go(self, policy: dict[str, str] | None) -> None:
        assert self.of(replicas=1, persistentVolumeClaimRetentionPolicy=policy) == ()

    def test_other_workloads_have_none(self) -> None:
        assert data_loss.shrunk(OTHERS) == ()


def lost(name: str) -> Loss:
    return Loss(Key("", "PersistentVolumeClaim", "apps", name), "its volume")


class TestPrevention:
    def test_nothing_lost_nothing_prevented(self) -> None:
        assert data_loss.prevention((), RollbackConfig()) is None

    def test_what_is_allowed_is_not_prevented(self) -> None:
        assert data_loss.prevention([lost("a")], RollbackConfig(allow_data_loss=True)) is None

    def test_it_says_what_would_be_destroyed(self) -> None:
        found = data_loss.prevention([lost("a"), lost("b")], RollbackConfig())
        assert found
        assert found.reason == "DataLossPrevented"
        assert found.why == (
            "would destroy PersistentVolumeClaim a (its volume), PersistentVolumeClaim b (its volume)"
        )

    def test_of_many_it_names_five(self) -> None:
        told = data_loss.told([lost(str(number)) for number in range(8)])
        assert told.count("PersistentVolumeClaim") == 5
        assert told.endswith(", 3 more")
