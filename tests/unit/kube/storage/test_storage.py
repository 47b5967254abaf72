"""A release's history and its records."""

import gzip
import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.core.records.digests import Digester
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.storage import release_codec
from helm_rollback_component.kube.storage.storage import ReleaseStorage
from helm_rollback_component.results import Resource
from tests.support.fake_cluster import FakeCluster, failure
from tests.support.helm_records import release, secret

SECRETS = paths.secrets("apps")
MANIFEST = """
kind: Deployment
apiVersion: apps/v1
metadata: {name: a}
---
kind: ConfigMap
apiVersion: v1
metadata: {name: b, namespace: other}
---
kind: ClusterRole
apiVersion: rbac.authorization.k8s.io/v1
metadata: {name: c, namespace: other}
---
kind: Vanished
apiVersion: old/v1beta1
metadata: {name: d}
---
kind: ConfigMap
"""


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
def storage(cluster: FakeCluster) -> ReleaseStorage:
    return storage_of(cluster)


def storage_of(cluster: FakeCluster, key: bytes = b"k") -> ReleaseStorage:
    return ReleaseStorage(cluster, "apps", "web", Digester(key * 32))


def put(cluster: FakeCluster, *contents: dict[str, Any]) -> None:
    for content in contents:
        cluster.create(SECRETS, secret(content))


def path(revision: int) -> str:
    return paths.secrets("apps", release_codec.secret_name("web", revision))


def read(cluster: FakeCluster) -> list[str]:
    """Which Secrets were read since this was last asked."""
    found = [path for verb, path in cluster.asked if verb == "get"]
    cluster.asked.clear()
    return sorted(found)


def reason(error: pytest.ExceptionInfo[OperationError]) -> tuple[str, str]:
    return error.value.reason, error.value.release


class TestHistory:
    def test_nothing_is_nothing(self, storage: ReleaseStorage) -> None:
        assert not storage.history()

    def test_it_is_in_numeric_order(self, cluster: FakeCluster, storage: ReleaseStorage) -> None:
        put(cluster, *(release(version) for version in (10, 2, 1, 9)))
        assert [record.revision for record in storage.history()] == [1, 2, 9, 10]

    def test_only_what_changed_is_read_again(self, cluster: FakeCluster, storage: ReleaseStorage) -> None:
        put(cluster, release(1), release(2))
        storage.history()
        assert read(cluster) == [path(1), path(2)]
        cluster.edit(path(1), lambda found: found.update(data=secret(release(1, "superseded"))["data"]))
        assert [record.status for record in storage.history()] == ["superseded", "deployed"]
        assert read(cluster) == [path(1)]
        storage_of(cluster).history()
        assert read(cluster) == []

    def test_the_values_that_were_read_are_known(self, cluster: FakeCluster, storage: ReleaseStorage) -> None:
        put(cluster, release(1), {**release(2), "config": {"password": "hunter2"}})
        storage.history()
        assert list(storage.known_values()) == [release(1).get("config") or {}, {"password": "hunter2"}]

    def test_another_key_gives_other_digests(self, cluster: FakeCluster, storage: ReleaseStorage) -> None:
        put(cluster, release(1))
        (ours,), (other,) = storage.history(), storage_of(cluster, b"o").history()
        assert ours.digest != other.digest

    def test_what_cannot_be_decoded_is_told(self, cluster: FakeCluster, storage: ReleaseStorage) -> None:
        broken = secret(release(2))
        broken["data"] = {"release": "broken"}
        put(cluster, release(1))
        cluster.create(SECRETS, broken)
        for _ in range(2):
            history = storage.history()
            assert [record.revision for record in history] == [1]
            assert history.unreadable == (2,)
        assert read(cluster) == [path(1), path(2)]

    def test_what_is_not_helms_is_left_alone(self, cluster: FakeCluster, storage: ReleaseStorage) -> None:
        put(cluster, release(1))
        cluster.create(SECRETS, secret(release(2), owner="me"))
        cluster.create(SECRETS, {**secret(release(3)), "type": "Opaque"})
        copied = secret(release(4))
        copied["metadata"]["name"] = "backup-of-v4"
        cluster.create(SECRETS, copied)
        cluster.create(SECRETS, secret(release(5), name="webby"))
        history = storage.history()
        assert [record.revision for record in history] == [1]
        assert history.unreadable == ()

    def test_what_is_pruned_meanwhile_is_not_there(
        self, cluster: FakeCluster, storage: ReleaseStorage
    ) -> None:
        put(cluster, release(1), release(2))

        def prune(verb: str, asked: str) -> None:
            if (verb, asked) == ("get", path(1)):
                cluster._objects.pop(path(1), None)  # noqa: SLF001

        cluster.before = prune
        assert [record.revision for record in storage.history()] == [2]

    def test_a_failure_names_the_release(self, cluster: FakeCluster, storage: ReleaseStorage) -> None:
        def refuse(*_: str) -> None:
            raise failure("Forbidden")

        cluster.before = refuse
        with pytest.raises(OperationError) as caught:
            storage.history()
        assert reason(caught) == ("Forbidden", "apps/web")


class TestContent:
    def test_objects_are_placed_where_helm_places_them(
        self, cluster: FakeCluster, storage: ReleaseStorage
    ) -> None:
        put(cluster, release(1, manifest=MANIFEST))
        assert [found["metadata"] for found in storage.manifest(1)] == [
            {"name": "a", "namespace": "apps"},
            {"name": "b", "namespace": "other"},
            {"name": "c"},
            {"name": "d", "namespace": "apps"},
            {"namespace": "apps"},
        ]
        assert storage.resources(1)[:3] == (
            Resource("apps/v1", "Deployment", "a", "apps"),
            Resource("v1", "ConfigMap", "b", "other"),
            Resource("rbac.authorization.k8s.io/v1", "ClusterRole", "c", ""),
        )
        assert storage.resources(1)[4] == Resource("", "ConfigMap", "", "apps")

    def test_a_pending_revision_can_be_read(self, cluster: FakeCluster, storage: ReleaseStorage) -> None:
        put(cluster, release(1, "pending-upgrade"))
        assert len(storage.manifest(1)) == 1

    def test_hooks_have_objects_too(self, cluster: FakeCluster, storage: ReleaseStorage) -> None:
        put(cluster, release(1))
        cluster.asked.clear()
        assert [found["kind"] for found in storage.objects(1)] == ["ConfigMap", "Pod"]
        assert read(cluster) == [path(1)]

    def test_a_release_without_objects(self, cluster: FakeCluster, storage: ReleaseStorage) -> None:
        put(cluster, release(1, manifest=None))
        assert storage.manifest(1) == ()

    def test_a_failing_look_up_is_no_unknown_kind(
        self, cluster: FakeCluster, storage: ReleaseStorage
    ) -> None:
        put(cluster, release(1))

        def refuse(verb: str, _: str) -> None:
            if verb == "discover":
                raise failure("Unreachable")

        cluster.before = refuse
        with pytest.raises(OperationError) as caught:
            storage.manifest(1)
        assert reason(caught) == ("Unreachable", "apps/web")

    def test_what_is_not_there_is_missing(self, storage: ReleaseStorage) -> None:
        for look in (storage.manifest, storage.resources, storage.objects):
            with pytest.raises(OperationError, match="revision 7 is not stored") as caught:
                look(7)
            assert reason(caught) == ("RevisionMissing", "apps/web")

    def test_a_record_that_cannot_be_decoded_is_unreadable(
        self, cluster: FakeCluster, storage: ReleaseStorage
    ) -> None:
        cluster.create(SECRETS, {**secret(release(2)), "data": {}})
        with pytest.raises(OperationError, match="KeyError") as caught:
            storage.manifest(2)
        assert reason(caught) == ("RecordUnreadable", "apps/web")

    def test_a_document_that_cannot_be_read_is_left_out_and_told_once(
        self, cluster: FakeCluster, storage: ReleaseStorage
    ) -> None:
        good = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
        put(cluster, release(1, manifest=f"---\n# Source: web/templates/x.yaml\n[hunter2\n---\n{good}"))
        assert storage.unread(1) == ()
        for look in (storage.manifest, storage.resources):
            assert len(look(1)) == 1
        assert storage.unread(1) == ("web/templates/x.yaml: it is not YAML in line 4",)

    def test_of_very_many_documents_that_cannot_be_read_some_are_told(
        self, cluster: FakeCluster, storage: ReleaseStorage
    ) -> None:
        broken = "".join(f"---\n# Source: {number}.yaml\n[\n" for number in range(500))
        put(cluster, release(1, manifest=broken))
        assert storage.manifest(1) == ()
        assert (len(storage.unread(1)), storage.unread(1)[-1]) == (21, "and further ones")

    def test_manifest_and_hooks_have_one_bound(self, cluster: FakeCluster, storage: ReleaseStorage) -> None:
        large = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: [{'1,' * 200_000}]\n"
        put(cluster, release(1, manifest=large, hooks=[{"manifest": large}, {"manifest": large}]))
        assert len(storage.objects(1)) == 2
        told = "the objects from here on: the revision has more values than can be read"
        assert storage.unread(1) == (told,)

    def test_of_objects_that_are_not_needed_there_is_no_more_than_the_head(
        self, cluster: FakeCluster, storage: ReleaseStorage
    ) -> None:
        kinds = ("Pod", "ConfigMap")
        texts = (f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: a}}\nspec: 1\n" for kind in kinds)
        put(cluster, release(1, manifest="---\n".join(texts)))
        pod, config = storage.manifest(1, lambda found: bool(found["kind"] == "Pod"))
        assert (pod["spec"], "spec" in config) == (1, False)
        assert config["metadata"] == {"name": "a", "namespace": "apps"}
        assert all(found["spec"] == 1 for found in storage.objects(1)[:2])

    def test_what_history_has_read_is_not_read_again(
        self, cluster: FakeCluster, storage: ReleaseStorage
    ) -> None:
        put(cluster, release(1), release(2))
        storage.history()
        cluster.asked.clear()
        for look in (storage.manifest, storage.resources, storage.objects):
            assert look(2)
        assert read(cluster) == []

    def test_history_does_not_read_again_what_was_read(
        self, cluster: FakeCluster, storage: ReleaseStorage
    ) -> None:
        put(cluster, release(1))
        storage.objects(1)
        assert storage.history()
        storage.manifest(1)
        assert read(cluster) == [path(1)]

    def test_a_revision_that_was_made_again_is_read_again(
        self, cluster: FakeCluster, storage: ReleaseStorage
    ) -> None:
        put(cluster, release(1))
        storage.history()
        cluster.delete(path(1))
        put(cluster, release(1, manifest="kind: Deployment\napiVersion: apps/v1\nmetadata: {name: a}"))
        storage.history()
        assert [found.kind for found in storage.resources(1)] == ["Deployment"]

    def test_a_revision_that_was_pruned_is_missing(
        self, cluster: FakeCluster, storage: ReleaseStorage
    ) -> None:
        put(cluster, release(1), release(2))
        storage.history()
        storage.delete(1)
        with pytest.raises(OperationError, match="not stored"):
            storage.manifest(1)

    def test_what_history_cannot_tell_of_may_have_objects(
        self, cluster: FakeCluster, storage: ReleaseStorage
    ) -> None:
        put(cluster, release(1, config=["no mapping"]))
        assert len(storage.manifest(1)) == 1
        assert storage.history().unreadable == (1,)


class TestArrival:
    def test_a_record_that_arrives_is_read_once(
        self, cluster: FakeCluster, storage: ReleaseStorage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(cluster, release(2, "pending-upgrade"))
        arrived = cluster.get(path(2))
        asked: list[str] = []

        def watch(at: str, **query: Any) -> Iterator[tuple[str, Any]]:
            asked.extend((at, query["fieldSelector"], query["labelSelector"]))
            yield "ADDED", arrived

        monkeypatch.setattr(cluster, "watch", watch)
        cluster.asked.clear()
        assert storage.await_record(2, Cancellation())
        assert asked == [
            SECRETS,
            "type=helm.sh/release.v1,metadata.name=sh.helm.release.v1.web.v2",
            "owner=helm,name=web",
        ]
        assert storage.objects(2)
        assert storage.history()
        assert read(cluster) == []

    def test_one_that_cannot_be_read_has_arrived_too(
        self, cluster: FakeCluster, storage: ReleaseStorage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broken = cluster.create(SECRETS, {**secret(release(2)), "data": {}})
        monkeypatch.setattr(cluster, "watch", lambda _, **__: iter([("ADDED", broken)]))
        assert storage.await_record(2, Cancellation())
        with pytest.raises(OperationError) as caught:
            storage.objects(2)
        assert reason(caught) == ("RecordUnreadable", "apps/web")

    def test_nothing_is_waited_for_once_it_is_stopped(self, storage: ReleaseStorage) -> None:
        stop = Cancellation()
        stop.request()
        assert not storage.await_record(2, stop)


class TestUnlocking:
    def test_a_pending_revision_is_marked_failed(self, cluster: FakeCluster, storage: ReleaseStorage) -> None:
        put(cluster, release(1), release(2, "pending-upgrade"))
        storage.mark_failed(2, "the process that upgraded died")
        _, failed = storage.history()
        assert (failed.status, failed.description) == ("failed", "the process that upgraded died")
        labels = [meta["labels"]["status"] for meta in cluster.list_metadata(SECRETS)]
        assert labels == ["deployed", "failed"]

    def test_one_that_is_done_by_now_is_left_alone(
        self, cluster: FakeCluster, storage: ReleaseStorage
    ) -> None:
        put(cluster, release(1, "deployed"))
        with pytest.raises(OperationError, match="is deployed by now") as caught:
            storage.mark_failed(1, "it died")
        assert reason(caught) == ("Conflict", "apps/web")

    def test_one_that_changes_meanwhile_is_left_alone(
        self, cluster: FakeCluster, storage: ReleaseStorage
    ) -> None:
        put(cluster, release(1, "pending-upgrade"))

        def finish(verb: str, _: str) -> None:
            if verb == "replace":
                cluster.before = lambda *_: None
                cluster.edit(path(1), lambda found: found.update(secret(release(1))["data"]))

        cluster.before = finish
        with pytest.raises(OperationError) as caught:
            storage.mark_failed(1, "it died")
        assert reason(caught) == ("Conflict", "apps/web")

    def test_one_that_cannot_be_written_again_as_it_is_stays(
        self, cluster: FakeCluster, storage: ReleaseStorage
    ) -> None:
        put(cluster, release(1, "pending-upgrade"))
        text = json.dumps(release(1, "pending-upgrade"))[:-1] + ', "other": 1e999}'
        packed = b64encode(b64encode(gzip.compress(text.encode()))).decode()
        cluster.edit(path(1), lambda found: found["data"].update(release=packed))
        with pytest.raises(OperationError) as caught:
            storage.mark_failed(1, "it died")
        assert reason(caught) == ("RecordUnreadable", "apps/web")


class TestAccepting:
    @pytest.mark.parametrize("status", ["failed", "pending-rollback"])
    def test_a_restored_revision_is_marked_deployed_and_the_others_superseded(
        self, cluster: FakeCluster, storage: ReleaseStorage, status: str
    ) -> None:
        put(cluster, release(1), release(2, "failed"), release(3, status))
        storage.mark_deployed(3, "Rollback to 1")
        found = storage.history()
        assert [each.status for each in found] == ["superseded", "failed", "deployed"]
        assert found.records[-1].description == "Rollback to 1"

    def test_one_that_is_something_else_by_now_is_left_alone(
        self, cluster: FakeCluster, storage: ReleaseStorage
    ) -> None:
        put(cluster, release(1, "superseded"))
        with pytest.raises(OperationError, match="is superseded by now") as caught:
            storage.mark_deployed(1, "Rollback to 1")
        assert reason(caught) == ("Conflict", "apps/web")

    def test_another_that_cannot_be_marked_is_left_to_helm(
        self, cluster: FakeCluster, storage: ReleaseStorage
    ) -> None:
        put(cluster, release(1), release(2, "failed"))

        def refuse(verb: str, where: str) -> None:
            if verb == "replace" and where == path(1):
                raise failure("Forbidden")

        cluster.before = refuse
        storage.mark_deployed(2, "Rollback to 1")
        assert [each.status for each in storage.history()] == ["deployed", "deployed"]


class TestMarkingDeployed:
    def test_one_that_was_superseded_by_mistake_is_deployed_again(
        self, cluster: FakeCluster, storage: ReleaseStorage
    ) -> None:
        put(cluster, release(1, "superseded"), release(2, "failed"))
        before = storage.history().records[0]
        storage.mark_deployed_again(1)
        again = storage.history().records[0]
        assert (again.status, again.description) == ("deployed", before.description)
        labels = [meta["labels"]["status"] for meta in cluster.list_metadata(SECRETS)]
        assert labels == ["deployed", "failed"]

    def test_one_that_is_gone_is_told(self, storage: ReleaseStorage) -> None:
        with pytest.raises(OperationError) as caught:
            storage.mark_deployed_again(1)
        assert reason(caught) == ("RevisionMissing", "apps/web")


class TestDeletion:
    def test_one_record_goes(self, cluster: FakeCluster, storage: ReleaseStorage) -> None:
        put(cluster, release(1), release(2))
        storage.delete(1)
        assert cluster.paths() == [path(2)]

    def test_what_is_gone_is_gone(self, storage: ReleaseStorage) -> None:
        storage.delete(1)

    def test_what_is_not_helms_stays(self, cluster: FakeCluster, storage: ReleaseStorage) -> None:
        cluster.create(SECRETS, secret(release(1), owner="me"))
        storage.delete(1)
        assert cluster.paths() == [path(1)]


RENDERED = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a, annotations: {helm.sh/hook: test}}\n"


def test_what_was_rendered_is_placed_as_what_is_stored(storage: ReleaseStorage) -> None:
    plain = RENDERED.replace("annotations", "labels").replace("name: a", "name: b")
    found = storage.rendered({"manifest": plain, "hooks": [{"manifest": plain}, {"manifest": RENDERED}]})
    assert [(each["metadata"]["name"], each["metadata"]["namespace"]) for each in found] == [
        ("b", "apps"),
        ("a", "apps"),
    ]


def test_what_was_rendered_and_cannot_be_read_is_an_error(storage: ReleaseStorage) -> None:
    with pytest.raises(OperationError) as caught:
        storage.rendered({"manifest": "a: ["})
    assert caught.value.reason == "ManifestUnreadable"


@pytest.mark.parametrize(("chart", "values"), [({"values": {"a": 1}}, {"a": 1}), ({"values": None}, {})])
def test_the_defaults_of_a_revisions_chart(
    cluster: FakeCluster, storage: ReleaseStorage, chart: dict[str, Any], values: dict[str, Any]
) -> None:
    stored = release(1)
    put(cluster, {**stored, "chart": {**stored["chart"], **chart}})
    assert storage.default_values(1) == values
