"""What fails only for a while, or has a status of an unexpected shape, is left alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.results import Phase
from tests.contract.laboratory import BAD_IMAGE, ready
from tests.support.definitions import definition

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]

PULLED_LATE = {"play": "image-pull-once", "after": "4s"}
"""The first pull fails, and the next comes later than an image that does not exist would be condemned."""

SHOPS = """
{{- range $name, $status := .Values.shops }}
---
apiVersion: GROUP/v1
kind: Shop
metadata: {name: {{ $name }}}
spec: {tag: {{ $.Values.tag }}}
status: {{ toJson $status }}
{{- end }}
"""
STATUSES = {
    "text": "Running",
    "number": 7,
    "map": {"conditions": {"Ready": "False"}},
    "mixed": {
        "conditions": [None, "Ready", {"type": "Ready", "status": ["False"]}],
        "observedGeneration": "9",
    },
    "nested": {"observedGeneration": {"of": ["it"]}, "conditions": "none", "replicas": "3"},
}


def test_a_pull_that_fails_once(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    assert ready(lab.deploy(values=PULLED_LATE, health={})) == (Phase.DEPLOYED, "InstallSucceeded")
    status = lab.upgrade(values={**PULLED_LATE, "tag": "next"}, health={})
    assert ready(status) == (Phase.DEPLOYED, "UpgradeSucceeded")
    assert lab.statuses() == ["superseded", "deployed"]
    assert any("ImagePullBackOff" in line for line in lab.said)


def test_a_first_deployment_that_exits_four_times(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    status = lab.deploy(values={"play": "crash-four-times", "after": "100ms"}, health={})
    assert ready(status) == (Phase.DEPLOYED, "InstallSucceeded")
    assert any("CrashLoopBackOff" in line for line in lab.said)


def test_custom_resources_with_statuses_of_any_shape(lab: Laboratory) -> None:
    """Without a ``status`` subresource a chart writes the status itself."""
    group = f"{lab.space.namespace}.example.com"
    files = {
        "crds/shop.yaml": json.dumps(definition(group, "Shop")),
        "templates/shops.yaml": SHOPS.replace("GROUP", group),
    }
    source = lab.chart("1.0.0", files)
    good = {"shops": STATUSES, "tag": "one"}
    assert ready(lab.deploy(source=source, values=good))[0] is Phase.DEPLOYED
    assert ready(lab.upgrade(source=source, values={**good, "tag": "two"}))[0] is Phase.DEPLOYED
    status = lab.upgrade(source=source, values={**good, **BAD_IMAGE})
    assert ready(status) == (Phase.ROLLED_BACK, "ImagePullBackOff")
    assert lab.image().endswith(":two")
