"""A real API server."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.core.records.cluster_identity import Comparison, compare
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.api.client import Cluster
from tests.support import control_plane
from tests.support.control_plane import Place
from tests.support.waiting import await_that
from tools.ground import Ground

pytestmark = pytest.mark.ground

LONGER_THAN_ANY_TEST = 3600


@pytest.fixture
def place(ground: Ground) -> Iterator[Place]:
    with control_plane.place(ground) as place:
        yield place


def maps(place: Place, name: str = "") -> str:
    return paths.resource("v1", "configmaps", name, place.namespace)


def put(place: Place, *names: str) -> None:
    for name in names:
        place.cluster.create(
            maps(place), {"metadata": {"name": name, "labels": {"ours": "yes"}}, "data": {"a": name}}
        )


def reason(cluster: Cluster, path: str) -> str:
    with pytest.raises(OperationError) as caught:
        cluster.list(path)
    return caught.value.reason


def test_an_object_through_its_life(place: Place) -> None:
    put(place, "one")
    made = place.cluster.get(maps(place, "one"))
    assert made is not None
    changed = place.cluster.replace(maps(place, "one"), {**made, "data": {"a": "two"}})
    assert changed["metadata"]["resourceVersion"] != made["metadata"]["resourceVersion"]
    with pytest.raises(OperationError) as caught:
        place.cluster.replace(maps(place, "one"), made)
    assert (caught.value.reason, caught.value.temporary) == ("Conflict", True)
    patched = place.cluster.patch(
        maps(place, "one"), {"data": {"b": "c"}}, content_type="application/merge-patch+json"
    )
    assert patched["data"] == {"a": "two", "b": "c"}
    with pytest.raises(OperationError) as caught:
        place.cluster.delete(maps(place, "one"), {"preconditions": {"uid": "another"}})
    assert caught.value.reason == "Conflict"
    assert place.cluster.delete(maps(place, "one"), {"preconditions": {"uid": made["metadata"]["uid"]}})
    assert not place.cluster.delete(maps(place, "one"))
    assert place.cluster.get(maps(place, "one")) is None


def test_lists_are_whole_however_they_are_paged(place: Place) -> None:
    put(place, *"edcba")
    query = {"labelSelector": "ours=yes", "limit": "2"}
    found = place.cluster.list(maps(place), **query)
    assert [item["metadata"]["name"] for item in found] == list("abcde")
    assert {(item["apiVersion"], item["kind"]) for item in found} == {("v1", "ConfigMap")}
    metadata = place.cluster.list_metadata(maps(place), **query)
    assert [item["name"] for item in metadata] == list("abcde")


def test_metadata_comes_without_the_data(place: Place) -> None:
    put(place, "one")
    for path, kind in (
        (maps(place), "PartialObjectMetadataList"),
        (maps(place, "one"), "PartialObjectMetadata"),
    ):
        status, body = place.cluster._transport.send(  # noqa: SLF001  # what went over the wire
            "GET", path, headers={"Accept": f"application/json;as={kind};g=meta.k8s.io;v=v1"}
        )
        assert status == 200
        assert b'"data"' not in body


def test_refusals_have_their_reasons(place: Place) -> None:
    put(place, "one")
    for name, body, expected in (
        ("same", {"metadata": {"name": "one"}}, "AlreadyExists"),
        ("bad", {"metadata": {"name": "UPPER"}}, "ObjectInvalid"),
        ("odd", {"metadata": 1}, "BadRequest"),
        ("big", {"metadata": {"name": "big"}, "data": {"a": "x" * 4_000_000}}, "TooLarge"),
    ):
        with pytest.raises(OperationError) as caught:
            place.cluster.create(maps(place), body)
        assert caught.value.reason == expected, name
    with pytest.raises(OperationError) as caught:
        place.cluster.create(paths.secrets("there-is-no-such"), {"metadata": {"name": "a"}})
    assert caught.value.reason == "NamespaceMissing"
    assert reason(place.cluster, "/api/v1/nothings") == "NotFound"


def test_a_namespace_that_goes_away_is_told_from_one_that_is_missing(place: Place) -> None:
    kept = {"metadata": {"name": "kept", "finalizers": ["example.com/kept"]}}
    place.cluster.create(maps(place), kept)
    place.cluster.delete(paths.namespace(place.namespace))
    with pytest.raises(OperationError) as caught:
        place.cluster.create(maps(place), {"metadata": {"name": "late"}})
    assert caught.value.reason == "NamespaceTerminating"
    free = {"metadata": {"finalizers": None}}
    place.cluster.patch(maps(place, "kept"), free, content_type="application/merge-patch+json")


class TestUsers:
    def test_a_wrong_token_is_unauthorized(self, place: Place) -> None:
        stranger = Cluster.connect(place.with_token("wrong"))
        assert reason(stranger, maps(place)) == "Unauthorized"

    def test_what_one_may_not_do_is_forbidden(self, place: Place) -> None:
        nobody = place.as_user([])
        with pytest.raises(OperationError, match="cannot list resource") as caught:
            nobody.list(maps(place))
        assert caught.value.reason == "Forbidden"

    def test_the_clusters_identity_does_not_hang_on_the_user(self, place: Place) -> None:
        same = Cluster.connect(
            place.with_cluster(certificate_authority_data=None, insecure_skip_tls_verify=True)
        )
        assert compare(place.cluster.identity(), same.identity()) is Comparison.SAME
        assert place.cluster.identity().startswith("uid:")

    def test_where_it_may_not_be_read_it_is_the_servers(self, place: Place) -> None:
        one, other = place.as_user([]), place.as_user([])
        assert one.identity() == other.identity()
        assert one.identity().startswith("server:")


class TestTls:
    def test_a_server_of_another_authority_is_not_trusted(self, place: Place) -> None:
        stranger = Cluster.connect(place.with_cluster(certificate_authority_data=None))
        with pytest.raises(OperationError, match=r"(?i)certificate verify failed") as caught:
            stranger.get(maps(place))
        assert (caught.value.reason, caught.value.temporary) == ("Untrusted", False)

    def test_a_name_for_tls_is_the_one_that_is_checked(self, place: Place) -> None:
        named = Cluster.connect(place.with_cluster(tls_server_name="kubernetes.default.svc"))
        assert named.list(maps(place)) is not None
        wrong = Cluster.connect(place.with_cluster(tls_server_name="another.example"))
        with pytest.raises(OperationError, match=r"another\.example"):
            wrong.list(maps(place))


class TestWatch:
    def test_what_is_there_comes_first_then_what_happens(self, place: Place) -> None:
        put(place, "one")
        stop = Cancellation()
        events = place.cluster.watch(maps(place), timeout=20, stop=stop, labelSelector="ours=yes")
        watch = ((kind, found["data"]["a"]) for kind, found in events if kind != "BOOKMARK")
        assert next(watch) == ("ADDED", "one")
        put(place, "two")
        assert next(watch) == ("ADDED", "two")
        place.cluster.delete(maps(place, "one"))
        assert next(watch) == ("DELETED", "one")
        stop.request()
        assert list(watch) == []

    def test_it_ends_at_once_when_told_to(self, place: Place) -> None:
        stop = Cancellation()
        timer = threading.Timer(0.5, stop.request)
        timer.start()
        for _ in ("told meanwhile", "told before"):
            list(place.cluster.watch(maps(place), timeout=LONGER_THAN_ANY_TEST, stop=stop))
        timer.join()

    def test_it_ends_at_its_timeout(self, place: Place) -> None:
        began = time.monotonic()
        list(place.cluster.watch(maps(place), timeout=1, stop=Cancellation()))
        assert time.monotonic() - began > 0.9


def test_many_threads_at_once(place: Place) -> None:
    put(place, "one")
    with ThreadPoolExecutor(64) as threads:
        found = list(threads.map(lambda _: place.cluster.get(maps(place, "one")), range(512)))
    assert all(found)


def test_text(place: Place) -> None:
    assert place.cluster.text("/readyz") == "ok"
    with pytest.raises(OperationError) as caught:
        place.cluster.text(paths.pods(place.namespace, "missing") + "/log")
    assert caught.value.reason == "NotFound"


def test_kinds_are_found_and_new_ones_too(place: Place) -> None:
    cluster = place.cluster
    assert (
        cluster.object_path("apps/v1", "Deployment", "a", "n") == "/apis/apps/v1/namespaces/n/deployments/a"
    )
    assert cluster.object_path("v1", "Namespace", "a", "n") == "/api/v1/namespaces/a"
    group = f"{place.namespace}.example.com"
    with pytest.raises(OperationError) as caught:
        cluster.object_path(f"{group}/v1", "Thing", "a", "n")
    assert caught.value.reason == "UnknownKind"
    definitions = paths.resource("apiextensions.k8s.io/v1", "customresourcedefinitions", "", "")
    cluster.create(definitions, definition(group))
    try:
        assert found_later(cluster, f"{group}/v1") == f"/apis/{group}/v1/things/a"
    finally:
        cluster.delete(f"{definitions}/things.{group}")


def found_later(cluster: Cluster, api_version: str) -> str:
    found: list[str] = []

    def look() -> bool:
        with suppress(OperationError):
            found.append(cluster.object_path(api_version, "Thing", "a", "n"))
        return bool(found)

    await_that(look, f"{api_version} to be served")
    return found[0]


def definition(group: str) -> dict[str, object]:
    schema = {"openAPIV3Schema": {"type": "object"}}
    return {
        "metadata": {"name": f"things.{group}"},
        "spec": {
            "group": group,
            "scope": "Cluster",
            "names": {"kind": "Thing", "plural": "things"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
        },
    }
