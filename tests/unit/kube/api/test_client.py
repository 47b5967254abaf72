"""Objects in and out of an API server."""

import json
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.errors import OperationError, ValidationError
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.kube.api import identity
from helm_rollback_component.kube.api.client import Cluster
from helm_rollback_component.kube.api.kubeconfig import Selected
from tests.support.api_server import Answer, ApiServer, running
from tests.support.transports import open_transport

POD = {"kind": "Pod", "metadata": {"name": "a"}}
KINDS = {
    "resources": [
        {"kind": "Pod", "name": "pods", "namespaced": True},
        {"kind": "Node", "name": "nodes", "namespaced": False},
    ]
}


def page(*names: str, following: str = "") -> Answer:
    items = [{"metadata": {"name": name}} for name in names]
    return Answer(
        {"kind": "PodList", "apiVersion": "v1", "metadata": {"continue": following}, "items": items}
    )


@pytest.mark.parametrize(
    ("metadata", "items", "count"),
    [
        ({}, [], 0),
        ({}, [{}], 1),
        ({"continue": "more", "remainingItemCount": 41}, [{}], 42),
        ({"continue": "more"}, [{}], 1),
    ],
)
def test_objects_are_counted_by_reading_one(
    cluster: Cluster, api: ApiServer, metadata: dict[str, Any], items: list[Any], count: int
) -> None:
    api.answers["/pods"] = Answer({"metadata": metadata, "items": items})
    assert cluster.count("/pods") == count


def refused(status: int, reason: str = "", message: str = "so it is") -> Answer:
    return Answer({"reason": reason, "message": message}, status=status)


CONFLICT = refused(409, "Conflict")


def stored(version: str, **fields: Any) -> dict[str, Any]:
    """Return the pod as the server has it, in that version."""
    metadata = {"name": "a", "uid": "1", "resourceVersion": version, "managedFields": [version]}
    return {**POD, "metadata": metadata, **fields}


def event(kind: str, found: dict[str, Any]) -> bytes:
    return json.dumps({"type": kind, "object": found}).encode() + b"\n"


@pytest.fixture
def cluster(api: ApiServer) -> Iterator[Cluster]:
    selected = Selected("here", {"server": api.url}, {})
    with open_transport(selected) as transport:
        yield Cluster(selected, transport)


@pytest.mark.parametrize("way", ["exec", "token"])
def test_credentials_are_masked_wherever_they_come_from(api: ApiServer, way: str) -> None:
    version = "client.authentication.k8s.io/v1beta1"
    answer = json.dumps({"apiVersion": version, "status": {"token": "plugins-token"}})
    plugin = {"apiVersion": version, "command": "echo", "args": [answer]}
    user = {"exec": plugin, "token": "plugins-token"}[way]
    selected = Selected("here", {"server": api.url}, {way: user})
    redact = Redactor()
    with open_transport(selected) as transport:
        cluster = Cluster(selected, transport)
        cluster.teach(redact)
        api.queue.append(Answer({}))
        cluster.get("/version")
    assert redact("a plugins-token") == "a [secret]"


def test_the_password_of_a_proxy_is_masked(api: ApiServer) -> None:
    selected = Selected("here", {"server": api.url, "proxy-url": "http://user:hunter2@localhost:1"}, {})
    redact = Redactor()
    with open_transport(selected) as transport:
        Cluster(selected, transport).teach(redact)
    assert redact("http://user:hunter2@localhost:1") == "http://user:[secret]@localhost:1"


def test_one_object_for_each_kubeconfig_and_context(api: ApiServer) -> None:
    content = api.kubeconfig()
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: Cluster.connect(content), range(32)))
    assert len(found) == 1
    assert Cluster.connect(content, "here") is not found.pop()
    assert not api.asked


def test_a_context_that_is_not_there_is_refused(api: ApiServer) -> None:
    with pytest.raises(ValidationError, match="no context nope"):
        Cluster.connect(api.kubeconfig(), "nope")


class TestIdentity:
    def test_it_is_the_uid_of_kube_system(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue.append(Answer({"metadata": {"uid": "1-2-3"}}))
        first, second = cluster.identity(), cluster.identity()
        assert first == second
        assert first.startswith("uid:1-2-3 server:")
        assert [asked.path for asked in api.asked] == ["/api/v1/namespaces/kube-system"]

    @pytest.mark.parametrize("answer", [refused(403), refused(404)])
    def test_where_that_is_hidden_it_is_the_server(
        self, api: ApiServer, cluster: Cluster, answer: Answer
    ) -> None:
        api.queue.append(answer)
        assert cluster.identity().startswith("server:")

    def test_another_failure_is_none_of_the_server(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue.append(refused(401))
        with pytest.raises(OperationError):
            cluster.identity()
        api.queue.append(Answer({"metadata": {"uid": "1"}}))
        assert cluster.identity().startswith("uid:1 ")

    def test_the_authority_counts_wherever_it_is_kept(self, tmp_path: Path) -> None:
        (tmp_path / "ca").write_bytes(b"authority")
        here: dict[str, Any] = {"server": "https://a"}
        inline = {**here, "certificate-authority-data": b64encode(b"authority").decode()}
        in_file = {**here, "certificate-authority": str(tmp_path / "ca")}
        digests = [identity.fingerprint(cluster) for cluster in (here, inline, in_file)]
        assert digests[1] == digests[2] != digests[0]


class TestValidatesFields:
    def test_the_version_tells_and_is_asked_for_once(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue.append(Answer({"major": "1", "minor": "27"}))
        assert [cluster.validates_fields(), cluster.validates_fields()] == [True] * 2
        assert [asked.path for asked in api.asked] == ["/version"]

    def test_a_server_that_tells_nothing_does_not(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue.append(refused(404))
        assert not cluster.validates_fields()


def test_kinds_are_asked_for_again_once_they_are_forgotten(api: ApiServer, cluster: Cluster) -> None:
    api.answers["/api/v1"] = Answer({"resources": [{"kind": "Pod", "name": "pods", "namespaced": True}]})
    cluster.find_kind("v1", "Pod")
    cluster.forget_kinds()
    cluster.find_kind("v1", "Pod")
    assert [asked.path for asked in api.asked] == ["/api/v1"] * 2


class TestGet:
    def test_an_object(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue.append(Answer(POD))
        assert cluster.get("/pods/a", some="thing") == POD
        assert api.asked[0].query == {"some": "thing"}

    def test_none_if_there_is_none(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue.append(refused(404))
        assert cluster.get("/pods/a") is None

    @pytest.mark.parametrize("body", [b"<html>", b"[1]"])
    def test_another_server_is_told_from_kubernetes(
        self, api: ApiServer, cluster: Cluster, body: bytes
    ) -> None:
        api.queue.append(Answer(body))
        with pytest.raises(OperationError) as caught:
            cluster.get("/pods/a")
        assert caught.value.reason == "UnexpectedAnswer"


class TestList:
    def test_pages_are_followed_and_kinds_filled_in(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue += [page("a", "b", following="more"), page("c")]
        found = cluster.list("/pods", labelSelector="a=b")
        assert [pod["metadata"]["name"] for pod in found] == ["a", "b", "c"]
        assert {(pod["kind"], pod["apiVersion"]) for pod in found} == {("Pod", "v1")}
        assert [asked.query.get("continue") for asked in api.asked] == [None, "more"]
        assert {asked.query["labelSelector"] for asked in api.asked} == {"a=b"}

    def test_an_empty_list(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue.append(Answer({"kind": "PodList", "apiVersion": "v1", "items": None}))
        assert cluster.list("/pods") == []

    def test_metadata_alone(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue.append(page("a", "b"))
        assert cluster.list_metadata("/pods") == [{"name": "a"}, {"name": "b"}]
        assert "PartialObjectMetadataList" in api.asked[0].headers["Accept"]

    def test_metadata_of_one_alone(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue += [Answer({"kind": "PartialObjectMetadata", "metadata": {"name": "a"}}), refused(404)]
        assert cluster.get_metadata("/pods/a") == {"name": "a"}
        assert cluster.get_metadata("/pods/b") is None
        assert "as=PartialObjectMetadata;" in api.asked[0].headers["Accept"]

    def test_a_collection_that_is_not_there_is_an_error(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue.append(refused(404))
        with pytest.raises(OperationError) as caught:
            cluster.list("/pods")
        assert caught.value.reason == "NotFound"


class TestWriting:
    def test_each_verb(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue += [Answer(POD, status=201), Answer(POD), Answer(POD)]
        assert cluster.create("/pods", POD) == POD
        assert cluster.replace("/pods/a", POD) == POD
        assert cluster.patch("/pods/a", [1], content_type="application/json-patch+json") == POD
        assert [asked.method for asked in api.asked] == ["POST", "PUT", "PATCH"]
        assert [json.loads(asked.body) for asked in api.asked] == [POD, POD, [1]]
        assert [asked.headers["Content-Type"] for asked in api.asked] == [
            "application/json",
            "application/json",
            "application/json-patch+json",
        ]

    def test_a_conflict(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue += [CONFLICT, Answer(stored("2", data="another's"))]
        with pytest.raises(OperationError) as caught:
            cluster.replace("/pods/a", stored("1"))
        assert caught.value.reason == "Conflict"

    def test_a_conflict_that_cannot_be_looked_at_stands(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue += [CONFLICT, refused(403)]
        with pytest.raises(OperationError) as caught:
            cluster.replace("/pods/a", stored("1"))
        assert caught.value.reason == "Conflict"

    def test_a_replacement_that_was_made_before_is_made(self, api: ApiServer, cluster: Cluster) -> None:
        made = stored("2", data="mine")
        api.queue += [CONFLICT, Answer(made)]
        assert cluster.replace("/pods/a", stored("1", data="mine")) == made
        assert [(asked.method, asked.path) for asked in api.asked] == [("PUT", "/pods/a"), ("GET", "/pods/a")]

    def test_an_object_that_was_made_before_is_made(self, api: ApiServer, cluster: Cluster) -> None:
        made = {**stored("1"), "type": "as the server has it"}
        api.queue += [refused(409, "AlreadyExists"), Answer(made)]
        assert cluster.create("/pods", POD) == made
        assert api.asked[1].path == "/pods/a"

    def test_a_conflict_that_there_is_not_is_sent_again(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue += [CONFLICT, Answer(stored("1", data="old")), Answer(stored("2", data="new"))]
        assert cluster.replace("/pods/a", stored("1", data="new"))["data"] == "new"

    def test_that_has_an_end(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue += [CONFLICT, refused(404)] * 2 + [CONFLICT]
        with pytest.raises(OperationError) as caught:
            cluster.create("/pods", POD)
        assert caught.value.reason == "Conflict"
        assert not api.queue

    def test_a_review_that_meets_one_is_not_looked_for(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue += [CONFLICT, Answer({"status": {"allowed": True}})]
        with pytest.raises(OperationError) as caught:
            cluster.review("/reviews", {"verb": "get"})
        assert caught.value.reason == "Conflict"
        assert cluster.review("/reviews", {"verb": "get"}) == {"status": {"allowed": True}}
        assert json.loads(api.asked[1].body) == {"spec": {"verb": "get"}}

    def test_deletion(self, api: ApiServer, cluster: Cluster) -> None:
        meant = {"preconditions": {"uid": "1"}}
        api.queue += [Answer({}), refused(404), CONFLICT, Answer({"metadata": {"uid": "2"}})]
        assert cluster.delete("/pods/a", meant)
        assert json.loads(api.asked[0].body) == meant
        assert not cluster.delete("/pods/a")
        with pytest.raises(OperationError):
            cluster.delete("/pods/a", meant)

    def test_a_namespace_that_is_gone_is_not_there(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue.append(Answer({"details": {"kind": "namespaces", "name": "a"}}, status=404))
        assert not cluster.delete("/api/v1/namespaces/a")

    def test_what_is_gone_is_deleted(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue += [CONFLICT, refused(404)]
        assert cluster.delete("/pods/a", {"preconditions": {"uid": "1"}})


class TestWatch:
    def test_events(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue.append(Answer(parts=[event("ADDED", POD), event("BOOKMARK", {})]))
        found = list(cluster.watch("/pods", timeout=7, stop=Cancellation(), labelSelector="a=b"))
        assert found == [("ADDED", POD), ("BOOKMARK", {})]
        assert api.asked[0].query == {
            "watch": "1",
            "allowWatchBookmarks": "true",
            "timeoutSeconds": "7",
            "labelSelector": "a=b",
        }

    def test_a_stop_before_asks_nothing(self, api: ApiServer, cluster: Cluster) -> None:
        stop = Cancellation()
        stop.request()
        assert list(cluster.watch("/pods", timeout=7, stop=stop)) == []
        assert not api.asked

    def test_a_stop_between_events_ends_it(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue.append(Answer(parts=[event("ADDED", POD) + event("DELETED", POD)]))
        stop = Cancellation()
        watch = cluster.watch("/pods", timeout=7, stop=stop)
        assert next(watch) == ("ADDED", POD)
        stop.request()
        assert list(watch) == []

    @pytest.mark.parametrize("line", [b"[]", b"{}", b'{"type": "ADDED"}', b'{"type": 1, "object": {}}'])
    def test_what_is_no_event_is_no_kubernetes(self, api: ApiServer, cluster: Cluster, line: bytes) -> None:
        api.queue.append(Answer(parts=[line]))
        with pytest.raises(OperationError) as caught:
            list(cluster.watch("/pods", timeout=7, stop=Cancellation()))
        assert caught.value.reason == "UnexpectedAnswer"

    def test_an_expired_version_is_told(self, api: ApiServer, cluster: Cluster) -> None:
        api.queue.append(Answer(parts=[event("ERROR", {"code": 410, "message": "too old version"})]))
        with pytest.raises(OperationError) as caught:
            list(cluster.watch("/pods", timeout=7, stop=Cancellation(), resourceVersion="1"))
        assert (caught.value.reason, caught.value.temporary) == ("Expired", True)


def test_text_is_asked_for_once(api: ApiServer, cluster: Cluster) -> None:
    api.queue += [refused(503), Answer({})]
    with pytest.raises(OperationError):
        cluster.text("/log")
    assert len(api.asked) == 1


def test_whatever_it_answers_the_server_is_there(api: ApiServer, cluster: Cluster) -> None:
    api.queue.append(refused(503))
    cluster.greet()
    assert [each.path for each in api.asked] == ["/version"]


def test_a_server_that_is_away_is_greeted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    with running() as api:
        away = Cluster.connect(api.kubeconfig())
    with pytest.raises(OperationError) as caught:
        away.greet()
    assert (caught.value.reason, pauses) == ("Unreachable", [])


def test_text(api: ApiServer, cluster: Cluster) -> None:
    api.queue += [Answer(b"line \xff\n"), refused(400, message="container is waiting to start")]
    assert cluster.text("/log", tailLines="5") == "line \ufffd\n"
    with pytest.raises(OperationError, match="waiting to start"):
        cluster.text("/log")


def test_paths_of_objects(api: ApiServer, cluster: Cluster) -> None:
    api.answers["/api/v1"] = Answer(KINDS)
    assert cluster.object_path("v1", "Pod", "a", "apps") == "/api/v1/namespaces/apps/pods/a"
    assert cluster.object_path("v1", "Node", "a", "apps") == "/api/v1/nodes/a"
    assert cluster.find_kind("v1", "Node").namespaced is False
    assert len(api.asked) == 1
