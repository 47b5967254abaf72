"""One contract, kept by every engine, on a real control plane."""

import base64
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.core.failures.classify import classify
from helm_rollback_component.helm.engines.embedded import EmbeddedEngine
from helm_rollback_component.helm.engines.engine import EngineError
from tests.contract.helm_fixtures import (
    ENDLESS,
    Space,
    end_hook,
    failure_of,
)
from tests.support.waiting import await_that

pytestmark = pytest.mark.ground

_SECRET = "correct horse battery staple"


def test_an_install_waits_until_everything_is_ready(space: Space) -> None:
    space.install({"after": "1s"})

    deployment = space.get("deployment", "web")
    assert deployment is not None
    assert deployment["status"]["readyReplicas"] == 1
    assert space.statuses() == ["deployed"]


def test_helm_is_the_manager_of_what_it_applies(space: Space) -> None:
    space.install()

    deployment = space.get("deployment", "web")
    assert deployment is not None
    assert {field["manager"] for field in deployment["metadata"]["managedFields"]} == {
        "helm",
        "kube-controller-manager",
    }


def test_an_upgrade_starts_from_the_charts_own_values(space: Space) -> None:
    space.install({"kept": "from revision 1"})

    space.upgrade()

    assert space.values()["kept"] == "from the chart"
    assert space.statuses() == ["superseded", "deployed"]


def test_an_upgrade_that_does_not_get_ready_fails_at_its_timeout(space: Space) -> None:
    space.install()

    error = failure_of(space, {"play": "image-pull", "tag": "2"}, timeout=2)

    assert classify(error.output, "upgrade").reason == "UpgradeTimeout"
    assert space.statuses() == ["deployed", "failed"]


def test_an_install_that_does_not_get_ready_fails_at_its_timeout(space: Space) -> None:
    with pytest.raises(EngineError) as caught:
        space.install({"play": "image-pull"}, timeout=2)

    assert classify(caught.value.output, "install").reason == "InstallTimeout"
    assert space.statuses() == ["failed"]


def test_a_cancelled_upgrade_does_not_wait_for_its_timeout_and_is_recorded_as_failed(space: Space) -> None:
    space.install()
    cancellation = Cancellation()
    _request_when_pending(space, cancellation)

    with pytest.raises(EngineError) as caught:
        space.engine.upgrade(
            space.target(), space.deployment({"play": "image-pull", "tag": "2"}), cancellation
        )

    assert classify(caught.value.output, "upgrade").reason == "Cancelled"
    assert space.statuses() == ["deployed", "failed"]


def test_a_cancelled_upgrade_does_nothing_more_once_it_is_rolled_back(space: Space) -> None:
    space.install()
    cancellation = Cancellation()
    _request_when_pending(space, cancellation)
    hook = {"on": "post-upgrade", "play": "succeed"}
    with pytest.raises(EngineError):
        space.engine.upgrade(
            space.target(), space.deployment({"play": "image-pull", "tag": "2", "hook": hook}), cancellation
        )

    space.engine.rollback(space.target(), 1, 30)

    time.sleep(3)  # a wait that lived on would find everything ready by then, and run the bad revision's hook
    assert space.get("job", "web-hook") is None
    assert space.statuses() == ["superseded", "failed", "deployed"]


def test_a_cancelled_install_is_recorded_as_failed(space: Space) -> None:
    cancellation = Cancellation()
    _request_when_pending(space, cancellation)

    with pytest.raises(EngineError) as caught:
        space.engine.install(space.target(), space.deployment({"play": "image-pull"}), cancellation)

    assert classify(caught.value.output, "install").reason == "Cancelled"
    assert space.statuses() == ["failed"]


def test_what_is_cancelled_beforehand_is_not_begun(space: Space) -> None:
    cancellation = Cancellation()
    cancellation.request()

    with pytest.raises(EngineError) as caught:
        space.engine.install(space.target(), space.deployment(), cancellation)

    assert classify(caught.value.output, "install").reason == "Cancelled"
    assert space.records() == []


def test_a_cancellation_that_comes_too_late_changes_nothing(space: Space) -> None:
    cancellation = Cancellation()
    space.engine.install(space.target(), space.deployment(), cancellation)

    cancellation.request()

    space.upgrade({"after": "1s", "tag": "2"})
    assert space.statuses() == ["superseded", "deployed"]


def test_a_rollback_restores_and_does_not_wait_for_readiness(space: Space) -> None:
    with pytest.raises(EngineError):
        space.install({"play": "never-ready", "tag": "1", "kept": "revision 1"}, timeout=1)
    space.upgrade({"tag": "2"})

    space.engine.rollback(space.target(), 1, 5)  # had it waited, it would have failed

    deployment = space.get("deployment", "web")
    assert deployment is not None
    assert deployment["spec"]["template"]["metadata"]["labels"]["ground/play"] == "never-ready"
    assert space.statuses() == ["superseded", "superseded", "deployed"]
    assert space.values()["kept"] == "revision 1"


def test_a_rollback_to_an_unknown_revision_fails_and_leaves_everything(space: Space) -> None:
    space.install()

    with pytest.raises(EngineError) as caught:
        space.engine.rollback(space.target(), 9, 30)

    assert classify(caught.value.output, "rollback").reason == "RevisionMissing"
    assert space.statuses() == ["deployed"]


def test_an_uninstalled_release_is_gone_and_uninstalling_it_again_is_fine(space: Space) -> None:
    space.install()

    space.engine.uninstall(space.target(), 60)
    space.engine.uninstall(space.target(), 60)

    assert space.get("deployment", "web") is None
    assert space.records() == []


def test_an_uninstall_can_keep_the_history(space: Space) -> None:
    space.install()

    space.engine.uninstall(space.target(), 60, keep_history=True)
    space.engine.uninstall(space.target(), 60, keep_history=True)

    assert space.get("deployment", "web") is None
    assert space.statuses() == ["uninstalled"]


def test_a_history_that_cannot_be_read_is_not_an_absent_release(space: Space) -> None:
    space.install()
    space.kubectl("create", "serviceaccount", "nobody")
    token = space.kubectl("create", "token", "nobody").strip()
    admin = space.target()
    nobody = json.loads(space.kubectl("config", "view", "--raw", "-o", "json"))
    nobody["users"][0]["user"] = {"token": token}

    with pytest.raises(EngineError) as caught:
        space.engine.uninstall(type(admin)(admin.release, admin.namespace, json.dumps(nobody)), 10)

    assert classify(caught.value.output, "uninstall").reason == "Forbidden"
    assert space.statuses() == ["deployed"]


def test_a_releases_tests_pass(space: Space) -> None:
    space.install()

    space.engine.test(space.target(), 30)


def test_a_failing_test_is_named(space: Space) -> None:
    space.install({"test": "fail"})

    with pytest.raises(EngineError) as caught:
        space.engine.test(space.target(), 30)

    failure = classify(caught.value.output, "test")
    assert failure.reason == "TestFailed"
    assert "web-smoke" in failure.message


def test_values_arrive_as_they_are(space: Space) -> None:
    space.install(
        {
            "dropped": None,
            "whole": 2**53 - 1,
            "fraction": 0.1,
            "text": "snö 雪 ❄ \"quoted\" 'too' \\ {{ not a template }}\n",
            "yes": "yes",
            "empty": "",
            "nested": {"list": [1, {"deep": True}, []], "null in it": None},
        }
    )

    values = space.values()
    assert "dropped" not in values
    assert values["kept"] == "from the chart"
    assert values["whole"] == 2**53 - 1
    assert values["fraction"] == 0.1
    assert values["text"] == "snö 雪 ❄ \"quoted\" 'too' \\ {{ not a template }}\n"
    assert values["yes"] == "yes"
    assert values["empty"] == ""
    assert values["nested"]["list"] == [1, {"deep": True}, []]


def test_a_secret_value_shows_nowhere_while_helm_runs(
    space: Space, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    if isinstance(space.engine, EmbeddedEngine):
        space.engine.close()  # workers that are idle have another folder for temporary files
    secrets = (_SECRET, _token(space))
    shown: list[str] = []
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(secrets, temporary, shown, done))
    watcher.start()
    try:
        space.install({"after": "2s", "password": _SECRET})
    finally:
        done.set()
        watcher.join()

    assert space.values()["password"] == _SECRET
    assert shown == []
    assert [path for path in _files(temporary) if _holds(path, secrets)] == []


def test_nothing_is_left_open(space: Space) -> None:
    space.install()
    before = _descriptors()

    for tag in range(3):
        space.upgrade({"tag": str(tag)})

    assert _descriptors() <= before


def test_helm_never_prunes_the_history(space: Space) -> None:
    space.install()
    for number in range(11):
        space.upgrade({"whole": number})

    space.engine.rollback(space.target(), 1, 30)

    assert [record["version"] for record in space.records()] == list(range(1, 14))


def test_many_releases_at_once(space: Space) -> None:
    def deploy(number: int) -> None:
        target = space.target(f"web-{number}")
        space.engine.install(target, space.deployment({"kept": number}), Cancellation())
        space.engine.upgrade(target, space.deployment({"kept": number, "tag": "2"}), Cancellation())

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(deploy, range(16)))

    for number in range(16):
        assert space.values(f"web-{number}")["kept"] == number
        assert space.statuses(f"web-{number}") == ["superseded", "deployed"]


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="nothing ties a process to its parent here")
def test_an_upgrade_ends_with_its_caller(space: Space) -> None:
    space.install()

    _die_during(space, "upgrade", "pending-upgrade")

    _wait_for_status(space, "failed")


def test_a_rollback_is_finished_when_its_caller_dies(space: Space) -> None:
    space.install({"hook": {"on": "pre-rollback", **ENDLESS}})
    space.upgrade({"tag": "2"})

    _die_during(space, "rollback", "pending-rollback")

    end_hook(space)
    _wait_for_status(space, "deployed")
    assert space.statuses() == ["superseded", "superseded", "deployed"]


def _die_during(space: Space, verb: str, status: str) -> None:
    helm = "embedded" if isinstance(space.engine, EmbeddedEngine) else _program(space)
    arguments = (verb, helm, space.ground.kubeconfig, space.namespace, space.chart)
    caller = subprocess.Popen([sys.executable, "-m", "tests.contract.slow_caller", *map(str, arguments)])
    _wait_for_status(space, status)
    caller.send_signal(signal.SIGKILL)
    caller.wait()


def _program(space: Space) -> Path:
    major = int(space.engine.name.removeprefix("helm ").partition(".")[0])
    return space.ground.helm(major)


def _request_when_pending(space: Space, cancellation: Cancellation) -> None:
    def labels() -> str:
        return space.kubectl("get", "pods", "-o", "jsonpath={.items[*].metadata.labels}")

    def request() -> None:
        await_that(lambda: "image-pull" in labels(), "a pod whose image cannot be pulled")
        cancellation.request()

    threading.Thread(target=request).start()


def _wait_for_status(space: Space, status: str) -> None:
    await_that(lambda: space.statuses()[-1:] == [status], f"the release to be {status}")


def _token(space: Space) -> str:
    config = json.loads(space.kubectl("config", "view", "--raw", "-o", "json"))
    return str(config["users"][0]["user"]["token"])


def _watch(secrets: tuple[str, str], temporary: Path, shown: list[str], done: threading.Event) -> None:
    encoded = tuple(base64.b64encode(secret.encode()).decode().rstrip("=") for secret in secrets)
    sought = (*secrets, *encoded)
    while not done.wait(0.02):
        for process in _descendants(os.getpid()):
            files = (process / "cmdline", process / "environ")
            shown += [_read(file) for file in files if _holds(file, sought)]
        shown += [str(path) for path in _files(temporary) if _holds(path, sought)]


def _descendants(ancestor: int) -> list[Path]:
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        fields = _read(folder / "stat").rpartition(")")[2].split()
        parents[int(folder.name)] = int(fields[1]) if fields else 0
    found, last = set[int](), {ancestor}
    while last:
        last = {pid for pid, parent in parents.items() if parent in last}
        found |= last
    return [Path("/proc", str(pid)) for pid in found]


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError:
        return ""


def _files(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        yield from (Path(parent, name) for name in names)


def _holds(path: Path, secrets: tuple[str, ...]) -> bool:
    content = _read(path)
    return any(secret in content for secret in secrets)


def _descriptors() -> int:
    gc.collect()  # what earlier tests of this process have left does not count
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208  # a count is wanted
