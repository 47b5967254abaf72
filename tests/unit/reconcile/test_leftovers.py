"""What failed revisions left is removed from the cluster: what is ours, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.reconcile.leftovers import Leftovers
from tests.support.fake_cluster import FakeCluster, failure

if TYPE_CHECKING:
    from helm_rollback_component.errors import OperationError

NAMESPACE = "apps"
OURS = {"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": NAMESPACE}


class PatchedCluster(FakeCluster):
    """One that only writes down the patches, and refuses them if told so."""

    def __init__(self) -> None:
        super().__init__()
        self.patches: list[tuple[str, Any]] = []
        self.refusals: list[OperationError] = []
        self.done_although_refused = False

    def patch(self, path: str, body: Any, *, content_type: str) -> dict[str, Any]:
        if self.done_although_refused:
            self.edit(path, lambda found: found.pop("data"))
        if self.refusals:
            raise self.refusals.pop()
        assert content_type == "application/json-patch+json"
        self.patches.append((path, body))
        return {}


def config(name: str, kind: str = "ConfigMap", **metadata: Any) -> dict[str, Any]:
    """Return an object as a manifest has it."""
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": NAMESPACE, **metadata}}


def collection(kind: str) -> str:
    """Return where such objects are."""
    return f"/api/v1/namespaces/{NAMESPACE}/{kind.lower()}s"


class Place:
    """A cluster with one object in it that a failed revision had."""

    def __init__(self, **annotations: str) -> None:
        self.cluster = PatchedCluster()
        self.cluster.create(
            collection("ConfigMap"),
            {**config("web", annotations={**OURS, **annotations}), "data": {"a": "1"}},
        )
        self.warned: list[str] = []

    def clean(self, declared: list[dict[str, Any]], failed: dict[str, Any] | None = None) -> list[str]:
        """Remove what is left, and return what is still there."""
        left = failed or {**config("web"), "data": {"a": "1"}}
        Leftovers(self.cluster, "web", NAMESPACE, self.warned.append).remove([[left]], declared)
        return self.cluster.paths()


def test_an_object_of_the_release_that_is_not_declared_is_deleted_and_told() -> None:
    place = Place()
    assert place.clean([]) == []
    assert place.warned == ["ConfigMap web was left by a failed revision, and was removed"]


def test_of_what_controls_admission_only_what_is_not_declared_goes_first() -> None:
    place = Place()
    webhooks = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
    kind = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration"}
    added, changed = ({**kind, "metadata": {"name": name, "annotations": OURS}} for name in ("new", "old"))
    for each in (added, changed):
        place.cluster.create(webhooks, each)
    left = Leftovers(place.cluster, "web", NAMESPACE, place.warned.append)
    left.remove_admission([[config("web"), added, {**changed, "webhooks": []}]], [changed])
    assert place.cluster.paths() == [f"{collection('ConfigMap')}/web", f"{webhooks}/old"]
    assert place.warned == [
        "ValidatingWebhookConfiguration new was left by a failed revision, and was removed"
    ]


def test_an_object_of_another_release_stays() -> None:
    place = Place(**{"meta.helm.sh/release-name": "other"})
    assert place.clean([]) != []
    assert place.warned == []


def test_an_object_that_is_to_be_kept_is_told_and_stays() -> None:
    place = Place(**{"helm.sh/resource-policy": "keep"})
    assert place.clean([]) != []
    assert "was left by a failed revision; delete it" in place.warned[0]


def test_a_claim_may_hold_data_and_stays() -> None:
    place = Place()
    claim = config("data", kind="PersistentVolumeClaim", annotations=OURS)
    place.cluster.create(collection("PersistentVolumeClaim"), claim)
    assert place.clean([config("web")], claim) == [
        f"{collection('ConfigMap')}/web",
        f"{collection('PersistentVolumeClaim')}/data",
    ]
    assert "delete it if nobody needs what it holds" in place.warned[0]


def test_a_custom_resource_by_which_a_controller_keeps_data_stays() -> None:
    place = Place()
    topic = {**config("orders", "Topic", annotations=OURS), "apiVersion": "example.com/v1"}
    topic["metadata"]["finalizers"] = ["example.com/topic"]
    place.cluster.create(f"/apis/example.com/v1/namespaces/{NAMESPACE}/topics", topic)
    assert f"/apis/example.com/v1/namespaces/{NAMESPACE}/topics/orders" in place.clean([config("web")], topic)
    assert "delete it if nobody needs what it holds" in place.warned[0]


def test_an_object_that_is_gone_is_not_told() -> None:
    place = Place()
    place.clean([], config("gone"))
    assert place.warned == []


def test_a_field_that_is_not_declared_is_removed_and_told() -> None:
    place = Place()
    assert place.clean([config("web")]) != []
    ((path, (guard, removal)),) = place.cluster.patches
    assert path.endswith("/configmaps/web")
    assert guard["op"] == "test"
    assert removal == {"op": "remove", "path": "/data"}
    assert place.warned == ["ConfigMap web: fields that a failed revision had left were removed (data)"]


def test_a_field_that_is_gone_is_not_touched() -> None:
    place = Place()
    place.clean([config("web")], {**config("web"), "binaryData": {"b": "1"}})
    assert place.cluster.patches == []
    assert place.warned == []


def test_what_the_cluster_refuses_is_told_and_left() -> None:
    place = Place()
    place.cluster.refusals = [failure("Forbidden")]
    place.clean([config("web")])
    assert place.warned == [
        "ConfigMap web: what only a failed revision had could not be removed: it is Forbidden"
    ]


def test_a_patch_that_met_a_conflict_is_made_again_for_what_is_there() -> None:
    place = Place()
    place.cluster.refusals = [failure("Conflict"), failure("ObjectInvalid")]
    place.clean([config("web")])
    assert len(place.cluster.patches) == 1
    assert place.warned == ["ConfigMap web: fields that a failed revision had left were removed (data)"]


def test_a_patch_that_was_made_before_is_made() -> None:
    place = Place()
    place.cluster.refusals, place.cluster.done_although_refused = [failure("ObjectInvalid")], True
    place.clean([config("web")])
    assert place.cluster.patches == []
    assert place.warned == ["ConfigMap web: fields that a failed revision had left were removed (data)"]


def test_conflicts_that_do_not_end_are_told() -> None:
    place = Place()
    place.cluster.refusals = [failure("Conflict")] * 3
    place.clean([config("web")])
    assert place.warned == [
        "ConfigMap web: what only a failed revision had could not be removed: it is Conflict"
    ]
