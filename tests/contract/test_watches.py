"""Releases followed by watches on a real control plane: what it costs, and what happens when watches fail."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import HealthConfig
from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.core.health.model import HealthVerdict
from helm_rollback_component.core.health.timeout import Limit
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import http_client, paths
from helm_rollback_component.kube.health.examiner import HealthContext
from helm_rollback_component.kube.health.wait import Beginning, wait_ready
from helm_rollback_component.kube.informers.collection import Collection
from helm_rollback_component.kube.informers.informers import Informers
from helm_rollback_component.reasons import Reason
from tests.support import second_server
from tests.support.control_plane import place
from tests.support.recording import RecordedCluster
from tests.support.second_server import SecondServer
from tests.support.waiting import HANG_LIMIT, await_that
from tools.relay import relay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from helm_rollback_component.kube.api.client import Cluster
    from tests.support.control_plane import Place, Rules
    from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]

QUICK = HealthConfig(grace=1, image_pull_grace=0.2)
FOLLOWED = ("deployments", "replicasets", "pods")
CALM = 3.0
"""Seconds in which nothing is to be asked: longer than any pause between two looks or two lists."""

READ = ["get", "list", "watch"]


@pytest.fixture
def here(ground: Ground) -> Iterator[Place]:
    with place(ground) as found:
        yield found


@pytest.fixture
def informers(here: Place) -> Informers:
    """Informers that are shared with no other test, and written down."""
    return Informers(RecordedCluster(here.kubeconfig))


def deployment(name: str, play: str = "never-ready", **labels: str) -> dict[str, Any]:
    """Make a Deployment as Helm would have applied it."""
    own = {"app": name, **labels}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "annotations": {"meta.helm.sh/release-name": name}},
        "spec": {
            "selector": {"matchLabels": own},
            "template": {
                "metadata": {"labels": {**own, "ground/play": play}},
                "spec": {"containers": [{"name": "app", "image": f"registry.example/{name}"}]},
            },
        },
    }


@dataclass
class Wait:
    """A release of one Deployment that is waited for, in a thread of its own, until the block ends."""

    here: Place
    informers: Informers
    release: dict[str, Any]
    said: list[str] = field(default_factory=list)
    verdict: HealthVerdict | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._stop = Cancellation()
        self._thread = threading.Thread(target=self._wait)

    def __enter__(self) -> Self:
        self.here.cluster.create(deployments(self.here), self.release)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.request()
        self._thread.join()

    @property
    def name(self) -> str:
        return str(self.release["metadata"]["name"])

    def await_first_look(self) -> None:
        """Return once it is known what is waited for, with the pod's own state."""
        await_that(lambda: self._seen or self.ended.is_set(), f"a look at {self.name}")
        assert self._seen, "the wait ended at once"

    @property
    def _seen(self) -> bool:
        return any("0 of 1 updated" in line for line in self.said)

    def play(self, what: str) -> None:
        """Have the pods of the Deployment behave so from now on, through a connection of the test's own."""
        template = {"metadata": {"labels": {"ground/play": what}}}
        path = f"{deployments(self.here)}/{self.name}"
        patch = {"spec": {"template": template}}
        self.here.cluster.patch(path, patch, content_type="application/merge-patch+json")

    def await_end(self) -> HealthVerdict | None:
        assert self.ended.wait(HANG_LIMIT), "the wait did not end"
        return self.verdict

    def _wait(self) -> None:
        context = HealthContext(self.informers, self.here.namespace, QUICK, self.said.append)
        try:
            limit = Limit(Reason.READINESS_TIMEOUT, HANG_LIMIT)
            found = wait_ready(context, [self.release], limit, self._stop, Beginning())
            self.verdict = found if isinstance(found, HealthVerdict) else None
        finally:
            self.ended.set()


def deployments(here: Place) -> str:
    return paths.resource("apps/v1", "deployments", "", here.namespace)


def rules(deployments: list[str], others: list[str]) -> Rules:
    """Allow so much on Deployments and on what belongs to them."""
    return [
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": deployments},
        {"apiGroups": ["apps"], "resources": ["replicasets"], "verbs": others},
        {"apiGroups": [""], "resources": ["pods", "events"], "verbs": others},
    ]


def user_of(here: Place, allowed: Rules) -> Cluster:
    """Return the cluster for a user whose rights the API server knows by now; to list pods is one of them."""
    user = here.as_user(allowed)

    def known() -> bool:
        with suppress(OperationError):
            user.list(paths.pods(here.namespace))
            return True
        return False

    await_that(known, "the API server to know the user's rights")
    return user


def record_of(cluster: Cluster) -> RecordedCluster:
    assert isinstance(cluster, RecordedCluster)
    return cluster


def test_releases_of_a_namespace_share_one_watch_a_kind_and_cost_nothing_while_nothing_changes(
    here: Place, informers: Informers
) -> None:
    waits = [Wait(here, informers, deployment(f"web-{number}")) for number in range(20)]
    record = record_of(informers.cluster).record
    with ThreadPoolExecutor(len(waits)) as starters:
        [*starters.map(Wait.__enter__, waits)]
    try:
        for each in waits:
            each.await_first_look()
        await_that(lambda: record.open() == dict.fromkeys(FOLLOWED, 1), "the watches after the last lists")
        assert {what: record.most[what] for what in FOLLOWED} == dict.fromkeys(FOLLOWED, 1)
        assert all(record.count("GET", what) <= len(waits) + 1 for what in FOLLOWED)
        asked = len(record.asked)
        assert not threading.Event().wait(CALM)
        assert record.asked[asked:] == []
        waits[7].play("image-pull")
        verdict = waits[7].await_end()
    finally:
        for each in waits:
            each.__exit__()
    assert verdict is not None
    assert (verdict.reason, verdict.object.name) == ("ImagePullBackOff", "web-7")
    others = [each.verdict.reason for each in waits if each.verdict and each is not waits[7]]
    assert set(others) == {"Cancelled"}


def test_when_connections_are_cut_a_fault_is_found_all_the_same(ground: Ground, here: Place) -> None:
    with relay(ground.kubeconfig) as traffic:
        cluster = RecordedCluster(traffic.kubeconfig)
        with Wait(here, Informers(cluster), deployment("web")) as wait:
            wait.await_first_look()
            traffic.cut()
            wait.play("image-pull")
            verdict = wait.await_end()
    assert verdict is not None
    assert verdict.reason == "ImagePullBackOff"


def test_connections_that_are_cut_again_and_again_are_no_fault(ground: Ground, here: Place) -> None:
    with relay(ground.kubeconfig) as traffic:
        cluster = RecordedCluster(traffic.kubeconfig)
        with Wait(here, Informers(cluster), deployment("web")) as wait:
            wait.await_first_look()
            for _ in range(3):
                await_that(lambda: cluster.record.open().get("pods"), "the watch to stand")
                watches = cluster.record.count("WATCH", "pods")
                traffic.cut()
                await_that(partial(cluster.record.watched_again, "pods", watches), "the next watch")
            wait.play("ready")
            assert wait.await_end() is None


def test_connections_that_fall_silent_are_given_up_when_a_request_gets_no_answer(
    ground: Ground, here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_client, "_TIMEOUT", 1.0)
    with relay(ground.kubeconfig) as traffic:
        cluster = RecordedCluster(traffic.kubeconfig)
        with Wait(here, Informers(cluster), deployment("web")) as wait:
            wait.await_first_look()
            renew = partial(cluster.get, paths.namespace(here.namespace))  # as a lock does, time and again
            renew()
            traffic.silence()
            wait.play("image-pull")
            renew()
            verdict = wait.await_end()
    assert verdict is not None
    assert verdict.reason == "ImagePullBackOff"


def test_a_version_that_the_server_has_no_longer_leads_to_another_list(
    here: Place, informers: Informers
) -> None:
    record = record_of(informers.cluster).record
    record.aged = 3
    with Wait(here, informers, deployment("web")) as wait:
        wait.await_first_look()
        await_that(lambda: set(record.open()) >= set(FOLLOWED), "watches of all kinds")
        assert record.aged == 0
        wait.play("image-pull")
        verdict = wait.await_end()
    assert verdict is not None
    assert verdict.reason == "ImagePullBackOff"


def test_when_the_api_server_is_restarted_a_fault_is_found_all_the_same(ground: Ground, here: Place) -> None:
    if not second_server.is_possible(ground):
        pytest.skip("the cluster's storage is elsewhere, so it cannot have an API server of the test's own")
    with SecondServer(ground, here) as server:
        there = replace(here, kubeconfig=here.with_cluster(server=server.url))
        user = user_of(there, rules(READ, READ))
        with Wait(here, Informers(user), deployment("web")) as wait:
            wait.await_first_look()
            server.kill()
            wait.play("image-pull")
            server.start()
            verdict = wait.await_end()
    assert verdict is not None
    assert verdict.reason == "ImagePullBackOff"


class TestRights:
    def said_until_the_fault_is_found(self, here: Place, user: Cluster) -> list[str]:
        with Wait(here, Informers(user), deployment("web")) as wait:
            wait.await_first_look()
            wait.play("image-pull")
            verdict = wait.await_end()
        assert verdict is not None
        assert verdict.reason == "ImagePullBackOff"
        return wait.said

    def test_who_may_list_but_not_watch_is_served_and_told_once_what_is_lacking(self, here: Place) -> None:
        user = user_of(here, rules(["get", "list"], ["get", "list"]))
        said = self.said_until_the_fault_is_found(here, user)
        lacking = [line for line in said if "cannot watch resource" in line]
        assert sorted(line.split('"')[3] for line in lacking) == sorted(FOLLOWED)

    def test_who_may_only_get_deployments_is_served_and_told_once_what_is_lacking(self, here: Place) -> None:
        user = user_of(here, rules(["get"], READ))
        said = self.said_until_the_fault_is_found(here, user)
        lacking = [line for line in said if "cannot" in line]
        assert len(lacking) == 1
        assert 'cannot list resource "deployments"' in lacking[0]


def test_of_a_crowd_of_foreign_pods_only_ours_are_kept(here: Place, informers: Informers) -> None:
    foreign = [f"foreign-{number}" for number in range(510)]
    pods = paths.pods(here.namespace)

    def put(name: str) -> None:
        spec = {"schedulerName": "nobody", "containers": [{"name": "app", "image": "registry.example/x"}]}
        here.cluster.create(pods, {"metadata": {"name": name}, "spec": spec})

    with ThreadPoolExecutor(8) as creators:
        [*creators.map(put, foreign)]
    with Wait(here, informers, deployment("web")) as wait:
        wait.await_first_look()
        crowd = informers.acquire(Collection(pods, at_most=500))
        ours = informers.acquire(Collection(pods, labels="app=web"))
        assert crowd.crowded
        assert not any(each.store.named(name) for each in (crowd, ours) for name in foreign)
        wait.play("image-pull")
        verdict = wait.await_end()
    assert verdict is not None
    assert verdict.reason == "ImagePullBackOff"
