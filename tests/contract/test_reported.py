"""What users of Helm have reported of releases that did not come back: here they do."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.results import Phase
from tests.contract.helm_fixtures import DEPLOYMENT
from tests.contract.laboratory import BAD_IMAGE, explained, ready

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.results import ReleaseStatus
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

MANUAL = {"rollback": {"strategy": "manual"}}
BACK = (Phase.ROLLED_BACK, "ImagePullBackOff")
ENV = DEPLOYMENT.replace(
    '"registry.example/web:{{ .Values.tag }}"}',
    '"registry.example/web:{{ .Values.tag }}", env: {{ .Values.env | default list | toJson }}}',
)
WEBHOOK = """\
{{- if eq .Values.tag "missing" }}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: {{ .Release.Namespace }}}
webhooks:
- name: policy.example.com
  admissionReviewVersions: [v1]
  sideEffects: None
  failurePolicy: Fail
  timeoutSeconds: 1
  namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: {{ .Release.Namespace }}}}
  clientConfig: {service: {name: web, namespace: {{ .Release.Namespace }}}}
  rules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}]
{{- end }}
"""
API_SERVICE = """\
{{- if eq .Values.tag "missing" }}
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1.{{ .Release.Namespace }}.example.com}
spec:
  group: {{ .Release.Namespace }}.example.com
  version: v1
  groupPriorityMinimum: 100
  versionPriority: 10
  insecureSkipTLSVerify: true
  service: {name: web, namespace: {{ .Release.Namespace }}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 443}]}
{{- end }}
"""
ONCE = """\
{{- if .Release.IsInstall }}
apiVersion: v1
kind: ConfigMap
metadata: {name: once}
{{- end }}
"""
FIXED = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: aaa}
immutable: true
data: {tag: {{ .Values.tag }}}
"""
KEPT = """\
{{- if eq .Values.tag "one" }}
apiVersion: v1
kind: ConfigMap
metadata: {name: kept, annotations: {helm.sh/resource-policy: keep}}
{{- end }}
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: {{ .Values.type }}, selector: {app: web}, ports: [{port: 80}]}
"""
STICKY = """\
{{- if eq .Values.tag "missing" }}
apiVersion: v1
kind: ConfigMap
metadata: {name: sticky, finalizers: [example.com/never]}
{{- end }}
"""


def from_good_to_bad(lab: Laboratory, template: str, **values: Any) -> ReleaseStatus:
    """Deploy a chart with that template, and then an image that there is not, with these values."""
    source = lab.chart("1.1.0", {"templates/more.yaml": template})
    lab.deploy(source=source, values={"tag": "one", "type": "ClusterIP", "extra": "extra"})
    return lab.upgrade(source=source, values={**BAD_IMAGE, "type": "ClusterIP", **values})


@contextmanager
def gone_in_the_end(lab: Laboratory, kind: str, name: str) -> Iterator[None]:
    """Delete an object of the whole cluster after the block, if it is there."""
    try:
        yield
    finally:
        lab.space.kubectl("delete", kind, name, "--ignore-not-found")


def test_a_webhook_that_the_failed_pods_were_to_serve_does_not_refuse_the_rollback(lab: Laboratory) -> None:
    name = lab.space.namespace
    with gone_in_the_end(lab, "validatingwebhookconfiguration", name):
        assert ready(from_good_to_bad(lab, WEBHOOK)) == BACK
    removed = f"ValidatingWebhookConfiguration {name} was left by a failed revision, and was removed"
    assert lab.warned.count(removed) == 1
    assert lab.image().endswith(":one")


def test_a_deployment_that_is_to_be_recreated_again_is_restored(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "one", "strategy": {"type": "Recreate"}})
    assert ready(lab.upgrade(values={**BAD_IMAGE, "strategy": {"type": "RollingUpdate"}})) == BACK
    assert lab.space.get("deployment", "web")["spec"]["strategy"] == {"type": "Recreate"}  # type: ignore[index]
    assert lab.upgrade(values={"tag": "2", "strategy": {"type": "RollingUpdate"}}).phase is Phase.DEPLOYED


def test_what_to_do_is_said_where_helm_4_cannot_have_one_recreated(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy(values={"tag": "one"})
    values = {"tag": "two", "strategy": {"type": "Recreate"}}
    told = explained(lab.upgrade(values=values))
    lab.space.kubectl(*told.partition("`kubectl ")[2].partition("`")[0].replace("'", "").split())
    assert lab.upgrade(values=values, operations={"rollback": {"retry_trigger": "x"}}).phase is Phase.DEPLOYED


@pytest.mark.parametrize("operations", [{}, MANUAL], ids=["automatic", "manual"])
def test_what_a_failed_revision_added_to_an_empty_list_is_gone_after_the_next(
    lab: Laboratory, operations: dict[str, Any]
) -> None:
    source = lab.chart("1.1.0", {"templates/deployment.yaml": ENV})
    lab.deploy(source=source, values={"tag": "one"}, operations=operations)
    added = [{"name": "ADDED", "value": "1"}]
    lab.upgrade(source=source, values={**BAD_IMAGE, "env": added}, operations=operations)
    repaired = lab.upgrade(source=source, values={"tag": "two"}, operations=operations)
    assert repaired.phase is Phase.DEPLOYED
    live = json.loads(lab.space.kubectl("get", "deployment", "web", "--output=json"))
    assert not live["spec"]["template"]["spec"]["containers"][0].get("env")


@pytest.mark.sweep
def test_an_api_that_the_failed_pods_were_to_serve_goes_with_them(lab: Laboratory) -> None:
    name = f"v1.{lab.space.namespace}.example.com"
    with gone_in_the_end(lab, "apiservice", name):
        assert ready(from_good_to_bad(lab, API_SERVICE)) == BACK
        assert name not in lab.space.kubectl("get", "apiservice")


@pytest.mark.sweep
def test_an_object_of_an_install_alone_is_there_after_a_failed_hook(lab: Laboratory) -> None:
    hook = {"on": "pre-upgrade", "play": "fail"}
    status = from_good_to_bad(lab, ONCE, hook=hook)
    assert ready(status) == (Phase.ROLLED_BACK, "JobFailed")
    assert lab.space.get("configmap", "once")


@pytest.mark.sweep
def test_what_was_to_be_deleted_when_another_object_was_refused_is_there(lab: Laboratory) -> None:
    assert ready(from_good_to_bad(lab, FIXED)) == (Phase.ROLLED_BACK, "ImmutableField")
    assert lab.space.get("configmap", "extra")


@pytest.mark.sweep
def test_a_revision_is_held_whose_object_was_kept(lab: Laboratory) -> None:
    source = lab.chart("1.1.0", {"templates/kept.yaml": KEPT})
    lab.deploy(source=source, values={"tag": "one"})
    lab.upgrade(source=source, values={"tag": "two"})
    pin = {"rollback": {"strategy": "manual", "target_revision": 1}}
    status = lab.upgrade(source=source, values={"tag": "two"}, operations=pin)
    assert ready(status) == (Phase.DEPLOYED, "ManualRequest")


@pytest.mark.sweep
def test_a_service_has_its_type_again(lab: Laboratory) -> None:
    assert ready(from_good_to_bad(lab, SERVICE, type="LoadBalancer")) == BACK
    live = json.loads(lab.space.kubectl("get", "service", "web", "--output=json"))
    assert live["spec"]["type"] == "ClusterIP"


@pytest.mark.sweep
def test_an_object_that_does_not_go_holds_up_no_rollback(lab: Laboratory) -> None:
    assert ready(from_good_to_bad(lab, STICKY)) == BACK
    lab.space.kubectl(
        "patch", "configmap", "sticky", "--type=merge", '--patch={"metadata":{"finalizers":[]}}'
    )
