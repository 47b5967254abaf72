"""What no rollback destroys or crosses unless it was asked for, with leave to lose data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.core.records.owner import Identity
from helm_rollback_component.errors import ValidationError
from helm_rollback_component.results import Phase
from tests.contract.laboratory import BAD_IMAGE, IMPATIENT, explained, ready

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

_MARKED = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 2.0.0\n"
    'annotations: {helm-rollback/point-of-no-return: "true"}\n'
}

DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.{{ .Release.Namespace }}.example.com
spec:
  group: {{ .Release.Namespace }}.example.com
  scope: Namespaced
  names: {kind: Widget, listKind: WidgetList, plural: widgets, singular: widget}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object}}
"""
_CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Mi}}
"""
NAMESPACE = """\
apiVersion: v1
kind: Namespace
metadata:
  name: {{ .Release.Namespace }}-more
"""


_STATEFUL_SET = """\
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  replicas: {{ .Values.members }}
  podManagementPolicy: Parallel
  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete, whenScaled: Delete}
  selector:
    matchLabels: {app: db}
  template:
    metadata:
      labels: {app: db}
    spec:
      containers: [{name: main, image: registry.example/db}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 1Mi}}
"""

TO_THE_FIRST = {"target_revision": 1}
LOSSY = {"allow_data_loss": True}


def rollback(**how: Any) -> dict[str, Any]:
    return {"rollback": how}


def plural(lab: Laboratory) -> str:
    return f"widgets.{lab.space.namespace}.example.com"


@pytest.fixture
def widget(lab: Laboratory) -> Iterator[dict[str, str]]:
    """A revision, then one of another chart with a definition; there is an object of it. Give the chart."""
    lab.deploy(values={"tag": "one"})
    source = lab.chart("1.1.0", {"templates/definition.yaml": DEFINITION})
    lab.upgrade(source=source, values={"tag": "two"})
    group = f"{lab.space.namespace}.example.com/v1"
    found = {"apiVersion": group, "kind": "Widget", "metadata": {"name": "precious"}}
    lab.space.kubectl("create", "-f", "-", stdin=json.dumps(found))
    yield source
    lab.space.kubectl("delete", "crd", plural(lab), "--ignore-not-found")


def test_a_definition_with_objects_goes_with_no_rollback_but_may_stay_behind(
    lab: Laboratory, widget: dict[str, str]
) -> None:
    status = lab.upgrade(source=widget, values=BAD_IMAGE, operations=rollback(**TO_THE_FIRST))
    assert ready(status) == (Phase.STALLED, "DataLossPrevented")
    message = explained(status)
    assert f"would destroy CustomResourceDefinition {plural(lab)} (1 object)" in message
    assert "helm.sh/resource-policy=keep" in message
    assert "operations.rollback.allow_data_loss=True" in message
    with pytest.raises(ValidationError, match="would destroy") as caught:
        lab.operations().rollback(1)
    assert caught.value.reason == "DataLossPrevented"
    with pytest.raises(ValidationError, match="would destroy"):
        lab.operations().validate_rollback_target(1)
    assert lab.statuses() == ["superseded", "deployed", "failed"]
    assert lab.image().endswith(":missing")
    assert "precious" in lab.space.kubectl("get", plural(lab), "--output=name")
    lab.space.kubectl("annotate", "crd", plural(lab), "helm.sh/resource-policy=keep")
    kept = lab.upgrade(
        source=widget, values={**BAD_IMAGE, "tag": "gone"}, operations=rollback(**TO_THE_FIRST)
    )
    assert ready(kept) == (Phase.ROLLED_BACK, "ImagePullBackOff")
    assert lab.image().endswith(":one")
    assert "precious" in lab.space.kubectl("get", plural(lab), "--output=name")


def test_claims_and_namespaces_with_something_in_them_go_with_no_rollback_without_leave(
    one_engine_lab: Laboratory,
) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "one"})
    source = lab.chart("1.1.0", {"templates/claim.yaml": _CLAIM, "templates/namespace.yaml": NAMESPACE})
    status = lab.upgrade(source=source, values=BAD_IMAGE)
    assert ready(status) == (Phase.STALLED, "DataLossPrevented")
    told = explained(status)
    assert "PersistentVolumeClaim data (its volume)" in told
    assert "Namespace" not in told.partition("would destroy")[2].replace("PersistentVolumeClaim data", "")
    more = f"{lab.space.namespace}-more"
    lab.space.kubectl("create", "configmap", "notes", f"--namespace={more}")
    again = lab.upgrade(source=source, values={**BAD_IMAGE, "tag": "gone"})
    assert f"Namespace {more} (configmaps" in explained(again)
    lossy = lab.upgrade(source=source, values=BAD_IMAGE, operations=rollback(**LOSSY))
    assert lossy.phase is Phase.ROLLED_BACK
    assert any(line.startswith("allow_data_loss is set: the rollback destroys ") for line in lab.said)
    assert lab.space.get("persistentvolumeclaim", "data") is None


def test_a_claim_that_never_had_a_volume_prevents_nothing(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "one"})
    without = _CLAIM.replace("spec:", "spec:\n  storageClassName: none")
    status = lab.upgrade(
        source=lab.chart("1.1.0", {"templates/claim.yaml": without}),
        values=BAD_IMAGE,
        health={**IMPATIENT, "volume_grace": 60},
    )
    assert status.phase is Phase.ROLLED_BACK
    assert lab.space.get("persistentvolumeclaim", "data") is None


def test_the_claims_of_a_stateful_set_that_go_with_it_or_its_pods_are_kept_too(
    one_engine_lab: Laboratory,
) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "one"})
    source = lab.chart("1.1.0", {"templates/database.yaml": _STATEFUL_SET})
    lab.upgrade(source=source, values={"tag": "two", "members": 1})
    lab.upgrade(source=source, values={"tag": "two", "members": 2})
    with pytest.raises(ValidationError, match=r"StatefulSet db \(with the claims data-db-1\)"):
        lab.operations().rollback(2)
    with pytest.raises(ValidationError, match=r"StatefulSet db \(with the claims data-db-0, data-db-1\)"):
        lab.operations().rollback(1)
    assert lab.statuses() == ["superseded", "superseded", "deployed"]


def test_nothing_goes_back_across_a_marked_chart_or_below_the_floor(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "one"})
    marked = lab.chart("2.0.0", _MARKED)
    failed = lab.upgrade(source=marked, values=BAD_IMAGE)
    assert ready(failed) == (Phase.STALLED, "PointOfNoReturn")
    assert "across revision 2, whose chart (web 2.0.0) is a point of no return" in explained(failed)
    assert lab.statuses() == ["deployed", "failed"]
    assert lab.upgrade(source=marked, values={"tag": "two"}).phase is Phase.DEPLOYED
    assert lab.upgrade(source=marked, values=BAD_IMAGE).phase is Phase.ROLLED_BACK
    with pytest.raises(ValidationError, match="point of no return") as caught:
        lab.operations().rollback(1)
    assert caught.value.reason == "PointOfNoReturn"
    held = lab.upgrade(source=marked, values={**BAD_IMAGE, "tag": "x"}, operations=rollback(floor=6))
    assert ready(held) == (Phase.STALLED, "PointOfNoReturn")
    assert "would go below revision 6" in explained(held)
    back = lab.operations(operations=rollback(**LOSSY)).rollback(1)
    assert back.phase is Phase.ROLLED_BACK
    assert lab.image().endswith(":one")


@pytest.mark.sweep
def test_a_release_that_is_stalled_is_brought_back_by_hand(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "one"})
    marked = lab.chart("2.0.0", _MARKED)
    assert ready(lab.upgrade(source=marked, values=BAD_IMAGE)) == (Phase.STALLED, "PointOfNoReturn")
    with pytest.raises(ValidationError, match="would go back across revision 2"):
        lab.operations(Identity()).plan_rollback()
    by_hand = lab.operations(Identity(), operations=rollback(**LOSSY))
    plan = by_hand.plan_rollback()
    assert plan.standing.startswith("Stalled (PointOfNoReturn): ")
    assert "would go back across revision 2" in plan.crosses
    by_hand.rollback(plan.target.revision, why="it did not migrate", replacing=plan.replaced.revision)
    left = lab.upgrade(source=marked, values=BAD_IMAGE)
    assert ready(left) == (Phase.ROLLED_BACK, "OperatorRequest")
    assert (lab.revisions(), lab.image()[-4:]) == ([1, 2, 3], ":one")
    assert lab.upgrade(source=marked, values={"tag": "two"}).phase is Phase.DEPLOYED
