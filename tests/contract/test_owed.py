"""What is owed after a failure follows from the records; the words of the error say why, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.results import Phase
from tests.contract.laboratory import condition, ready
from tests.contract.obstacles import kubeconfig_of

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

BINDING = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: deployer}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deployer}
subjects: [{kind: ServiceAccount, name: default}]
"""
HOOK_OF_NO_KIND = """\
apiVersion: gone.example/v1
kind: Gone
metadata: {name: gone, annotations: {helm.sh/hook: post-upgrade}}
"""
LASTING_HOOK = """\
{{- with .Values.migration }}
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations: {helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: hook-succeeded}
spec:
  backoffLimit: 0
  template:
    metadata: {labels: {ground/play: {{ . }}}, annotations: {ground/after: 0s}}
    spec:
      restartPolicy: Never
      containers: [{name: main, image: "registry.example/{{ . }}"}]
{{- end }}
"""
ALL_BUT_BINDING = [
    {
        "apiGroups": ["", "apps", "batch", "coordination.k8s.io", "events.k8s.io"],
        "resources": ["*"],
        "verbs": ["*"],
    },
    {
        "apiGroups": ["rbac.authorization.k8s.io"],
        "resources": ["rolebindings"],
        "verbs": ["get", "list", "watch", "create", "update", "patch", "delete"],
    },
]


def test_what_is_half_applied_is_rolled_back_whatever_the_words(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "one"})
    status = lab.upgrade(source=lab.chart("2.0.0", {"templates/hook.yaml": HOOK_OF_NO_KIND}))
    assert ready(status) == (Phase.ROLLED_BACK, "UnknownKind")
    assert lab.image().endswith(":one")

    bound = lab.chart("3.0.0", {"templates/binding.yaml": BINDING})
    status = lab.upgrade(source=bound, kubeconfig=kubeconfig_of(lab.space, ALL_BUT_BINDING))
    assert ready(status) == (Phase.ROLLED_BACK, "NotFound")
    assert lab.image().endswith(":one")
    assert status.rollback_status.message.endswith(
        "create the role that the binding names, or grant the user of the kubeconfig the verb bind"
    )


def test_a_hook_that_stays_is_named_with_the_way_out(lab: Laboratory) -> None:
    chart = lab.chart("2.0.0", {"templates/migrate.yaml": LASTING_HOOK})
    lab.deploy(source=chart, values={"tag": "one"})
    assert lab.upgrade(source=chart, values={"tag": "two", "migration": "fail"}).phase is Phase.ROLLED_BACK
    same = lab.upgrade(source=chart, values={"tag": "two and a half", "migration": "fail"})
    assert f"`kubectl delete job migrate -n {lab.space.namespace}`" in same.rollback_status.message
    status = lab.upgrade(source=chart, values={"tag": "three", "migration": "succeed"})

    found = condition(status, "Ready")
    assert found is not None
    assert found.reason == "AlreadyExists"
    assert f"`kubectl delete job migrate -n {lab.space.namespace}`" in found.message
    assert found.message.count("helm.sh/hook-delete-policy") == 1
    assert len(found.message) < 700

    lab.space.kubectl("delete", "job", "migrate")
    repaired = lab.upgrade(
        source=chart,
        values={"tag": "three", "migration": "succeed"},
        operations={"rollback": {"retry_trigger": "hook deleted"}},
    )
    assert repaired.phase is Phase.DEPLOYED
