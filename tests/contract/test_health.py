"""Real Helm and a real control plane: bad roll-outs are condemned within seconds, good ones never."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import pytest

from helm_rollback_component.config import HealthConfig
from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.core.health.baseline import Baseline
from helm_rollback_component.core.health.model import HealthVerdict
from helm_rollback_component.core.health.timeout import Limit
from helm_rollback_component.core.records.digests import Digester
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.api.client import Cluster
from helm_rollback_component.kube.clock import CLOCK, Clock
from helm_rollback_component.kube.health.examiner import HealthContext
from helm_rollback_component.kube.health.observer import baseline
from helm_rollback_component.kube.health.wait import Beginning, soak, wait_ready
from helm_rollback_component.kube.health.watch import Applied, HealthWatch
from helm_rollback_component.kube.informers.informers import informers_of
from helm_rollback_component.kube.storage.storage import ReleaseStorage
from helm_rollback_component.reasons import Reason
from tests.contract.laboratory import Listening
from tests.support.waiting import HANG_LIMIT, await_that

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]

Object = dict[str, Any]

TEMPLATE = "{{ range .Values.objects }}\n---\n{{ toYaml . }}\n{{ end }}\n"
RELEASE = "shop"
UNJUDGED = 6.0
"""Seconds, longer than any grace of `QUICK`: a fault that is judged at all is judged within them."""
QUICK = HealthConfig(grace=1, refused_grace=2, unschedulable_grace=2, volume_grace=2)


@pytest.fixture
def site(ground: Ground, tmp_path: Path) -> Iterator[Site]:
    cluster = Cluster.connect(ground.kubeconfig.read_text())
    namespace = f"health-{uuid.uuid4().hex[:8]}"
    cluster.create(paths.namespace(""), {"metadata": {"name": namespace}})
    yield Site(ground, cluster, namespace, chart(tmp_path))
    cluster.delete(paths.namespace(namespace))


def chart(folder: Path) -> Path:
    """Make a chart that consists of whatever its values say."""
    (folder / "templates").mkdir()
    (folder / "Chart.yaml").write_text("{apiVersion: v2, name: shop, version: 0.1.0}")
    (folder / "templates" / "objects.yaml").write_text(TEMPLATE)
    return folder


@dataclass
class Site:
    """One namespace with one release in it."""

    ground: Ground
    cluster: Cluster
    namespace: str
    chart: Path

    @property
    def storage(self) -> ReleaseStorage:
        return ReleaseStorage(self.cluster, self.namespace, RELEASE, Digester(b"k" * 32))

    def deploy(self, *objects: Object) -> None:
        """Deploy and wait; whatever comes of it."""
        self.helm(
            "upgrade",
            "--install",
            RELEASE,
            str(self.chart),
            "--wait",
            f"--timeout={HANG_LIMIT:.0f}s",
            given=objects,
        )

    def helm(self, *arguments: str, given: Sequence[Object] = ()) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                self.ground.helm(4),
                *arguments,
                "--namespace",
                self.namespace,
                *(["--values=-"] if given else []),
            ],
            env={**os.environ, "KUBECONFIG": str(self.ground.kubeconfig)},
            input=json.dumps({"objects": given}) if given else "",
            capture_output=True,
            text=True,
            check=False,
        )

    def objects(self, revision: int) -> Sequence[Object]:
        try:
            return self.storage.objects(revision)
        except OperationError as error:
            if error.reason != "RevisionMissing":
                raise
            return ()

    def applied(self, revision: int, stop: Cancellation) -> Applied:
        self.storage.await_record(revision, stop)
        return Applied(self.objects(revision), self.storage.stored(revision))

    def before(self, revision: int) -> Baseline:
        return baseline(informers_of(self.cluster), self.namespace, self.objects(revision))

    def upgrade(
        self,
        *objects: Object,
        revision: int = 2,
        settings: HealthConfig = QUICK,
        timeout: int = int(HANG_LIMIT),
        shown: str = "",
    ) -> Watched:
        """Upgrade under watch, ended by a verdict, or some time after a line was `shown`."""
        watched = Watched(shown)
        context = HealthContext(informers_of(self.cluster), self.namespace, settings, watched.tell)
        watch = HealthWatch(context, lambda stop: self.applied(revision, stop), self.before(revision - 1))
        command = [
            str(self.ground.helm(4)),
            "upgrade",
            "--install",
            RELEASE,
            str(self.chart),
            "--wait",
            f"--timeout={timeout}s",
            "--namespace",
            self.namespace,
            "--values=-",
        ]
        with subprocess.Popen(
            command,
            env={**os.environ, "KUBECONFIG": str(self.ground.kubeconfig)},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as helm:
            watched.process = helm
            with watch.start(watched.condemn):
                _, watched.error = helm.communicate(json.dumps({"objects": objects}))
                watched.last = watch.last_verdict() if helm.returncode else None
        return watched

    def pods(self) -> list[Object]:
        return self.cluster.list(paths.pods(self.namespace))

    def unavailable(self, deployment: str) -> bool:
        """Tell whether the controller counts a Deployment's pods, and one of them as unavailable."""
        path = paths.resource("apps/v1", "deployments", deployment, self.namespace)
        found = self.cluster.get(path) or {}
        return bool(found.get("status", {}).get("unavailableReplicas"))

    def wait(
        self,
        *objects: Object,
        settings: HealthConfig = QUICK,
        timeout: float = HANG_LIMIT,
        before: Baseline | None = None,
        said: list[str] | None = None,
    ) -> tuple[HealthVerdict | None, list[str]]:
        said = [] if said is None else said
        context = HealthContext(informers_of(self.cluster), self.namespace, settings, said.append)
        limit = Limit(Reason.READINESS_TIMEOUT, timeout)
        found = wait_ready(context, objects, limit, Cancellation(), Beginning(before or Baseline()))
        return (found if isinstance(found, HealthVerdict) else None), said

    def soak(
        self, *objects: Object, seconds: float, clock: Clock = CLOCK
    ) -> tuple[HealthVerdict | None, float]:
        began = time.monotonic()
        patience = QUICK.model_copy(update={"soak": seconds})
        context = HealthContext(
            informers_of(self.cluster), self.namespace, patience, lambda _: None, clock=clock
        )
        verdict = soak(context, objects, Cancellation())
        return verdict, time.monotonic() - began


@dataclass
class Watched:
    """What came of an upgrade under watch; Helm is ended `UNJUDGED` seconds after `shown` was told."""

    shown: str = ""
    progress: list[str] = field(default_factory=list)
    last: HealthVerdict | None = None
    condemned: bool = False
    error: str = ""
    process: subprocess.Popen[str] | None = None

    def tell(self, line: str) -> None:
        if self.shown and self.shown in line and not self.was_shown:
            threading.Timer(UNJUDGED, self.end).start()
        self.progress.append(line)

    @property
    def was_shown(self) -> bool:
        return any(self.shown in line for line in self.progress)

    def condemn(self) -> None:
        self.condemned = True
        self.end()

    def end(self) -> None:
        assert self.process is not None
        self.process.terminate()

    @property
    def verdict(self) -> HealthVerdict | None:
        """What was said while Helm was at work."""
        return self.last if self.condemned else None

    @property
    def healthy(self) -> bool:
        return not self.condemned and self.process is not None and self.process.returncode == 0


class Acting(Clock):
    """A clock at whose first wait, which is after the first look, something is done."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act: Callable[[], None] | None = act

    def wait(self, event: threading.Event, seconds: float) -> bool:
        act, self._act = self._act, None
        if act is not None:
            act()
        return super().wait(event, seconds)


class Lookout:
    """Looks for something ten times a second, until it was found or the block ends."""

    def __init__(self, found: Callable[[], bool]) -> None:
        self._found = found
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(0.1) and not self._found():
            pass


def pod_template(play: str = "ready", after: str = "", tag: str = "one", **spec: object) -> Object:
    return {
        "metadata": {
            "labels": {"app": "web", "ground/play": play},
            "annotations": {"ground/after": after} if after else {},
        },
        "spec": {"containers": [{"name": "app", "image": f"web:{tag}"}], **spec},
    }


def deployment(
    play: str = "ready", *, after: str = "", replicas: int = 1, tag: str = "one", **spec: object
) -> Object:
    template = spec.pop("template", None) or pod_template(play, after, tag)
    return workload("Deployment", replicas=replicas, template=template, **spec)


def workload(kind: str, **spec: object) -> Object:
    selector = {"matchLabels": {"app": "web"}}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": "web"},
        "spec": {"selector": selector, **spec},
    }


def stateful_set(play: str = "ready", *, tag: str = "one", after: str = "", replicas: int = 2) -> Object:
    return workload(
        "StatefulSet", serviceName="web", replicas=replicas, template=pod_template(play, after, tag)
    )


def job(play: str, *, hook: str = "", name: str = "migrate", **spec: object) -> Object:
    annotations = {"helm.sh/hook": hook, "helm.sh/hook-delete-policy": "before-hook-creation"} if hook else {}
    template = pod_template(play)
    template["metadata"]["labels"]["app"] = name
    template["spec"]["restartPolicy"] = "Never"
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "annotations": annotations},
        "spec": {"template": template, "backoffLimit": 0, **spec},
    }


def slow_hook(after: str) -> Object:
    hook = job("ready", hook="pre-upgrade")
    hook["spec"]["template"]["metadata"]["annotations"] = {"ground/after": after}
    return hook


def quota(pods: int) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "few"},
        "spec": {"hard": {"pods": str(pods)}},
    }


def claim(storage_class: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
            "storageClassName": storage_class,
        },
    }


def config_map(name: str, text: str = "") -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"text": text}}


# Condemned


def test_an_image_that_cannot_be_pulled(site: Site) -> None:
    site.deploy(deployment(replicas=2))
    watched = site.upgrade(deployment("image-pull", replicas=2, tag="two"))
    assert watched.verdict is not None
    assert watched.verdict.reason == "ImagePullBackOff"
    assert (watched.verdict.object.kind, watched.verdict.object.name) == ("Deployment", "web")
    assert watched.verdict.container == "app"
    assert "web:two" in watched.verdict.message
    assert any("ImagePullBackOff" in line for line in watched.progress)


@pytest.mark.parametrize(
    ("play", "settings", "reason"),
    [
        ("crash-loop", QUICK, "CrashLoopBackOff"),
        ("oom-killed", QUICK.model_copy(update={"crash_loop_restarts": 2}), "OOMKilled"),
        ("config-error", QUICK, "CreateContainerConfigError"),
    ],
)
def test_a_container_that_fails(site: Site, play: str, settings: HealthConfig, reason: str) -> None:
    site.deploy(deployment())
    watched = site.upgrade(deployment(play), settings=settings)
    assert watched.verdict is not None
    assert watched.verdict.reason == reason
    assert watched.verdict.object.kind == "Deployment"
    assert watched.verdict.pod.startswith("web-")


def test_a_stateful_set_and_a_daemon_set(site: Site) -> None:
    watched = site.upgrade(stateful_set("image-pull"), revision=1)
    assert watched.verdict is not None
    assert watched.verdict.object.kind == "StatefulSet"
    site.helm("uninstall", RELEASE, "--wait")
    watched = site.upgrade(workload("DaemonSet", template=pod_template("image-pull")), revision=1)
    assert watched.verdict is not None
    assert watched.verdict.object.kind == "DaemonSet"


@pytest.mark.parametrize("hook", ["", "pre-upgrade"])
def test_a_job_that_fails(site: Site, hook: str) -> None:
    site.deploy(deployment())
    watched = site.upgrade(deployment("never-ready", tag="two"), job("fail", hook=hook))
    assert watched.last is not None
    assert watched.last.reason == "JobFailed"
    assert watched.last.object.name == "migrate"
    assert watched.last.container == "app"


def test_a_hook_that_cannot_start(site: Site) -> None:
    site.deploy(deployment())
    watched = site.upgrade(deployment(tag="two"), job("image-pull", hook="pre-upgrade"))
    assert watched.verdict is not None
    assert (watched.verdict.reason, watched.verdict.object.kind) == ("ImagePullBackOff", "Job")


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_a_quota_that_is_exceeded(site: Site, kind: str) -> None:
    bodies = {"Deployment": deployment, "StatefulSet": stateful_set}
    site.deploy(quota(2), bodies[kind](replicas=2))
    watched = site.upgrade(quota(2), bodies[kind](replicas=4))
    assert watched.verdict is not None
    assert watched.verdict.reason == "QuotaExceeded"
    assert "exceeded quota: few" in watched.verdict.message


def test_a_daemon_set_and_a_job_that_the_quota_refuses(site: Site) -> None:
    site.deploy(quota(0))
    watched = site.upgrade(quota(0), workload("DaemonSet", template=pod_template()))
    assert watched.verdict is not None
    assert (watched.verdict.reason, watched.verdict.object.kind) == ("QuotaExceeded", "DaemonSet")
    watched = site.upgrade(quota(0), job("ready", hook="pre-upgrade"), revision=3)
    assert watched.verdict is not None
    assert (watched.verdict.reason, watched.verdict.object.kind) == ("QuotaExceeded", "Job")


def test_a_pod_that_no_node_takes(site: Site) -> None:
    site.deploy(deployment())
    nowhere = pod_template(nodeSelector={"disk": "none"})
    watched = site.upgrade(deployment(template=nowhere))
    assert watched.verdict is not None
    assert watched.verdict.reason == "Unschedulable"


@pytest.mark.parametrize("owned", ["by the release", "by a pod"])
def test_a_claim_that_gets_no_volume(site: Site, owned: str) -> None:
    site.deploy(config_map("nothing"))
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}
    if owned == "by a pod":
        site.cluster.create(
            paths.resource("v1", "persistentvolumeclaims", "", site.namespace), claim("missing")
        )
    own = (
        [claim("missing")]
        if owned == "by the release"
        else [deployment(template=pod_template(volumes=[volume]))]
    )
    watched = site.upgrade(*own)
    assert watched.verdict is not None
    assert watched.verdict.reason == "VolumeUnbound"
    assert 'storageclass.storage.k8s.io "missing" not found' in watched.verdict.message


def test_a_progress_deadline_that_passes(site: Site) -> None:
    site.deploy(deployment())
    watched = site.upgrade(deployment("never-ready", progressDeadlineSeconds=3))
    assert watched.last is not None
    assert watched.last.reason == "ProgressDeadlineExceeded"


def test_nothing_is_judged_where_that_is_off(site: Site) -> None:
    site.deploy(deployment())
    settings = QUICK.model_copy(update={"fail_fast": False})
    watched = site.upgrade(
        deployment("image-pull"), settings=settings, shown="0 of 1 updated replicas are available"
    )
    assert watched.was_shown
    assert watched.verdict is None


# Not condemned


@pytest.mark.parametrize(
    "objects",
    [
        pytest.param([deployment(after="5s", replicas=2, tag="two")], id="slow to be ready"),
        pytest.param(
            [
                deployment(
                    after="2s",
                    replicas=4,
                    tag="two",
                    strategy={"rollingUpdate": {"maxUnavailable": 2, "maxSurge": 0}},
                )
            ],
            id="two at a time",
        ),
        pytest.param([deployment(after="3s", tag="two", strategy={"type": "Recreate"})], id="recreated"),
        pytest.param([stateful_set(after="3s", tag="two", replicas=3)], id="one by one"),
        pytest.param(
            [workload("DaemonSet", template=pod_template(after="2s", tag="two"))], id="node by node"
        ),
    ],
)
def test_a_slow_but_healthy_roll_out(site: Site, objects: list[Object]) -> None:
    one = [{**each, "spec": {**each["spec"], "template": pod_template()}} for each in objects]
    site.deploy(*one)
    assert site.upgrade(*objects).healthy


@pytest.mark.parametrize("play", ["image-pull", "crash-loop", "config-error"])
def test_a_repair(site: Site, play: str) -> None:
    site.helm("upgrade", "--install", RELEASE, str(site.chart), given=[deployment(play, replicas=2)])
    await_that(lambda: any("waiting" in str(pod["status"]) for pod in site.pods()), "a pod to wait")
    assert site.upgrade(deployment(after="3s", tag="two", replicas=2), slow_hook("4s")).healthy


def test_a_pod_of_the_old_template_that_is_replaced_before_the_new_one_is_applied(site: Site) -> None:
    site.helm("upgrade", "--install", RELEASE, str(site.chart), given=[deployment("image-pull")])
    threading.Timer(1, lambda: evict(site)).start()
    assert site.upgrade(deployment(tag="two"), slow_hook("7s")).healthy


def test_a_workload_that_the_upgrade_does_not_touch(site: Site) -> None:
    bad = deployment("image-pull")
    site.helm("upgrade", "--install", RELEASE, str(site.chart), given=[bad])
    watched = site.upgrade(bad, config_map("other"), timeout=8)
    assert watched.verdict is None


def test_a_pod_that_is_evicted_and_scheduled_again(site: Site) -> None:
    site.deploy(deployment())
    threading.Timer(2, lambda: evict(site)).start()
    assert site.upgrade(deployment(after="5s", tag="two")).healthy


def test_a_job_that_retries(site: Site) -> None:
    site.deploy(deployment())
    retried = job("fail", hook="pre-upgrade", backoffLimit=3)
    retried["spec"]["template"]["metadata"]["annotations"] = {"ground/after": "2s"}
    with Lookout(lambda: succeed_the_second_time(site)):
        assert site.upgrade(deployment(tag="two"), retried).healthy


def test_a_quota_that_old_pods_give_back(site: Site) -> None:
    site.deploy(quota(2), deployment(replicas=2))
    strategy = {"rollingUpdate": {"maxUnavailable": 1, "maxSurge": 1}}
    two = deployment(replicas=2, tag="two", after="8s", strategy=strategy)
    assert site.upgrade(quota(2), two, settings=QUICK.model_copy(update={"refused_grace": 6})).healthy


def test_a_config_map_that_comes_late(site: Site) -> None:
    site.deploy(deployment())
    site.cluster.create(paths.resource("v1", "configmaps", "", site.namespace), config_map("settings"))
    watched = site.upgrade(deployment("config-error"), shown="CreateContainerConfigError")
    assert watched.was_shown
    assert watched.verdict is None


def test_a_paused_deployment(site: Site) -> None:
    site.deploy(deployment())
    assert site.upgrade(deployment("image-pull", tag="two", paused=True), timeout=10).verdict is None


def test_an_autoscaler_that_scales_the_old_template_beyond_the_nodes(site: Site) -> None:
    large = pod_template()
    large["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "60"}}
    site.deploy(deployment(template=large))
    threading.Timer(0.5, lambda: scale(site, 6)).start()
    assert site.upgrade(deployment(tag="two"), slow_hook("6s")).verdict is None


# After a rollback


def test_waiting_until_a_rollback_is_ready(site: Site) -> None:
    good = deployment(replicas=2)
    site.deploy(good)
    site.upgrade(deployment("image-pull", replicas=2, tag="two"))
    before = site.before(2)
    site.helm("rollback", RELEASE, "1")
    verdict, _ = site.wait(good, before=before)
    assert verdict is None
    assert {pod["spec"]["containers"][0]["image"] for pod in site.pods()} == {"web:one"}


@pytest.mark.parametrize("play", ["image-pull", "never-ready", "crash-loop"])
def test_a_stateful_set_is_freed_of_the_pod_that_holds_it_up(site: Site, play: str) -> None:
    good = stateful_set(replicas=3)
    site.deploy(good)
    site.upgrade(stateful_set(play, replicas=3, tag="two"), timeout=10)
    before = site.before(2)
    site.helm("rollback", RELEASE, "1")
    verdict, said = site.wait(good, before=before)
    assert verdict is None
    assert said[0].startswith("waiting for StatefulSet web: ")
    assert "Pod web-2 blocked its StatefulSet and was evicted" in said


_REFUSED = (
    "Pod web-2 blocks its StatefulSet and cannot be evicted: "
    "Cannot evict pod as it would violate the pod's disruption budget."
)


def test_a_disruption_budget_holds_while_a_stateful_set_goes_back(site: Site) -> None:
    budget = paths.resource("policy/v1", "poddisruptionbudgets", "", site.namespace)
    selector = {"matchLabels": {"app": "web"}}
    site.deploy(stateful_set(replicas=3))
    site.cluster.create(
        budget, {"metadata": {"name": "all"}, "spec": {"minAvailable": 3, "selector": selector}}
    )
    site.upgrade(stateful_set("never-ready", replicas=3, tag="two"), timeout=5)
    before = site.before(2)
    site.helm("rollback", RELEASE, "1")
    said = Listening(_REFUSED, lambda: site.cluster.delete(f"{budget}/all"))
    verdict, _ = site.wait(stateful_set(replicas=3), before=before, said=said)
    assert verdict is None
    assert said.count(_REFUSED) == 1
    assert "Pod web-2 blocked its StatefulSet and was evicted" in said


def test_a_rollback_to_what_is_bad_as_well(site: Site) -> None:
    bad = deployment("image-pull", tag="gone")
    site.helm("upgrade", "--install", RELEASE, str(site.chart), given=[bad])
    verdict, _ = site.wait(bad)
    assert verdict is not None
    assert verdict.reason == "ImagePullBackOff"


def test_a_release_that_does_not_get_ready_in_time(site: Site) -> None:
    slow = deployment("never-ready")
    site.helm("upgrade", "--install", RELEASE, str(site.chart), given=[slow])
    await_that(lambda: site.unavailable("web"), "the Deployment to count its pod")
    verdict, said = site.wait(slow, timeout=2)
    assert verdict is not None
    assert verdict.reason == "ReadinessTimeout"
    assert verdict.message == "not ready after 2 s: Deployment web: 0 of 1 updated replicas are available"
    assert verdict.object.name == "web"
    assert said[-1].startswith("waiting for Deployment web: 0 of 1 updated replicas are available")


# Soaking


@pytest.mark.parametrize(
    ("play", "reasons"),
    [("turn-unhealthy", {"ReadinessLost"}), ("crash-loop", {"ContainerRestarted", "CrashLoopBackOff"})],
    ids=["turn-unhealthy", "crash-loop"],
)
def test_a_soak_of_what_gets_worse(site: Site, play: str, reasons: set[str]) -> None:
    """A restarted container waits soon after; which of the two is seen first is a matter of time."""
    site.deploy(deployment())
    verdict, _ = site.soak(deployment(), seconds=HANG_LIMIT, clock=Acting(lambda: replay(site, play)))
    assert verdict is not None
    assert verdict.reason in reasons


def test_a_soak_of_what_stays_ready(site: Site) -> None:
    site.deploy(deployment())
    verdict, took = site.soak(deployment(), seconds=2)
    assert verdict is None
    assert took >= 2


def replay(site: Site, play: str) -> None:
    """Have all pods play that, and at once."""
    change = {"metadata": {"labels": {"ground/play": play}, "annotations": {"ground/after": "0s"}}}
    for pod in site.pods():
        path = paths.pods(site.namespace, pod["metadata"]["name"])
        site.cluster.patch(path, change, content_type="application/merge-patch+json")


def evict(site: Site) -> None:
    for pod in site.pods():
        if pod["metadata"]["labels"]["app"] == "web":
            site.cluster.delete(paths.pods(site.namespace, pod["metadata"]["name"]))


def succeed_the_second_time(site: Site) -> bool:
    pods = [pod for pod in site.pods() if pod["metadata"]["labels"]["app"] == "migrate"]
    running = [pod for pod in pods if pod["status"].get("phase") == "Running"]
    if len(pods) == 1 or not running:
        return False
    labels = {"metadata": {"labels": {"ground/play": "succeed"}}}
    path = paths.pods(site.namespace, running[0]["metadata"]["name"])
    site.cluster.patch(path, labels, content_type="application/merge-patch+json")
    return True


def scale(site: Site, replicas: int) -> None:
    path = paths.resource("apps/v1", "deployments", "web", site.namespace)
    site.cluster.patch(path, {"spec": {"replicas": replicas}}, content_type="application/merge-patch+json")
