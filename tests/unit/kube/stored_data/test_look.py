"""What data is found to go with live objects."""

from __future__ import annotations

import re
from typing import Any

import pytest

from helm_rollback_component.core.remediation.data_loss import Shrinkage
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.api.discovery import ApiKind
from helm_rollback_component.kube.stored_data.look import StoredData
from tests.support.fake_cluster import FakeCluster, failure

KINDS = {
    "CustomResourceDefinition": ApiKind("customresourcedefinitions", namespaced=False),
    "PersistentVolumeClaim": ApiKind("persistentvolumeclaims", namespaced=True),
    "PersistentVolume": ApiKind("persistentvolumes", namespaced=False),
    "Namespace": ApiKind("namespaces", namespaced=False),
    "StatefulSet": ApiKind("statefulsets", namespaced=True),
    "Topic": ApiKind("topics", namespaced=True),
}
API_VERSIONS = {
    "CustomResourceDefinition": "apiextensions.k8s.io/v1",
    "StatefulSet": "apps/v1",
    "Topic": "example.com/v1",
    "Nowhere": "gone.example.com/v1",
}


class Country(FakeCluster):
    """A cluster in memory with volumes, namespaces and custom resources."""

    def find_kind(self, api_version: str, kind: str) -> ApiKind:
        self._begin("discover", api_version)
        if kind not in KINDS:
            raise failure("UnknownKind")
        return KINDS[kind]

    def list(self, path: str, **_: str) -> list[dict[str, Any]]:
        self._begin("list", path)
        whole = "/namespaces/" not in path
        names = {re.sub(r"/namespaces/\w+(?=/)", "", key) if whole else key: key for key in self._objects}
        return [self._objects[key] for name, key in names.items() if name.startswith(f"{path}/")]

    def count(self, path: str, **query: str) -> int:
        return len([each for each in self.list(path) if f"!={each['metadata']['name']}" not in str(query)])

    def has(self, kind: str, name: str = "a", **parts: Any) -> dict[str, Any]:
        """Have an object, and return it."""
        api_version = API_VERSIONS.get(kind, "v1")
        metadata = {"name": name, **parts.pop("metadata", {})}
        namespace = "apps" if KINDS[kind].namespaced else ""
        if namespace:
            metadata["namespace"] = namespace
        body = {"apiVersion": api_version, "kind": kind, "metadata": metadata, **parts}
        self.create(paths.resource(api_version, KINDS[kind].plural, "", namespace), body)
        return body

    def groups(self, *group_versions: str) -> None:
        """Have these API groups besides the core one."""
        groups = [{"preferredVersion": {"groupVersion": each}} for each in group_versions]
        self._objects["/apis"] = {"groups": groups}

    def serves(self, group_version: str, *resources: tuple[str, bool]) -> None:
        """Have kinds: of each its name in paths, and whether it is namespaced."""
        self._objects[paths.group_version(group_version)] = {
            "resources": [
                {"name": name, "namespaced": namespaced, "verbs": ["get", "list"]}
                for name, namespaced in resources
            ]
        }


@pytest.fixture
def country() -> Country:
    return Country()


def lost_with(country: Country, *removed: dict[str, Any]) -> list[str]:
    return [str(loss) for loss in StoredData(country, "apps").lost_with(removed, ())]


def definition(country: Country, *versions: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    spec = {"group": "example.com", "names": {"plural": "topics"}, "versions": versions}
    return country.has("CustomResourceDefinition", "topics.example.com", spec=spec, metadata=metadata)


OLD = {"name": "v1beta1", "served": True, "storage": False}
NEW = {"name": "v1", "served": True, "storage": True}


class TestDefinitions:
    @pytest.mark.parametrize("versions", [(NEW,), (OLD, NEW)])
    def test_its_objects_are_counted(self, country: Country, versions: tuple[dict[str, Any], ...]) -> None:
        country.has("Topic", "one")
        manifest = definition(country, *versions)
        assert lost_with(country, manifest) == ["CustomResourceDefinition topics.example.com (1 object)"]
        country.has("Topic", "two")
        assert lost_with(country, manifest) == ["CustomResourceDefinition topics.example.com (2 objects)"]

    def test_without_objects_nothing_is_lost(self, country: Country) -> None:
        assert lost_with(country, definition(country, NEW)) == []

    def test_a_kind_that_is_not_served_cannot_be_counted(self, country: Country) -> None:
        (said,) = lost_with(country, definition(country, {**NEW, "served": False}))
        assert "cannot be listed, because no version of it is served" in said

    @pytest.mark.parametrize(("reason", "lost"), [("NotFound", 0), ("Forbidden", 1), ("ServerError", 1)])
    def test_what_may_not_be_looked_at_counts(self, country: Country, reason: str, lost: int) -> None:
        manifest = definition(country, NEW)

        def refuse(verb: str, path: str) -> None:
            if (verb, path) == ("list", "/apis/example.com/v1/topics"):
                raise failure(reason)

        country.before = refuse
        found = lost_with(country, manifest)
        assert len(found) == lost
        assert all(
            f"may hold data, which cannot be looked at: it is {reason} ({reason})" in said for said in found
        )


class TestWhatStays:
    def test_what_is_kept_in_the_cluster_is_not_lost(self, country: Country) -> None:
        country.has("Topic", "one")
        manifest = definition(country, NEW, annotations={"helm.sh/resource-policy": "keep"})
        assert lost_with(country, {**manifest, "metadata": {"name": "topics.example.com"}}) == []

    def test_what_only_the_manifest_keeps_is(self, country: Country) -> None:
        country.has("Topic", "one")
        manifest = definition(country, NEW)
        kept = {**manifest["metadata"], "annotations": {"helm.sh/resource-policy": "keep"}}
        assert len(lost_with(country, {**manifest, "metadata": kept})) == 1

    @pytest.mark.parametrize("kind", ["PersistentVolumeClaim", "Nowhere"])
    def test_what_is_not_there_is_not_lost(self, country: Country, kind: str) -> None:
        manifest = {"apiVersion": API_VERSIONS.get(kind, "v1"), "kind": kind, "metadata": {"name": "a"}}
        assert lost_with(country, manifest) == []

    def test_a_kind_that_cannot_be_looked_up_may_hold_data(self, country: Country) -> None:
        manifest = country.has("Topic")

        def refuse(verb: str, _: str) -> None:
            if verb == "discover":
                raise failure("Forbidden")

        country.before = refuse
        assert lost_with(country, manifest) == [
            "Topic a (may hold data, which cannot be looked at: it is Forbidden (Forbidden))"
        ]


class TestVolumes:
    def test_a_claim_with_a_volume_is_lost(self, country: Country) -> None:
        manifest = country.has("PersistentVolumeClaim", spec={"volumeName": "v"})
        assert lost_with(country, manifest) == ["PersistentVolumeClaim a (its volume)"]

    def test_a_claim_that_never_had_one_is_not(self, country: Country) -> None:
        assert lost_with(country, country.has("PersistentVolumeClaim", spec={})) == []

    @pytest.mark.parametrize(
        ("spec", "lost"),
        [
            ({"persistentVolumeReclaimPolicy": "Delete", "claimRef": {"name": "a"}}, 1),
            ({"persistentVolumeReclaimPolicy": "Delete"}, 0),
            ({"persistentVolumeReclaimPolicy": "Retain", "claimRef": {"name": "a"}}, 0),
        ],
    )
    def test_a_volume_takes_its_content_along_unless_that_is_retained(
        self, country: Country, spec: dict[str, Any], lost: int
    ) -> None:
        found = lost_with(country, country.has("PersistentVolume", spec=spec))
        assert found == ["PersistentVolume a (its content)"] * lost


class TestNamespaces:
    @pytest.fixture(autouse=True)
    def _kinds(self, country: Country) -> None:
        country.groups("example.com/v1")
        core = ("configmaps", "serviceaccounts", "events", "persistentvolumeclaims")
        country.serves("v1", *((name, True) for name in core), ("nodes", False))
        country.serves("example.com/v1", ("topics", True))

    def put(self, country: Country, plural: str, name: str, group_version: str = "v1") -> None:
        country.create(paths.resource(group_version, plural, "", "a"), {"metadata": {"name": name}})

    def test_what_kubernetes_puts_there_does_not_count(self, country: Country) -> None:
        manifest = country.has("Namespace")
        self.put(country, "configmaps", "kube-root-ca.crt")
        self.put(country, "serviceaccounts", "default")
        self.put(country, "events", "happened")
        assert lost_with(country, manifest) == []

    def test_anything_else_does(self, country: Country) -> None:
        manifest = country.has("Namespace")
        self.put(country, "topics", "orders", "example.com/v1")
        assert lost_with(country, manifest) == ["Namespace a (topics and whatever else is in it)"]


def owned_by(owner: dict[str, Any], country: Country) -> dict[str, Any]:
    """Return the metadata of what a live object owns."""
    kind, name = owner["kind"], owner["metadata"]["name"]
    found = country.get(paths.resource(owner["apiVersion"], KINDS[kind].plural, name, "apps"))
    assert found
    reference = {
        "apiVersion": owner["apiVersion"],
        "kind": kind,
        "name": name,
        "uid": found["metadata"]["uid"],
    }
    return {"ownerReferences": [reference]}


VOLUME = {"volumeName": "v"}


class TestOwners:
    def test_claims_go_with_a_stateful_set_that_owns_them(self, country: Country) -> None:
        database = country.has("StatefulSet", "db")
        for number in (1, 0):
            mine = owned_by(database, country)
            country.has("PersistentVolumeClaim", f"data-db-{number}", spec=VOLUME, metadata=mine)
        country.has("PersistentVolumeClaim", "other", spec=VOLUME)
        country.has("PersistentVolumeClaim", "never", spec={}, metadata=owned_by(database, country))
        assert lost_with(country, database) == ["StatefulSet db (with the claims data-db-0, data-db-1)"]

    def test_so_they_do_through_what_owns_the_owner(self, country: Country) -> None:
        topic, other = country.has("Topic", "one"), country.has("Topic", "two")
        between = country.has("StatefulSet", "db", metadata=owned_by(topic, country))
        mine = owned_by(between, country)
        country.has("PersistentVolumeClaim", "data", spec=VOLUME, metadata=mine)
        assert lost_with(country, topic, other) == ["Topic one (with the claims data)"]

    def test_an_owner_that_is_gone_owns_nothing(self, country: Country) -> None:
        topic = country.has("Topic")
        gone = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "gone", "uid": "gone"}
        country.has("PersistentVolumeClaim", spec=VOLUME, metadata={"ownerReferences": [gone]})
        assert lost_with(country, topic) == []

    def test_owners_that_own_each_other_are_followed_to_an_end(self, country: Country) -> None:
        own = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "db", "uid": "other"}
        country.has("StatefulSet", "db", metadata={"ownerReferences": [own]})
        country.has("PersistentVolumeClaim", spec=VOLUME, metadata={"ownerReferences": [own]})
        assert lost_with(country, country.has("Topic")) == []

    @pytest.mark.parametrize(("finalizer", "lost"), [("example.com/topic", 1), ("foregroundDeletion", 0)])
    def test_a_custom_resource_takes_along_what_its_controller_cleans_up(
        self, country: Country, finalizer: str, lost: int
    ) -> None:
        manifest = country.has("Topic", metadata={"finalizers": [finalizer]})
        found = lost_with(country, manifest)
        assert found == ["Topic a (and what its finalizer example.com/topic removes)"] * lost

    def test_a_workload_with_a_finalizer_does_not(self, country: Country) -> None:
        manifest = country.has("StatefulSet", metadata={"finalizers": ["example.com/x"]})
        assert lost_with(country, manifest) == []


class TestScaledDown:
    def lost(self, country: Country, first: int, **spec: Any) -> list[str]:
        templates = [{"metadata": {"name": name}} for name in ("data", "log")]
        manifest = country.has("StatefulSet", "db", spec={"volumeClaimTemplates": templates, **spec})
        for name in ("data-db-0", "data-db-1", "log-db-1", "data-db-5", "data-other-1", "db-1"):
            country.has("PersistentVolumeClaim", name, spec=VOLUME)
        country.has("PersistentVolumeClaim", "data-db-2", spec={})
        found = StoredData(country, "apps").lost_with((), [Shrinkage(manifest, first)])
        return [str(loss) for loss in found]

    def test_the_claims_of_the_pods_that_go_are_lost(self, country: Country) -> None:
        found = self.lost(country, 1, replicas=3)
        assert found == ["StatefulSet db (with the claims data-db-1, log-db-1)"]

    def test_ordinals_may_begin_elsewhere(self, country: Country) -> None:
        found = self.lost(country, 5, replicas=2, ordinals={"start": 4})
        assert found == ["StatefulSet db (with the claims data-db-5)"]

    def test_nothing_is_where_it_does_not_shrink(self, country: Country) -> None:
        assert self.lost(country, 3, replicas=3) == []


def test_a_look_at_nothing_costs_nothing(country: Country) -> None:
    assert lost_with(country) == []
    assert country.asked == []


def test_a_refusal_is_told_once_for_each_object(country: Country) -> None:
    claims = [country.has("PersistentVolumeClaim", name, spec=VOLUME) for name in ("a", "b")]

    def refuse(verb: str, _: str) -> None:
        if verb == "get":
            raise OperationError("no", reason="Forbidden")

    country.before = refuse
    assert len(lost_with(country, *claims)) == 2


def test_of_a_live_object_only_kinds_that_can_hold_data_are_looked_into(country: Country) -> None:
    data = StoredData(country, "apps")
    assert data.held({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}) == ""
    assert country.asked == []
    assert data.held(country.has("PersistentVolumeClaim", spec=VOLUME)) == "its volume"
