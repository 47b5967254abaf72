"""Rollbacks that restore the workloads, but not every object: they are where the release stays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.results import Phase, RollbackState
from tests.contract.laboratory import BAD_IMAGE, condition, ready

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

CONFIG = """\
{{- if .Values.locked }}
apiVersion: v1
kind: ConfigMap
metadata: {name: locked}
immutable: {{ eq .Values.locked "bad" }}
data: {text: {{ .Values.locked }}}
{{- end }}
"""
ADDED = """\
{{- if eq .Values.tag "missing" }}
apiVersion: v1
kind: ConfigMap
metadata: {name: added}
{{- end }}
"""
CLAIM = """\
{{- with .Values.size }}
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  storageClassName: {{ $.Release.Namespace }}
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: {{ . }}}}
{{- end }}
"""
LOOKED_UP = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  storageClassName: {{ .Release.Namespace }}
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
  {{- with (lookup "v1" "PersistentVolumeClaim" .Release.Namespace "data").spec }}
  volumeName: {{ .volumeName }}
  {{- end }}
"""
FILES = {"templates/locked.yaml": CONFIG, "templates/added.yaml": ADDED, "templates/claim.yaml": CLAIM}


def growing_storage(lab: Laboratory) -> None:
    """Have a volume of 5Gi for a claim that may grow."""
    name = lab.space.namespace
    storage_class = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name},
        "provisioner": "example.com/none",
        "allowVolumeExpansion": True,
    }
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            "storageClassName": name,
            "accessModes": ["ReadWriteOnce"],
            "capacity": {"storage": "5Gi"},
            "hostPath": {"path": "/none"},
        },
    }
    for each in (storage_class, volume):
        lab.space.kubectl("create", "-f", "-", stdin=json.dumps(each))


def test_it_stays_where_the_workloads_are_restored(lab: Laboratory) -> None:
    growing_storage(lab)
    chart = lab.chart("1.1.0", FILES)
    good = {"size": "1Gi", "locked": "good"}
    lab.deploy(source=chart, values={"tag": "one", **good})
    lab.upgrade(source=chart, values={"tag": "two", **good})
    bad = {**BAD_IMAGE, "size": "2Gi", "locked": "bad"}
    status = lab.upgrade(source=chart, values=bad)

    assert ready(status) == (Phase.ROLLED_BACK, "ImagePullBackOff")
    assert lab.image().endswith(":two")
    told = status.rollback_status
    assert (told.state, told.target_revision, told.restored_revision) == (RollbackState.ROLLED_BACK, 2, 4)
    assert "these could not go back: PersistentVolumeClaim data, ConfigMap locked (" in told.message or (
        "these could not go back: ConfigMap locked, PersistentVolumeClaim data (" in told.message
    )
    assert "field is immutable" in told.message
    assert lab.statuses() == ["superseded", "superseded", "superseded", "deployed"]
    assert lab.space.get("configmap", "added") is None

    again = lab.upgrade(source=chart, values=bad)
    assert (again.phase, again.revision) == (Phase.ROLLED_BACK, 4)
    assert again.rollback_status == told

    lab.space.kubectl("delete", "configmap", "locked")
    repaired = lab.upgrade(source=chart, values={"tag": "three", "size": "2Gi", "locked": "good"})
    assert ready(repaired) == (Phase.DEPLOYED, "UpgradeSucceeded")
    assert lab.statuses()[-2:] == ["superseded", "deployed"]
    assert lab.image().endswith(":three")
    lab.space.kubectl("delete", "storageclass,persistentvolume", lab.space.namespace, "--wait=false")


def test_a_requested_rollback_that_serves_is_what_was_requested(lab: Laboratory) -> None:
    chart = lab.chart("1.1.0", FILES)
    lab.deploy(source=chart, values={"tag": "one", "locked": "good"})
    lab.upgrade(source=chart, values={"tag": "two", "locked": "bad"})
    pin = {"rollback": {"strategy": "manual", "target_revision": 1}}
    status = lab.upgrade(source=chart, values={"tag": "two", "locked": "bad"}, operations=pin)

    assert ready(status) == (Phase.DEPLOYED, "ManualRequest")
    found = condition(status, "Ready")
    assert found is not None
    assert found.message.startswith("these could not go back: ConfigMap locked (")
    assert lab.statuses() == ["superseded", "superseded", "deployed"]
    assert lab.image().endswith(":one")


@pytest.mark.sweep
@pytest.mark.every_engine
def test_a_claim_that_names_its_volume_since_it_was_bound(lab: Laboratory) -> None:
    """As Grafana's chart does it: the first revision is rendered before there is a volume to look up."""
    growing_storage(lab)
    chart = lab.chart("1.1.0", {"templates/claim.yaml": LOOKED_UP})
    lab.deploy(source=chart, values={"tag": "one"})
    lab.space.kubectl("wait", "pvc/data", "--for=jsonpath={.status.phase}=Bound", "--timeout=60s")
    status = lab.upgrade(source=chart, values=BAD_IMAGE)

    assert ready(status) == (Phase.ROLLED_BACK, "ImagePullBackOff")
    assert lab.image().endswith(":one")
    assert (lab.statuses()[0], lab.statuses()[2:]) == ("superseded", ["deployed"])

    repaired = lab.upgrade(source=chart, values={"tag": "three"})
    assert ready(repaired) == (Phase.DEPLOYED, "UpgradeSucceeded")
    assert lab.image().endswith(":three")
    lab.space.kubectl("delete", "storageclass,persistentvolume", lab.space.namespace, "--wait=false")
