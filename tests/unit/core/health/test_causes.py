"""What the words of an error say of the next try."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from helm_rollback_component.core.health.causes import may_admit_later, outlook_of_pull, outlook_of_start

PULLS = yaml.safe_load(Path(__file__).with_name("pull_messages.yaml").read_text())
STARTS = {
    'exec: "serve": executable file not found in $PATH: unknown': "certain",
    "exec /app/serve: exec format error": "certain",
    'error mounting "/var/lib/x" to rootfs at "/etc/app.conf": not a directory: unknown': "certain",
    "container has runAsNonRoot and image will run as root (pod: web, container: app)": "certain",
    "container has runAsNonRoot and image has non-numeric user (app), cannot verify it": "certain",
    "failed to generate container spec: no command specified": "certain",
    'failed to reserve container name "app_web-0_apps_1": name is reserved for "1234"': "passing",
    "context deadline exceeded": "passing",
    "failed to sync secret cache: timed out waiting for the condition": "passing",
    "rpc error: code = Unavailable desc = error reading from server": "passing",
    "services have not yet been read at least once, cannot construct envvars": "passing",
    'object "apps"/"settings" not registered': "passing",
    "OCI runtime create failed: runc create failed: unable to create new parent process: namespace path: "
    "lstat /proc/0/ns/ipc: no such file or directory: unknown": "passing",
    "failed to create containerd task: failed to get sandbox container task: no running task found: "
    "task 1234 not found: not found": "passing",
    "runc create failed: unable to start container process: unable to apply cgroup configuration: failed to "
    "write 71: write /sys/fs/cgroup/pids/kubepods/cgroup.procs: no such file or directory": "passing",
    "OCI runtime create failed: unable to retrieve OCI runtime error (open /run/containerd/log.json: no such "
    "file or directory): fork/exec /usr/bin/nvidia-container-runtime: no such file or directory": "passing",
    "failed to start containerd task: ttrpc: closed: unknown": "passing",
    'exec: "/app/serve": stat /app/serve: no such file or directory: unknown': "certain",
    'secret "token" not found': "unknown",
    "couldn't find key password in Secret apps/token": "unknown",
    "": "unknown",
}


@pytest.mark.parametrize("pull", PULLS)
def test_a_pull(pull: dict[str, str]) -> None:
    assert outlook_of_pull(pull["said"]).name.lower() == pull["next"]


def test_the_table_has_texts_of_each_runtime() -> None:
    runtimes = Counter(each["runtime"] for each in PULLS)
    assert min(runtimes[runtime] for runtime in ("containerd", "CRI-O", "Docker")) >= 5


@pytest.mark.parametrize(("said", "expected"), STARTS.items(), ids=[said[-40:] for said in STARTS])
def test_a_start(said: str, expected: str) -> None:
    assert outlook_of_start(said).name.lower() == expected


@pytest.mark.parametrize(
    ("account", "answer", "later"),
    [
        ("default", 'serviceaccount "default" not found', True),
        ("web", 'serviceaccount "web" not found', False),
        ("web", "etcdserver: request timed out", True),
    ],
)
def test_the_service_account_that_every_namespace_gets_may_be_late(
    account: str, answer: str, *, later: bool
) -> None:
    message = f'pods "web-" is forbidden: error looking up service account apps/{account}: {answer}'
    assert may_admit_later(message) is later
