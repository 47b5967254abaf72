"""Clients that are killed in the middle of their work, for real."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.contract.by_hand import stored
from tests.support.waiting import await_that
from tools.kills.processes import descendants, with_argument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.contract.laboratory import Laboratory

_ROOT = Path(__file__).parents[2]


def killed(  # each is one thing for the caller to decide
    lab: Laboratory,
    revision: int,
    status: str,
    *,
    with_helm: bool = False,
    once: Callable[[], bool] = lambda: True,
    **inputs: Any,
) -> None:
    """Have a client of its own bring the release to that; kill it once that revision has that status.

    Helm is killed first if it is to die too; else it learns of the death by itself. The kill waits for what
    `once` asks for, too.
    """
    with _client(lab, **inputs) as client:
        await_revision(lab, revision, status)
        await_that(once, "what the kill waits for")
        if with_helm:
            client.send_signal(signal.SIGSTOP)
            for pid in descendants(client.pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        client.kill()


def killed_helm(lab: Laboratory, revision: int, status: str, *arguments: str) -> None:
    """Kill a Helm 4 that is run by hand, once that revision has that status."""
    space = lab.space
    helm = subprocess.Popen(
        [
            space.ground.bin_dir / "helm4",
            f"--kubeconfig={space.ground.kubeconfig}",
            "-n",
            space.namespace,
            *arguments,
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        await_revision(lab, revision, status)
    finally:
        helm.kill()
        helm.wait()


def await_revision(lab: Laboratory, revision: int, status: str) -> None:
    """Wait until that revision has that status."""
    await_that(lambda: stored(lab.space).get(revision) == status, f"revision {revision} to be {status}")


def helms_at_work(lab: Laboratory) -> list[int]:
    """Return the processes that have the namespace among their arguments."""
    return with_argument(lab.space.namespace)


@contextmanager
def _client(lab: Laboratory, **inputs: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a client that upgrades the release; it does not outlive the block."""
    client = subprocess.Popen(
        [sys.executable, "-m", "tests.contract.client_process"],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert client.stdin is not None
        with client.stdin:
            json.dump(lab.declared(**inputs), client.stdin)
        yield client
    finally:
        client.kill()
        client.wait()
