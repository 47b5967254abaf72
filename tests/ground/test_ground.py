"""Real control planes: how they come and go, what pods play on them, and Helm on top."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.waiting import HANG_LIMIT, await_that
from tools.ground import Ground, GroundError
from tools.ground.processes import wait_gone
from tools.ground.state import State

pytestmark = [pytest.mark.ground, pytest.mark.timeout(1800)]
ONE_BY_ONE = pytest.mark.xdist_group("ground")
"""For those that bring up control planes of their own, each of which takes seconds of all processors."""

Object = dict[str, Any]

HANG_OPTION = f"--timeout={HANG_LIMIT:.0f}s"

CHART = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web, ground/play: "{{ .Values.play }}"}
    spec:
      containers: [{name: web, image: "web:{{ .Values.tag }}"}]
"""


@pytest.fixture
def second() -> Iterator[Ground]:
    second = Ground(f"test-{os.getpid()}-second", lifetime=600)
    yield second
    second.down()


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("{apiVersion: v2, name: web, version: 0.1.0}")
    (folder / "values.yaml").write_text("{play: ready, tag: one}")
    (folder / "templates" / "web.yaml").write_text(CHART)
    return folder


def kubectl(ground: Ground, *arguments: str, given: object = None) -> str:
    return run(ground.kubectl, *arguments, ground=ground, given=yaml.safe_dump(given) if given else "").stdout


def run(
    program: Path, *arguments: str, ground: Ground, given: str = "", check: bool = True
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, *arguments],
        env={**os.environ, "KUBECONFIG": str(ground.kubeconfig)},
        input=given,
        capture_output=True,
        text=True,
        check=check,
    )


def pods(ground: Ground, namespace: str) -> list[Object]:
    found: list[Object] = json.loads(kubectl(ground, "get", "pods", "-n", namespace, "-o", "json"))["items"]
    return found


def eventually(look: Callable[[], list[str]]) -> list[str]:
    """Return what there is to see, once there is something."""
    await_that(look, "something to see")
    return look()


def template(play: str, after: str | None, policy: str) -> Object:
    return {
        "metadata": {
            "labels": {"app": play, "ground/play": play},
            "annotations": {"ground/after": after} if after else {},
        },
        "spec": {
            "restartPolicy": policy,
            "containers": [
                {"name": "main", "image": "main:1"},
                {"name": "side", "image": "example.org/side:2"},
            ],
        },
    }


class Play:
    """One Deployment or Job that plays, and what its pods show."""

    def __init__(self, ground: Ground, namespace: str) -> None:
        self._ground = ground
        self._namespace = namespace
        self._pods = f"/api/v1/namespaces/{namespace}/pods"
        now = json.loads(kubectl(ground, "get", "--raw", self._pods))
        self._seen = self._statuses(now["metadata"]["resourceVersion"])

    def deployment(self, play: str, *, after: str | None = None) -> None:
        spec = {"selector": {"matchLabels": {"app": play}}, "template": template(play, after, "Always")}
        self._create(
            {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "one"}, "spec": spec}
        )

    def job(self, play: str, *, after: str | None = None) -> None:
        spec = {"backoffLimit": 0, "template": template(play, after, "Never")}
        self._create({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "one"}, "spec": spec})

    def until(self, holds: Callable[[Object], bool]) -> Object:
        """Return the next status of a pod that is so; none is missed, however late this is asked."""
        return next(filter(holds, self._seen))

    def job_condition(self, kind: str) -> None:
        kubectl(
            self._ground, "wait", f"--for=condition={kind}", "job/one", "-n", self._namespace, HANG_OPTION
        )

    def events(self, reason: str) -> list[str]:
        selector = f"--field-selector=reason={reason}"
        found = kubectl(self._ground, "get", "events", "-n", self._namespace, selector, "-o", "json")
        return [event["message"] for event in json.loads(found)["items"]]

    def _create(self, made: Object) -> None:
        kubectl(self._ground, "create", "-n", self._namespace, "-f", "-", given=made)

    def _statuses(self, version: str) -> Iterator[Object]:
        """Give every status that a pod has had since that version, in order."""
        query = f"watch=1&resourceVersion={version}&timeoutSeconds={HANG_LIMIT:.0f}"
        command = [str(self._ground.kubectl), "get", "--raw", f"{self._pods}?{query}"]
        environment = {**os.environ, "KUBECONFIG": str(self._ground.kubeconfig)}
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as watch:
            try:
                for line in watch.stdout or ():
                    yield json.loads(line)["object"]["status"]
            finally:
                watch.kill()


@pytest.fixture
def play(ground: Ground, namespace: str) -> Play:
    return Play(ground, namespace)


def is_ready(status: Object) -> bool:
    return {"type": "Ready", "status": "True"}.items() <= condition(status, "Ready").items()


def condition(status: Object, kind: str) -> Object:
    return next((c for c in status.get("conditions", []) if c["type"] == kind), {})


def first(status: Object) -> Object:
    return next(iter(status.get("containerStatuses", [])), {"state": {}, "restartCount": 0})


def waits_for(reason: str) -> Callable[[Object], bool]:
    return lambda status: first(status)["state"].get("waiting", {}).get("reason") == reason


def test_without_a_label_pods_are_ready_at_once(play: Play) -> None:
    play.deployment("ready")
    status = play.until(is_ready)
    assert status["phase"] == "Running"
    assert [container["name"] for container in status["containerStatuses"]] == ["main", "side"]
    assert status["podIP"].startswith("10.244.")


def test_ready_after_a_time(play: Play) -> None:
    play.deployment("ready", after="3s")
    status = play.until(lambda status: status["phase"] == "Running")
    assert not is_ready(status)
    assert condition(status, "Ready")["message"] == "containers with unready status: [main]"
    play.until(is_ready)


def test_never_ready(play: Play) -> None:
    play.deployment("never-ready")
    play.until(lambda status: status["phase"] == "Running" and not is_ready(status))
    assert eventually(lambda: play.events("Unhealthy"))[0].startswith("Readiness probe failed")


def test_image_pull(play: Play) -> None:
    play.deployment("image-pull", after="3s")
    status = play.until(waits_for("ErrImagePull"))
    assert status["phase"] == "Pending"
    reason = first(status)["state"]["waiting"]["message"]
    assert reason.startswith("rpc error: code = NotFound desc = failed to pull and unpack image")
    status = play.until(waits_for("ImagePullBackOff"))
    said = first(status)["state"]["waiting"]["message"]
    assert said == f'Back-off pulling image "main:1": ErrImagePull: {reason}'
    assert play.events("Failed") == [f'Failed to pull image "main:1": {reason}']


def test_config_error(play: Play) -> None:
    play.deployment("config-error")
    status = play.until(waits_for("CreateContainerConfigError"))
    assert first(status)["state"]["waiting"]["message"] == 'configmap "settings" not found'


@pytest.mark.parametrize(
    ("name", "code", "reason"), [("crash-loop", 1, "Error"), ("oom-killed", 137, "OOMKilled")]
)
def test_crashes(play: Play, name: str, code: int, reason: str) -> None:
    play.deployment(name, after="200ms")
    status = play.until(waits_for("CrashLoopBackOff"))
    crashed = first(status)["lastState"]["terminated"]
    assert (crashed["exitCode"], crashed["reason"]) == (code, reason)
    restarts = first(status)["restartCount"]
    later = play.until(lambda status: first(status)["restartCount"] > restarts)
    assert later["phase"] == "Running"
    assert not is_ready(later)


def test_turns_unhealthy(play: Play) -> None:
    play.deployment("turn-unhealthy", after="2s")
    play.until(is_ready)
    status = play.until(lambda status: not is_ready(status))
    assert "running" in first(status)["state"]


@pytest.mark.parametrize("name", ["ready", "succeed"])
def test_a_job_succeeds(play: Play, name: str) -> None:
    play.job(name, after="200ms")
    play.job_condition("Complete")
    status = play.until(lambda status: status["phase"] == "Succeeded")
    assert first(status)["state"]["terminated"]["reason"] == "Completed"


def test_a_job_fails(play: Play) -> None:
    play.job("fail")
    play.job_condition("Failed")
    status = play.until(lambda status: status["phase"] == "Failed")
    assert first(status)["state"]["terminated"]["exitCode"] == 1


def test_a_quota_holds(ground: Ground, namespace: str, play: Play) -> None:
    kubectl(ground, "create", "quota", "none", "--hard=pods=0", "-n", namespace)
    play.deployment("ready")
    assert "exceeded quota" in eventually(lambda: play.events("FailedCreate"))[0]


def test_a_service_account_may_do_only_what_it_is_granted(ground: Ground, namespace: str) -> None:
    kubectl(ground, "create", "serviceaccount", "reader", "-n", namespace)
    token = kubectl(ground, "create", "token", "reader", "-n", namespace).strip()
    kubectl(
        ground,
        "create",
        "rolebinding",
        "view",
        "--clusterrole=view",
        f"--serviceaccount={namespace}:reader",
        "-n",
        namespace,
    )
    asked = ("auth", "can-i", "--token", token, "-n", namespace)
    answers = [
        run(ground.kubectl, *asked, *wanted, ground=ground, check=False).stdout.strip()
        for wanted in (("list", "pods"), ("delete", "pods"))
    ]
    assert answers == ["yes", "no"]


def test_a_claim_gets_a_volume(ground: Ground, namespace: str) -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": spec}
    kubectl(ground, "create", "-n", namespace, "-f", "-", given=claim)
    kubectl(ground, "wait", "--for=jsonpath={.status.phase}=Bound", "pvc/data", "-n", namespace, HANG_OPTION)


@pytest.mark.parametrize("major", [3, 4])
def test_helm_installs_upgrades_fails_and_rolls_back(
    ground: Ground, namespace: str, chart: Path, major: int
) -> None:
    def helm(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return run(ground.helm(major), *arguments, "-n", namespace, ground=ground, check=check)

    def ready_images() -> list[str]:
        return [
            pod["spec"]["containers"][0]["image"]
            for pod in pods(ground, namespace)
            if is_ready(pod["status"])
        ]

    helm("install", "web", str(chart), "--wait", HANG_OPTION)
    assert ready_images() == ["web:one", "web:one"]
    helm("upgrade", "web", str(chart), "--set=tag=two", "--wait", HANG_OPTION)
    assert ready_images() == ["web:two", "web:two"]
    failed = helm(
        "upgrade", "web", str(chart), "--set=play=image-pull,tag=three", "--wait", "--timeout=3s", check=False
    )
    assert failed.returncode == 1
    assert ready_images() == ["web:two", "web:two"]
    helm("rollback", "web", "--wait", HANG_OPTION)
    history = json.loads(helm("history", "web", "-o", "json").stdout)
    assert [revision["status"] for revision in history] == ["superseded", "superseded", "failed", "deployed"]


@ONE_BY_ONE
def test_a_second_one_runs_beside_the_first(ground: Ground, second: Ground) -> None:
    state = second.up()
    assert state.server != kubectl(ground, "config", "view", "--minify", "-o", "jsonpath={..server}")
    assert second.up() == state
    kubectl(second, "create", "namespace", "only-here")
    assert "only-here" not in kubectl(ground, "get", "namespaces")
    processes = state.processes
    assert len(processes) == 6
    assert second.down()
    assert wait_gone(processes, timeout=0)
    assert not second.is_up
    assert kubectl(ground, "get", "--raw", "/readyz") == "ok"


@ONE_BY_ONE
@pytest.mark.parametrize("killed", ["supervisor", "kube-scheduler"])
@pytest.mark.parametrize("how", [pytest.param(signal.SIGTERM, marks=pytest.mark.sweep), signal.SIGKILL])
def test_when_one_process_ends_all_end(second: Ground, killed: str, how: signal.Signals) -> None:
    state = second.up()
    victim = state.supervisor if killed == "supervisor" else state.programs[killed]
    os.kill(victim.pid, how)
    assert wait_gone([state.supervisor, *state.programs.values()], timeout=HANG_LIMIT)
    assert not second.is_up


@ONE_BY_ONE
def test_it_ends_when_its_time_is_over() -> None:
    short, state = short_lived()
    assert wait_gone(state.processes, timeout=HANG_LIMIT)
    assert not short.is_up
    assert not short.down()


def short_lived() -> tuple[Ground, State]:
    """Bring up one that is about to end: a slow machine needs longer until it is up."""
    for lifetime in (8, 40):
        ground = Ground(f"test-{os.getpid()}-short", lifetime=lifetime)
        try:
            return ground, ground.up()
        except GroundError:
            continue
    pytest.fail("no control plane came up before its time was over")
