"""One meaning of good: what a revision is held to, whatever Helm takes for ready."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.errors import OperationError
from helm_rollback_component.results import Phase
from tests.contract.laboratory import BAD_IMAGE, condition
from tests.support.definitions import definition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.results import ReleaseStatus
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

SLACK = {"replicas": 1, "strategy": {"rollingUpdate": {"maxUnavailable": 1}}}
"""Helm 3 waits for so many pods less than are declared: for none."""

BALANCER = """\
apiVersion: v1
kind: Service
metadata:
  name: own
spec:
  type: LoadBalancer
  ports:
    - port: 80
"""


def test_a_revision_without_a_ready_pod_is_bad_on_every_engine(lab: Laboratory) -> None:
    with pytest.raises(OperationError) as caught:
        lab.deploy(values={**SLACK, **BAD_IMAGE})
    assert caught.value.reason == "ImagePullBackOff"
    lab.deploy(values={**SLACK, "tag": "good"})
    status = lab.upgrade(values={**SLACK, **BAD_IMAGE}, timeouts={"upgrade": 300})
    assert (status.phase, status.rollback_status.reason) == (Phase.ROLLED_BACK, "ImagePullBackOff")
    assert [each.verified for each in status.history] == [True, False, True]
    assert lab.image().endswith(":good")


def test_readiness_counts_where_faults_do_not(lab: Laboratory) -> None:
    patient = {"fail_fast": False}
    lab.deploy(values={**SLACK, "tag": "good"}, health=patient)
    status = lab.upgrade(values={**SLACK, **BAD_IMAGE}, timeouts={"upgrade": 5}, health=patient)
    assert (status.phase, status.rollback_status.reason) == (Phase.ROLLED_BACK, "UpgradeTimeout")
    assert status.rollback_status.message.startswith("not ready after 5 s: Deployment web: 0 of 1 ")
    assert lab.image().endswith(":good")


def test_a_load_balancer_without_an_address_is_waited_for_until_the_time_is_over(
    lab: Laboratory, engine_name: str
) -> None:
    legacy = {} if engine_name == "helm3" else {"wait_strategy": "legacy"}
    chart = lab.chart("1.0.0", {"templates/own.yaml": BALANCER})
    with pytest.raises(
        OperationError, match="not ready after 5 s: Service own: its load balancer has no "
    ) as caught:
        lab.deploy(source=chart, timeouts={"deploy": 5}, **legacy)
    assert caught.value.reason == "InstallTimeout"
    assert not [line for line in lab.said if "Helm does not see it" in line]


@pytest.fixture
def group(lab: Laboratory) -> Iterator[str]:
    """A kind of custom resource, which Helm does not wait for unless it is told to."""
    group, kubectl = f"{lab.space.namespace}.example", lab.space.kubectl
    kubectl("create", "-f", "-", stdin=json.dumps(definition(group, "Widget")))
    kubectl("wait", "--for=condition=Established", "crd", f"widgets.{group}")
    yield group
    lab.delete()
    kubectl("delete", "crd", f"widgets.{group}", "--wait=false")


def test_what_was_never_ready_holds_up_neither_an_upgrade_nor_a_rollback(lab: Laboratory, group: str) -> None:
    chart = lab.chart("1.0.0", {"templates/widget.yaml": json.dumps(_widget(group))})
    lab.deploy(source=chart, values={"tag": "one"})
    _tell(lab, group, "False")
    good = lab.upgrade(source=chart, values={"tag": "two"})
    assert (good.phase, good.revision) == (Phase.DEPLOYED, 2)
    assert _ready_says(good) == f"{_NOT_COUNTED}Widget own: is not ready (no room)"
    bad = lab.upgrade(source=chart, values=BAD_IMAGE)
    assert (bad.phase, bad.rollback_status.target_revision) == (Phase.ROLLED_BACK, 2)
    assert _ready_says(bad).endswith(f"{_NOT_COUNTED}Widget own: is not ready (no room)")
    assert not [line for line in lab.said if line.startswith("not ready after")]


def test_what_got_worse_is_bad(lab: Laboratory, group: str) -> None:
    ready = lab.chart("1.0.0", {"templates/widget.yaml": json.dumps(_widget(group))})
    worse = lab.chart("1.1.0", {"templates/widget.yaml": json.dumps(_widget(group, ready="False"))})
    lab.deploy(source=ready)
    status = lab.upgrade(source=worse, timeouts={"upgrade": 4})
    assert (status.phase, status.rollback_status.reason) == (Phase.ROLLED_BACK, "UpgradeTimeout")
    assert "Widget own: is not ready (no room)" in status.rollback_status.message


_NOT_COUNTED = "1 object was not ready before either and is not counted: "


def _ready_says(status: ReleaseStatus) -> str:
    found = condition(status, "Ready")
    assert found is not None
    return found.message


def _tell(lab: Laboratory, group: str, ready: str) -> None:
    patch = {"status": _status(ready)}
    lab.space.kubectl("patch", f"widgets.{group}", "own", "--type=merge", f"--patch={json.dumps(patch)}")


def _status(ready: str) -> dict[str, Any]:
    return {"conditions": [{"type": "Ready", "status": ready, "message": "no room"}]}


def _widget(group: str, *, ready: str = "") -> dict[str, Any]:
    metadata = {"name": "own"}
    widget = {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": metadata, "spec": {"size": 1}}
    return {**widget, "status": _status(ready)} if ready else widget
