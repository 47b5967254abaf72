"""What is told before an update, for real: rendered by each Helm, by a user who may change nothing."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.core.records.owner import Identity
from helm_rollback_component.errors import OperationError
from tests.contract.helm_fixtures import VALUES, write_chart
from tests.contract.test_least_rights import user
from tests.support.definitions import definition

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

HOOKED = (
    "{apiVersion: v1, kind: ConfigMap, metadata: {name: hooked, annotations: {helm.sh/hook: pre-install}}}"
)
KEPT = "{apiVersion: v1, kind: ConfigMap, metadata: {name: kept}}"
pytestmark = pytest.mark.ground

GROUPS = ["", "apps", "coordination.k8s.io"]
ONLY_READING = [{"apiGroups": GROUPS, "resources": ["*"], "verbs": ["get", "list"]}]
NOT_NAMESPACES = [
    {"apiGroups": [""], "resources": ["secrets", "configmaps"], "verbs": ["get", "list"]},
    {"apiGroups": ["apps", "coordination.k8s.io"], "resources": ["*"], "verbs": ["get", "list"]},
]
LOOKING = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: extra}
data:
  found: {{ (lookup "apps/v1" "Deployment" .Release.Namespace "web").metadata.name }}
  chance: {{ randAlphaNum 12 }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: hooked
  annotations: {helm.sh/hook: pre-upgrade}
"""


def foreseen(lab: Laboratory, *, creating: bool = False, **inputs: Any) -> list[str]:
    lines: list[str] = []
    lab.operations(**inputs).foresee(lines.append, creating=creating)
    return lines


def test_a_first_preview_names_what_is_added_and_what_is_there_already(lab: Laboratory) -> None:
    name = lab.space.namespace
    source = lab.chart("1.1.0", {"templates/kept.yaml": KEPT, "templates/hooked.yaml": HOOKED})
    with user(lab, ONLY_READING) as (me, asked):
        head, *others = foreseen(lab, creating=True, kubeconfig=me, values={"tag": "one"}, source=source)
        lab.space.kubectl("create", "configmap", "kept")
        refused, first, *_ = foreseen(lab, creating=True, kubeconfig=me, source=source)
        taken, over, *_ = foreseen(lab, creating=True, kubeconfig=me, source=source, take_ownership=True)
    assert head.startswith(f"{name}/web: install web 1.1.0; adds ")
    assert head.endswith(" objects, 1 hook")
    assert "+ Deployment web: registry.example/web:one" in others
    assert {"+ ConfigMap kept", "+ hook ConfigMap hooked"} <= {*others}
    assert "this update will fail: 1 object of the chart is there already" in refused
    assert first == "! ConfigMap kept is there already and is not managed by Helm"
    assert "this update will fail" not in taken
    assert over == "~ ConfigMap kept is there already and is not managed by Helm: it is taken over"
    assert {right.verb for right in asked.rights} <= {"get", "list"}
    assert lab.statuses() == []


NAMESPACES = [{"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"]}]


def test_a_first_preview_tells_of_a_namespace_that_is_missing_where_it_may_be_read(
    one_engine_lab: Laboratory,
) -> None:
    lab = one_engine_lab
    there, missing = lab.space.namespace, f"{lab.space.namespace}-missing"
    reading = [*ONLY_READING, *NAMESPACES]
    told = f"; namespace {missing} does not exist yet: it must be made before this release"
    with user(lab, [], everywhere=reading) as (me, _):
        assert "namespace" not in foreseen(lab, creating=True, kubeconfig=me)[0]
        assert foreseen(lab, creating=True, kubeconfig=me, release_namespace=missing)[0].endswith(told)
    with user(lab, ONLY_READING) as (me, _), pytest.raises(OperationError, match="cannot"):
        foreseen(lab, creating=True, kubeconfig=me, release_namespace=missing)
    with user(lab, [], everywhere=NOT_NAMESPACES) as (me, _):
        assert "does not exist" not in str(
            foreseen(lab, creating=True, kubeconfig=me, release_namespace=missing)
        )
    with pytest.raises(OperationError, match=f"cannot be created: the namespace {missing} does not exist"):
        lab.operations(release_namespace=missing).validate_creation(replaced=f"{there}/web")


def test_objects_of_the_release_that_is_replaced_are_not_in_the_way(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    source = lab.chart("1.1.0", {"templates/kept.yaml": KEPT})
    lab.deploy(source=source)
    told = foreseen(lab, creating=True, source=source, release_name="other")
    assert "this update will fail: " in told[0]
    replaced = f"{lab.space.namespace}/web"
    lines: list[str] = []
    other = lab.operations(source=source, release_name="other")
    other.foresee(lines.append, creating=True, replaced=replaced)
    other.validate_creation(replaced=replaced)
    assert "this update will fail" not in lines[0]
    assert "+ ConfigMap kept" in lines
    with pytest.raises(OperationError, match="belongs to"):
        lab.operations(Identity()).validate_creation(replaced=f"{lab.space.namespace}/other")
    lab.delete()


def test_a_preview_says_that_a_post_renderer_is_missing(lab: Laboratory) -> None:
    (line,) = foreseen(lab, creating=True, post_renderer=["no-such-renderer"])
    assert f"{lab.space.namespace}/web: this update will fail: " in line
    assert "no-such-renderer" in line


def test_a_preview_renders_and_only_reads(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "one"})
    source = lab.chart("1.1.0", {"templates/extra.yaml": LOOKING})
    with user(lab, ONLY_READING) as (me, asked):
        lines = foreseen(lab, kubeconfig=me, values={"tag": "two"}, source=source)
    head, *others = lines
    assert head.startswith(f"{lab.space.namespace}/web: upgrade 1.0.0 → 1.1.0; against revision 1: ")
    place = others.index("    ~ spec.template.spec.containers[main].image:")
    assert others[place + 1 : place + 3] == [
        "        - registry.example/web:one",
        "        + registry.example/web:two",
    ]
    assert "+ ConfigMap extra" in others
    assert "+ hook ConfigMap hooked" in others
    assert {right.verb for right in asked.rights} <= {"get", "list"}
    assert lab.statuses() == ["deployed"]
    assert foreseen(lab, values={"tag": "one"}) == [
        f"{lab.space.namespace}/web: no action: what runs is what is declared"
    ]


def test_definitions_that_helm_does_not_upgrade_are_told_until_they_are_applied(
    one_engine_lab: Laboratory,
) -> None:
    lab, group = one_engine_lab, f"{one_engine_lab.space.namespace}.example"
    old = definition(group, "Thing")
    new = copy.deepcopy(old)
    new["spec"]["versions"].append({**old["spec"]["versions"][0], "name": "v9", "storage": False})
    first, second = (
        lab.chart("1.0.0", {"crds/thing.yaml": json.dumps(old)}),
        lab.chart("1.1.0", {"crds/thing.yaml": json.dumps(new)}),
    )
    name = old["metadata"]["name"]
    try:
        assert f"+ CustomResourceDefinition {name} (v1), from crds/" in foreseen(
            lab, creating=True, source=first
        )
        lab.deploy(source=first)
        *_, heading, line, _, remedy = foreseen(lab, source=second)
        assert heading.startswith("Helm does not upgrade crds/")
        assert line == f"    ~ {name}: versions v1 → v1, v9"
        *_, arguments = remedy.partition(" | kubectl ")
        lab.space.kubectl(*arguments.split(), stdin=json.dumps(new))
        assert not [told for told in foreseen(lab, source=second) if "crds/" in told]
    finally:
        lab.space.kubectl("delete", "crd", name, "--ignore-not-found", "--wait=false")


@pytest.mark.every_engine
def test_definitions_of_dependencies_are_told_where_the_values_leave_those_on(lab: Laboratory) -> None:
    group = f"{lab.space.namespace}.example"
    files = {
        "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n"
        "- {name: first, version: 1.0.0, alias: other, condition: other.enabled}\n"
        "- {name: second, version: 1.0.0, tags: [more]}\n",
    }
    for name in ("first", "second", "third"):
        files[f"charts/{name}/Chart.yaml"] = f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n"
        files[f"charts/{name}/crds/one.yaml"] = json.dumps(definition(group, name.title()))
    files["charts/third/Chart.yaml"] += "dependencies: [{name: deep, version: 1.0.0, condition: deep.on_}]\n"
    files["charts/third/charts/deep/Chart.yaml"] = "apiVersion: v2\nname: deep\nversion: 1.0.0\n"
    files["charts/third/charts/deep/crds/one.yaml"] = json.dumps(definition(group, "Deep"))
    source = {"chart": str(write_chart(lab.folder / "with-dependencies", files))}

    def told(**values: Any) -> list[str]:
        lines = foreseen(lab, creating=True, source=source, values=values)
        return sorted(line.split()[2].partition(".")[0] for line in lines if line.endswith("from crds/"))

    off: dict[str, Any] = {"other": {"enabled": False}}
    assert told() == ["deeps", "firsts", "seconds", "thirds"]
    assert told(**off) == ["deeps", "seconds", "thirds"]
    assert told(**off, tags={"more": False}) == ["deeps", "thirds"]
    assert told(**off, third={"deep": {"on_": False}}) == ["seconds", "thirds"]


def test_defaults_of_dependencies_are_none_that_the_chart_has_removed(lab: Laboratory) -> None:
    def source(version: str, size: int) -> dict[str, str]:
        return lab.chart(
            version,
            {
                "Chart.yaml": f"apiVersion: v2\nname: web\nversion: {version}\n"
                "dependencies: [{name: sub, version: 1.0.0}]\n",
                "values.yaml": f"{VALUES}\nsub: {{size: {size}}}\n",
                "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
                "charts/sub/values.yaml": "size: 0\nmore: {deep: 1}\n",
                "charts/sub/templates/x.yaml": "{apiVersion: v1, kind: ConfigMap, metadata: {name: sub}, "
                'data: {size: "{{ .Values.size }}"}}',
            },
        )

    lab.deploy(source=source("1.0.0", 1))
    lines = foreseen(lab, source=source("1.1.0", 2))
    place = lines.index("defaults of the chart that moved, and that the values do not set:")
    assert lines[place + 1] == "    ~ sub.size: 1 → 2"
    assert not [line for line in lines if "more" in line]
    lab.delete()


def test_what_the_kubernetes_provider_wrote_to_is_seen_until_it_is_taken_over(lab: Laboratory) -> None:
    written_by = "--field-manager=pulumi-kubernetes-ebc98082"
    lab.space.kubectl("create", "configmap", "web", "--from-literal=old=yes", written_by)
    operations = lab.operations(take_ownership=True)
    (found,) = operations.taken_over()
    assert (str(found.key), found.by_kubernetes_provider) == ("ConfigMap web", True)
    lab.deploy(take_ownership=True)
    assert operations.taken_over() == []
