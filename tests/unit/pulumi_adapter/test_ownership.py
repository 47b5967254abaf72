"""Objects that a resource in this stack still has are not taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pulumi.output import Unknown

from helm_rollback_component import operations
from helm_rollback_component.core.health.objects import Key
from helm_rollback_component.core.manifests.takeover import TakenOver
from helm_rollback_component.errors import OperationError
from helm_rollback_component.provider import ReleaseProvider
from helm_rollback_component.pulumi_adapter import run_kind, state
from helm_rollback_component.reasons import Reason
from tests.unit.plugin.test_adoption import KEYS, WRITTEN
from tests.unit.test_provider import INPUTS, Cluster

if TYPE_CHECKING:
    from collections.abc import Mapping

URN = "urn:pulumi:prod::shop::kubernetes:core/v1:ConfigMap::web"
OLD = (
    "urn:pulumi:prod::shop::helm-rollback:index:HelmRelease$pulumi-python:dynamic/helm-rollback:Release::old"
)
OBJECTS = [[URN, each.group, each.kind, each.namespace, each.name, ""] for each in KEYS]
HELD = {"objects": OBJECTS, "releases": [[OLD, "old", "apps"]]}
OWNING = {**INPUTS, "take_ownership": True}
OF_ANOTHER = TakenOver(KEYS[0], frozenset({"kubectl"}), release=("old", "apps"))


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """The only cluster that there is."""
    made = Cluster()
    monkeypatch.setattr(operations, "HelmOperations", made.operations)
    return made


def checked(news: dict[str, Any], olds: Mapping[str, Any] | None = None, held: Any = HELD) -> list[str]:
    """Return what a check finds wrong with the input."""
    result = ReleaseProvider().check(dict(olds or {}), {**news, state.HELD: held})
    assert result.inputs is not None
    assert state.HELD not in result.inputs
    found = (each.reason.partition(": ") for each in result.failures)
    return [message for path, _, message in found if path == "take_ownership"]


def test_it_is_refused_with_the_objects_the_resource_and_the_way_to_do_it(cluster: Cluster) -> None:
    cluster.there_already = WRITTEN
    (refusal,) = checked(OWNING)
    assert "ConfigMap web, Service web, Deployment web and 1 more" in refusal
    assert URN in refusal
    assert "set retain_on_delete=True on that resource" in refusal


def test_the_objects_of_a_release_are_too(cluster: Cluster) -> None:
    cluster.there_already = (OF_ANOTHER,)
    (refusal,) = checked(OWNING)
    assert f"takes over ConfigMap web, which belongs to {OLD}" in refusal
    assert "helm.sh/resource-policy: keep" in refusal


@pytest.mark.parametrize(
    "there",
    [
        TakenOver(Key("", "ConfigMap", "test", "web"), by_kubernetes_provider=True),
        TakenOver(KEYS[0], frozenset({"kubectl"})),
        TakenOver(KEYS[0], release=("plain", "apps")),
    ],
    ids=["of no resource", "that a resource only reads", "of a release of no resource"],
)
def test_what_no_resource_would_delete_is_taken_over(cluster: Cluster, there: TakenOver) -> None:
    cluster.there_already = (there,)
    assert checked(OWNING) == []


def test_a_resource_may_write_under_another_name(cluster: Cluster) -> None:
    cluster.there_already = (TakenOver(KEYS[0], frozenset({"ci"})),)
    assert checked(OWNING, held={"objects": [[*OBJECTS[0][:-1], "ci"]], "releases": []})


def test_a_release_that_is_renamed_takes_over_what_it_had(cluster: Cluster) -> None:
    cluster.there_already = (OF_ANOTHER,)
    own = OWNING["owner"]["urn"]
    assert checked(OWNING, held={"objects": [], "releases": [[own, "old", "apps"]]}) == []


def test_an_update_refuses_what_cannot_be_seen_and_a_preview_loses_nothing(cluster: Cluster) -> None:
    cluster.unreachable = OperationError("it does not answer", reason=Reason.UNREACHABLE)
    (refusal,) = checked(OWNING)
    assert "it cannot be seen whether" in refusal
    assert "it does not answer" in refusal
    assert checked({**OWNING, run_kind.DRY_RUN: True}) == []


@pytest.mark.parametrize(
    ("news", "held", "refused"),
    [
        (OWNING, HELD, True),
        (INPUTS, HELD, False),
        (OWNING, {}, False),
        (OWNING, None, False),
        ({**OWNING, "values": {"more": Unknown()}}, HELD, False),  # type: ignore[no-untyped-call]  # not typed
        ({**OWNING, "source": {"chart": Unknown()}}, HELD, False),  # type: ignore[no-untyped-call]  # as above
        ({**OWNING, "kubeconfig": Unknown()}, HELD, False),  # type: ignore[no-untyped-call]  # as above
    ],
)
def test_a_check_looks_where_something_may_be_taken_over_from_a_resource(
    cluster: Cluster,
    news: dict[str, Any],
    held: dict[str, Any] | None,
    *,
    refused: bool,
) -> None:
    cluster.there_already = WRITTEN
    assert bool(checked(news, held=held)) is refused


def test_what_was_checked_before_is_not_looked_at_again(cluster: Cluster) -> None:
    olds = ReleaseProvider().check({}, OWNING).inputs
    cluster.there_already = WRITTEN
    assert checked(OWNING, olds) == []
