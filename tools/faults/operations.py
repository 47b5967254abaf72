"""What is done to a release while one request is spoiled: each operation, with what comes before it. Data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

CHART = {
    "values.yaml": "tag: '1'\nplay: ready\nhooks: []\n",
    "templates/config.yaml": (
        "apiVersion: v1\n"
        "kind: ConfigMap\n"
        "metadata: {name: web}\n"
        "data: {tag: '{{ .Values.tag }}', chart: '{{ .Chart.Version }}'}\n"
    ),
    "templates/deployment.yaml": (
        "apiVersion: apps/v1\n"
        "kind: Deployment\n"
        "metadata: {name: web}\n"
        "spec:\n"
        "  selector: {matchLabels: {app: web}}\n"
        "  template:\n"
        "    metadata: {labels: {app: web, ground/play: '{{ .Values.play }}'}}\n"
        "    spec: {containers: [{name: main, image: 'registry.example/web:{{ .Values.tag }}'}]}\n"
    ),
    "templates/hooks.yaml": (
        "{{- range .Values.hooks }}\n"
        "---\n"
        "apiVersion: batch/v1\n"
        "kind: Job\n"
        "metadata:\n"
        "  name: web-{{ . }}\n"
        "  annotations: {helm.sh/hook: {{ . }}, helm.sh/hook-delete-policy: before-hook-creation}\n"
        "spec:\n"
        "  template:\n"
        "    metadata: {labels: {ground/play: succeed}}\n"
        "    spec: {restartPolicy: Never, containers: [{name: main, image: registry.example/hook}]}\n"
        "{{- end }}\n"
    ),
}
"""A chart of a ConfigMap, a Deployment, and Jobs as hooks, which play a role on the local control plane."""

VERSIONS = ("1.0.0", "1.1.0")


@dataclass(frozen=True)
class Step:
    """One thing that is done to a release.

    Attributes:
        verb: ``deploy``, ``upgrade``, ``delete`` or ``get_status``; ``disown`` makes it a release of Helm's.
        inputs: what is declared then, beside the release's name and the chart.
        version: the chart's.
    """

    verb: str
    inputs: dict[str, Any] = field(default_factory=dict)
    version: str = VERSIONS[0]


@dataclass(frozen=True)
class Operation:
    """An operation.

    Attributes:
        before: what is done first, without faults.
        under_test: what is done while a request is spoiled.
    """

    before: tuple[Step, ...]
    under_test: Step


def _tag(tag: str, **inputs: Any) -> dict[str, Any]:
    return {"values": {"tag": tag}, **inputs}


_FIRST = Step("deploy", _tag("1"))
_SECOND = Step("upgrade", _tag("2"))
_HOOKS = {"hooks": ["pre-upgrade", "post-upgrade"]}
_BAD = {"values": {"tag": "bad", "play": "image-pull"}}

OPERATIONS = {
    "deploy": Operation((), _FIRST),
    "upgrade": Operation((_FIRST,), _SECOND),
    "upgrade with hooks": Operation((_FIRST,), Step("upgrade", {"values": {"tag": "2", **_HOOKS}})),
    "automatic rollback": Operation((_FIRST,), Step("upgrade", _BAD)),
    "manual rollback": Operation(
        (_FIRST, _SECOND),
        Step("upgrade", _tag("2", operations={"rollback": {"strategy": "manual", "target_revision": 1}})),
    ),
    "version-based rollback": Operation(
        (_FIRST, Step("upgrade", _tag("1"), VERSIONS[1])),
        Step("upgrade", _tag("1", operations={"rollback": {"strategy": "version-based"}})),
    ),
    "retention": Operation((_FIRST, _SECOND), Step("upgrade", _tag("3", history={"max_revisions": 2}))),
    "adopt": Operation((_FIRST, Step("disown")), Step("deploy", _tag("2", adopt=True))),
    "delete": Operation((_FIRST, _SECOND), Step("delete", _tag("2"))),
    "refresh": Operation((_FIRST, _SECOND), Step("get_status", _tag("2"))),
}
