"""An object that another client deletes while it is waited for ends the deployment in seconds."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.results import Phase
from tests.contract.laboratory import explained, ready
from tests.support.definitions import definition
from tests.support.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.contract.laboratory import Laboratory

pytestmark = [pytest.mark.ground, pytest.mark.every_engine, pytest.mark.timeout(300)]

SLOW = {"play": "never-ready", "tag": "2"}
QUICK = {"grace": 1}
LONG = {"deploy": 250, "upgrade": 250, "rollback": 250}
"""Longer than a test may take."""
DELETED = "Deployment web: was deleted by another client while it was waited for"

JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: web-job
spec:
  ttlSecondsAfterFinished: 3
  template:
    metadata:
      labels: {ground/play: succeed}
      annotations: {ground/after: 0s}
    spec:
      restartPolicy: Never
      containers: [{name: main, image: registry.example/job}]
"""
SHOP = """\
apiVersion: GROUP/v1
kind: Shop
metadata: {name: web}
spec: {tag: {{ .Values.tag | quote }}}
"""


@contextmanager
def another_client(lab: Laboratory, act: Callable[[], object]) -> Iterator[None]:
    """Have another client do something as soon as the new revision is waited for."""
    lab.said.clear()

    def waited_for() -> bool:
        live = lab.space.get("deployment", "web")
        return live is not None and lab.image().endswith(":2") and any("0 of 1" in line for line in lab.said)

    def when_it_is_time() -> None:
        await_that(waited_for, "the wait for the new revision")
        act()

    thread = threading.Thread(target=when_it_is_time)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def delete(lab: Laboratory, kind: str = "deployment") -> Callable[[], object]:
    return lambda: lab.space.kubectl("delete", kind, "web", "--wait=false")


def test_a_workload_that_is_deleted_ends_the_upgrade_and_is_restored(lab: Laboratory) -> None:
    lab.deploy()
    with another_client(lab, delete(lab)):
        status = lab.upgrade(values=SLOW, timeouts=LONG, health=QUICK)
    assert ready(status) == (Phase.ROLLED_BACK, "ObjectDeleted")
    assert explained(status).startswith(DELETED)
    assert (lab.image(), lab.ready_replicas()) == ("registry.example/web:1", 1)


def test_the_next_update_tries_again(lab: Laboratory) -> None:
    lab.deploy()
    with another_client(lab, delete(lab)):
        lab.upgrade(values={**SLOW, "play": "ready", "after": "1h"}, timeouts=LONG, health=QUICK)
    status = lab.upgrade(values={"tag": "2"})
    assert ready(status) == (Phase.DEPLOYED, "UpgradeSucceeded")


def test_one_that_is_deleted_in_a_first_deployment_ends_it(lab: Laboratory) -> None:
    with (
        another_client(lab, delete(lab)),
        pytest.raises(OperationError, match="was deleted by another client") as caught,
    ):
        lab.deploy(values=SLOW, timeouts=LONG, health=QUICK)
    assert caught.value.reason == "ObjectDeleted"


def test_one_that_its_client_creates_again_is_waited_for(lab: Laboratory) -> None:
    lab.deploy()

    def replace() -> None:
        found = lab.space.get("deployment", "web")
        assert found is not None
        found["spec"]["template"]["metadata"]["labels"]["ground/play"] = "ready"
        kept = {"name", "namespace", "labels", "annotations"}
        found["metadata"] = {key: value for key, value in found["metadata"].items() if key in kept}
        lab.space.kubectl("replace", "--force", "--filename=-", stdin=json.dumps(found))

    with another_client(lab, replace):
        status = lab.upgrade(values=SLOW, timeouts=LONG)
    if status.phase is Phase.ROLLED_BACK:  # Helm 3 may look between the deletion and the creation
        assert (status.rollback_status.reason, lab.helm.endswith("helm3")) == ("NotFound", True)


@pytest.mark.sweep
@pytest.mark.parametrize("awaited", [False, True])
def test_a_job_that_is_removed_after_its_end_is_no_failure(lab: Laboratory, *, awaited: bool) -> None:
    lab.deploy()
    status = lab.upgrade(
        source=lab.chart("1.1.0", {"templates/job.yaml": JOB}),
        values={"tag": "2", "after": "8s"},
        wait_for_jobs=awaited,
        timeouts=LONG,
        health=QUICK,
    )
    assert ready(status) == (Phase.DEPLOYED, "UpgradeSucceeded")
    assert status.revision == 2  # nothing was tried again
    assert lab.upgrade().phase is Phase.DEPLOYED


@pytest.mark.sweep
def test_a_custom_resource_that_is_deleted_ends_the_upgrade(lab: Laboratory) -> None:
    group = f"{lab.space.namespace}.example.com"
    shops = f"shops.{group}"
    lab.space.kubectl("create", "--filename=-", stdin=json.dumps(definition(group, "Shop")))
    lab.space.kubectl("wait", "--for=condition=Established", f"crd/{shops}")
    try:
        source = lab.chart("1.1.0", {"templates/shop.yaml": SHOP.replace("GROUP", group)})
        lab.deploy(source=source)
        with another_client(lab, delete(lab, shops)):
            status = lab.upgrade(
                source=source,
                values={"tag": "2", "after": "2s"},
                timeouts={**LONG, "upgrade": 20},
                health={"grace": 1},
            )
        assert ready(status) == (Phase.ROLLED_BACK, "ObjectDeleted")
        assert explained(status).startswith("Shop web: was deleted by another client")
        lab.delete()
    finally:
        lab.space.kubectl("delete", "crd", shops, "--wait=false", "--ignore-not-found")
