"""Records as Helm 3 and Helm 4 really write them."""

import json
import os
import signal
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.core.records.digests import Digester, as_stored
from helm_rollback_component.core.records.history import Status
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.api.client import Cluster
from helm_rollback_component.kube.storage import release_codec
from helm_rollback_component.kube.storage.storage import ReleaseStorage
from helm_rollback_component.results import Resource
from tests.support import control_plane
from tests.support.control_plane import Place, write_chart
from tests.support.waiting import await_that
from tools import relay
from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]

DIGESTER = Digester(b"k" * 32)
VALUES = {"text": "é\u2028<&>", "null": None, "list": [1, 2.5, {}], "big": 2**53 + 1, "size": 3, "zero": -0.0}
NEVER_READY = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  selector:
    matchLabels: {app: a}
  template:
    metadata:
      labels: {app: a}
    spec:
      nodeSelector: {no-such: node}
      containers: [{name: main, image: example/web}]
"""

helms = pytest.mark.parametrize("major", [3, 4])


class Release:
    """One release, and the Helm that works on it."""

    def __init__(self, place: Place, folder: Path) -> None:
        self.place = place
        self.folder = folder
        self.storage = ReleaseStorage(place.cluster, place.namespace, "web", DIGESTER)

    def helm(self, major: int, *arguments: object) -> str:
        return self.place.helm(major, *arguments)

    def deploy(self, major: int, verb: str = "upgrade", *arguments: object, **chart: str) -> None:
        self.helm(major, verb, "web", write_chart(self.folder, **chart), *arguments)

    def values(self, **values: Any) -> str:
        file = self.folder.with_suffix(".json")
        file.write_text(json.dumps(values))
        return f"--values={file}"

    def path(self, revision: int) -> str:
        return paths.secrets(self.place.namespace, release_codec.secret_name("web", revision))

    def secret(self, revision: int) -> dict[str, Any]:
        found = self.place.cluster.get(self.path(revision))
        assert found is not None
        return found


@pytest.fixture
def release(ground: Ground, tmp_path: Path) -> Iterator[Release]:
    with control_plane.place(ground) as place:
        yield Release(place, tmp_path / "web")


@helms
def test_history_is_what_helm_says_it_is(release: Release, major: int) -> None:
    release.deploy(major, "install")
    release.deploy(major, "upgrade", "--set=size=2", version="1.1.0")
    release.helm(major, "rollback", "web", 1)
    told = json.loads(release.helm(major, "history", "web", "--output=json"))
    history = release.storage.history()
    assert [
        (record.revision, record.status.value, record.description, record.app_version) for record in history
    ] == [(each["revision"], each["status"], each["description"], each["app_version"]) for each in told]
    assert [f"{record.chart_name}-{record.chart_version}" for record in history] == [
        each["chart"] for each in told
    ]
    assert history.unreadable == ()


@pytest.mark.parametrize(("first", "second"), [(3, 4), (4, 3), (3, 3), (4, 4)])
def test_digests_outlive_whichever_helm_rewrites_a_record(release: Release, first: int, second: int) -> None:
    release.deploy(first, "install", release.values(**VALUES), version="1.0.0")
    (before,) = release.storage.history()
    release.deploy(second, "upgrade", release.values(size=9), "--reset-values", version="1.1.0")
    release.helm(first, "test", "web")
    release.helm(second, "rollback", "web", 1)
    superseded, other, restored = release.storage.history()
    assert (before.status, superseded.status) == (Status.DEPLOYED, Status.SUPERSEDED)
    assert superseded.digest == before.digest
    assert restored.digest == before.digest
    assert other.digest != before.digest
    assert {record.values_digest for record in (before, superseded, restored)} == {
        DIGESTER.of(as_stored(VALUES))
    }


@helms
def test_objects_and_hooks(release: Release, major: int) -> None:
    release.deploy(major, "install", release.values(size=3))
    namespace = release.place.namespace
    assert release.storage.resources(1) == (Resource("v1", "ConfigMap", "web", namespace),)
    (config,) = release.storage.manifest(1)
    assert json.loads(config["data"]["values"])["size"] == 3
    assert [found["kind"] for found in release.storage.objects(1)] == ["ConfigMap", "Pod"]


def test_records_of_others_are_not_counted(release: Release) -> None:
    release.deploy(4, "install")
    found = release.secret(1)
    labels, secrets = found["metadata"]["labels"], paths.secrets(release.place.namespace)
    for name, changed, kind in (
        (release_codec.secret_name("web", 2), {"owner": "someone"}, found["type"]),
        (release_codec.secret_name("web", 3), {}, "Opaque"),
        ("backup-of-web", {}, found["type"]),
    ):
        metadata = {"name": name, "labels": {**labels, **changed}}
        release.place.cluster.create(secrets, {"metadata": metadata, "type": kind, "data": found["data"]})
    assert [record.revision for record in release.storage.history()] == [1]
    for revision in (2, 3):
        release.storage.delete(revision)
        assert release.secret(revision)


def test_a_corrupt_record_is_told_and_the_others_are_read(release: Release) -> None:
    release.deploy(4, "install")
    release.deploy(4)
    found = release.secret(1)
    release.place.cluster.replace(
        release.path(1), {**found, "data": {"release": b64encode(b"corrupt").decode()}}
    )
    history = release.storage.history()
    assert ([record.revision for record in history], history.unreadable) == ([2], (1,))


def test_history_reads_only_what_changed(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    release.deploy(4, "install")
    for _ in range(3):
        release.deploy(4)
    release.storage.history()
    reads: list[str] = []
    get = release.place.cluster.get

    def counted(path: str, **query: str) -> dict[str, Any] | None:
        reads.append(path)
        return get(path, **query)

    monkeypatch.setattr(release.place.cluster, "get", counted)
    assert len(release.storage.history().records) == 4
    assert reads == []
    release.deploy(4)
    assert len(release.storage.history().records) == 5
    assert sorted(reads) == [release.path(4), release.path(5)]


@helms
def test_a_release_that_a_dead_client_left_pending_can_be_unlocked(release: Release, major: int) -> None:
    release.deploy(major, "install")
    write_chart(release.folder, template=NEVER_READY)
    program = release.place.ground.helm(major)
    kubeconfig = f"--kubeconfig={release.place.ground.kubeconfig}"
    with subprocess.Popen(
        [program, "upgrade", "web", release.folder, "--wait", "-n", release.place.namespace, kubeconfig],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as client:
        latest = pending(release)
        assert [found["kind"] for found in release.storage.manifest(latest)] == ["Deployment"]
        client.send_signal(signal.SIGKILL)
    with pytest.raises(subprocess.CalledProcessError) as refused:
        release.deploy(major)
    assert "another operation" in refused.value.stderr

    release.storage.mark_failed(latest, "its client died")

    record = release.storage.history().records[-1]
    assert (record.status, record.description) == (Status.FAILED, "its client died")
    (told,) = json.loads(release.helm(major, "history", "web", "--max=1", "--output=json"))
    assert (told["status"], told["description"]) == ("failed", "its client died")
    assert release.secret(latest)["metadata"]["labels"]["status"] == "failed"
    with pytest.raises(OperationError, match="is failed by now"):
        release.storage.mark_failed(latest, "again")
    release.deploy(major)
    assert release.storage.history().records[-1].status is Status.DEPLOYED


def pending(release: Release) -> int:
    def begun() -> bool:
        latest = release.storage.history().latest
        return latest is not None and latest.status is Status.PENDING_UPGRADE

    await_that(begun, "the upgrade to begin")
    return release.storage.history().records[-1].revision


def test_a_pruned_revision_is_gone_for_helm_too(release: Release) -> None:
    release.deploy(4, "install")
    release.deploy(4)
    release.storage.delete(1)
    release.storage.delete(1)
    assert [record.revision for record in release.storage.history()] == [2]
    assert len(json.loads(release.helm(4, "history", "web", "--output=json"))) == 1
    with pytest.raises(OperationError) as caught:
        release.storage.manifest(1)
    assert caught.value.reason == "RevisionMissing"


def test_the_documented_permissions_are_enough(release: Release) -> None:
    release.deploy(4, "install")
    release.deploy(4)
    user = release.place.as_user(
        [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list", "update", "delete"]}]
    )
    storage = ReleaseStorage(user, release.place.namespace, "web", DIGESTER)
    assert [record.revision for record in storage.history()] == [1, 2]
    assert storage.resources(2)
    storage.delete(1)


@pytest.mark.parametrize("verbs", [["get", "list", "watch"], ["get", "list"]])
@helms
def test_a_record_is_there_as_soon_as_helm_has_written_it(
    release: Release, major: int, verbs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    release.deploy(major, "install")
    user = release.place.as_user([{"apiGroups": [""], "resources": ["secrets"], "verbs": verbs}])
    storage = ReleaseStorage(user, release.place.namespace, "web", DIGESTER)
    write_chart(release.folder, template=NEVER_READY)
    program = release.place.ground.helm(major)
    kubeconfig = f"--kubeconfig={release.place.ground.kubeconfig}"
    with ThreadPoolExecutor(1) as waiter:
        arrived = waiter.submit(storage.await_record, 2, Cancellation())
        with subprocess.Popen(
            [program, "upgrade", "web", release.folder, "--wait", "-n", release.place.namespace, kubeconfig],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as client:
            assert arrived.result(timeout=120)
            monkeypatch.setattr(user, "get", None)
            assert [found["kind"] for found in storage.objects(2)] == ["Deployment"]
            client.send_signal(signal.SIGKILL)
    assert release.storage.history().records[-1].status is Status.PENDING_UPGRADE


def test_a_record_that_does_not_come_is_waited_for_until_told_otherwise(release: Release) -> None:
    stop = Cancellation()
    timer = threading.Timer(0.5, stop.request)
    timer.start()
    assert not release.storage.await_record(1, stop)
    timer.join()


def test_a_record_that_may_not_be_read_is_not_waited_for(release: Release) -> None:
    storage = ReleaseStorage(release.place.as_user([]), release.place.namespace, "web", DIGESTER)
    with pytest.raises(OperationError) as caught:
        storage.await_record(1, Cancellation())
    assert (caught.value.reason, caught.value.release) == ("Forbidden", f"{release.place.namespace}/web")


def test_a_large_record_comes_compressed(release: Release) -> None:
    noise = b64encode(os.urandom(300_000)).decode()
    release.deploy(4, "install", release.values(text=noise))
    with relay.relay(release.place.ground.kubeconfig) as traffic:
        cluster = Cluster.connect(traffic.kubeconfig)
        storage = ReleaseStorage(cluster, release.place.namespace, "web", DIGESTER)
        assert storage.manifest(1)
        assert traffic.received < 0.85 * len(release.secret(1)["data"]["release"])


def test_what_is_forbidden_names_the_release(release: Release) -> None:
    storage = ReleaseStorage(release.place.as_user([]), release.place.namespace, "web", DIGESTER)
    with pytest.raises(OperationError) as caught:
        storage.history()
    assert caught.value.reason == "Forbidden"
    assert caught.value.release == f"{release.place.namespace}/web"
