"""Releases of users who have the rights that docs/permissions grants, or fewer."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.errors import OperationError, ValidationError
from helm_rollback_component.results import Phase
from tests.contract.laboratory import BAD_IMAGE, CRASHING, condition
from tests.contract.test_points_of_no_return import DEFINITION, NAMESPACE
from tests.support import least_rights
from tests.support.control_plane import Place
from tests.support.least_rights import granted, rules_of
from tests.support.namespaces import cluster_of
from tools.permissions.features import roles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.laboratory import Laboratory
    from tests.support.control_plane import Rules
    from tests.support.least_rights import Recorder
    from tools.permissions.rights import Right

pytestmark = pytest.mark.ground

ALL = ("release", "chart", "health", "logs", "events", "clearing", "volumes")


_RARE = """\
{{- with .Values.rare }}
apiVersion: apps/v1
kind: {{ .kind }}
metadata: {name: rare}
spec:
  {{- if eq .kind "StatefulSet" }}
  replicas: 2
  {{- end }}
  selector: {matchLabels: {app: rare}}
  template:
    metadata: {labels: {app: rare, ground/play: {{ .play }}}}
    spec:
      containers: [{name: main, image: registry.example/rare}]
      {{- with .claim }}
      volumes: [{name: data, persistentVolumeClaim: {claimName: {{ . }}}}]
      {{- end }}
{{- end }}
"""
"""A workload of any kind, beside that of the shared chart."""


VOLUME = """\
apiVersion: v1
kind: PersistentVolume
metadata:
  name: {{ .Release.Namespace }}-volume
spec:
  accessModes: [ReadWriteOnce]
  capacity: {storage: 1Mi}
  claimRef: {namespace: kube-public, name: nobody}
  hostPath: {path: /nowhere}
  persistentVolumeReclaimPolicy: Delete
"""


def without(rules: Rules, resource: str, *verbs: str) -> Rules:
    """Return the rules without these verbs on a resource, which is alone in its rule."""
    return [
        {**rule, "verbs": [verb for verb in rule["verbs"] if verb not in verbs]}
        if resource in rule["resources"]
        else rule
        for rule in rules
    ]


@contextmanager
def user(lab: Laboratory, rules: Rules, everywhere: Rules = ()) -> Iterator[tuple[str, Recorder]]:
    """Give the kubeconfig of a new user with these rights in the release's namespace, and everywhere."""
    ground, namespace = lab.space.ground, lab.space.namespace
    here = Place(ground, cluster_of(ground), namespace, ground.kubeconfig.read_text())
    with least_rights.user(here, rules, everywhere) as found:
        yield found


def in_namespaces(asked: Recorder) -> set[Right]:
    return {right for right in asked.rights if right.namespaced}


def lacking(lines: list[str]) -> list[str]:
    return [line for line in lines if " cannot " in line]


def live_through_all(lab: Laboratory) -> set[Right]:
    rules = rules_of(*ALL)
    with user(lab, rules) as (me, asked):
        assert lab.operations(kubeconfig=me).cluster_identity.startswith("server:")
        assert lab.deploy(kubeconfig=me, history={"max_revisions": 2}).phase is Phase.DEPLOYED
        good = lab.upgrade(kubeconfig=me, history={"max_revisions": 2}, values={"tag": "2"})
        assert (good.phase, good.revision) == (Phase.DEPLOYED, 2)
        bad = lab.upgrade(kubeconfig=me, history={"max_revisions": 2}, values=CRASHING)
        assert (bad.phase, bad.rollback_status.reason) == (Phase.ROLLED_BACK, "CrashLoopBackOff")
        assert lab.operations(kubeconfig=me).get_status().phase is Phase.ROLLED_BACK
        lab.delete(kubeconfig=me)
    assert lab.leftovers() == []
    assert lacking([*lab.said, *lab.warned]) == []
    assert in_namespaces(asked) <= granted(rules)
    of_the_cluster = asked.rights - in_namespaces(asked)
    assert of_the_cluster == granted(rules_of("cluster"), namespaced=False)
    return asked.rights


def test_all_features_need_no_more_than_their_roles_grant(one_engine_lab: Laboratory) -> None:
    live_through_all(one_engine_lab)


def look_at_data(lab: Laboratory) -> set[Right]:
    """Have a rollback refused for what it would destroy, to a user who may look and to one who may not."""
    with_data_in_it(lab)
    with user(lab, rules_of(*ALL), everywhere=rules_of("data")) as (me, asked):
        assert "CustomResourceDefinition" in (told := destroyed_by_rollback(lab, me))
        assert "(1 object)" in told
        assert f"Namespace {lab.space.namespace}-more (configmaps" in told
        assert f"PersistentVolume {lab.space.namespace}-volume (its content)" in told
        assert lacking([told]) == []
    with user(lab, rules_of(*ALL)) as (me, _):
        told = destroyed_by_rollback(lab, me)
        for resource in ("customresourcedefinitions", "namespaces", "persistentvolumes"):
            assert f'cannot get resource "{resource}"' in told
    lab.delete()
    return {right for right in asked.rights if not right.namespaced}


def with_data_in_it(lab: Laboratory) -> None:
    """Deploy a revision without data, and then one with a definition, a namespace and a volume in use."""
    lab.deploy()
    files = {"definition": DEFINITION, "namespace": NAMESPACE, "volume": VOLUME}
    chart = lab.chart("3.0.0", {f"templates/{name}.yaml": text for name, text in files.items()})
    assert lab.upgrade(source=chart).phase is Phase.DEPLOYED
    group = f"{lab.space.namespace}.example.com/v1"
    found = {"apiVersion": group, "kind": "Widget", "metadata": {"name": "precious"}}
    lab.space.kubectl("create", "-f", "-", stdin=json.dumps(found))
    lab.space.kubectl("create", "configmap", "notes", f"--namespace={lab.space.namespace}-more")


def destroyed_by_rollback(lab: Laboratory, me: str) -> str:
    with pytest.raises(ValidationError) as caught:
        lab.operations(kubeconfig=me).validate_rollback_target(1)
    assert caught.value.reason == "DataLossPrevented"
    return str(caught.value)


def test_what_a_rollback_would_destroy_is_looked_at_with_a_role_of_its_own(
    one_engine_lab: Laboratory,
) -> None:
    looked = look_at_data(one_engine_lab)
    assert roles(looked)["data"]["rules"] == rules_of("data")


@pytest.mark.sweep
def test_the_roles_grant_what_is_needed_and_nothing_else(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    often = live_through_all(lab)
    source = lab.chart("2.0.0", {"templates/rare.yaml": _RARE})
    with user(lab, rules_of(*ALL)) as (me, asked):

        def rolled_back(**rare: str) -> str:
            values = {"tag": str(rare), "rare": rare}
            return lab.upgrade(kubeconfig=me, source=source, values=values).rollback_status.reason

        healthy = {"rare": {"kind": "StatefulSet", "play": "ready"}}
        lab.operations(kubeconfig=me, source=source, values=healthy).deploy()
        assert rolled_back(kind="StatefulSet", play="image-pull") == "ImagePullBackOff"
        assert "Pod rare-1 blocked its StatefulSet and was evicted" in lab.said
        assert rolled_back(kind="Deployment", play="config-error") == "CreateContainerConfigError"
        assert rolled_back(kind="DaemonSet", play="image-pull") == "ImagePullBackOff"
        assert rolled_back(kind="StatefulSet", play="ready", claim="nowhere") == "Unschedulable"
        lab.delete(kubeconfig=me)
    assert lacking([*lab.said, *lab.warned]) == []
    needed = roles(often | asked.rights | look_at_data(lab))
    assert {name: role["rules"] for name, role in needed.items()} == {
        name: rules_of(name) for name in (*ALL, "cluster", "data") if name != "chart"
    }


@pytest.mark.sweep
def test_all_features_need_no_more_with_any_engine(lab: Laboratory) -> None:
    live_through_all(lab)


def update_unseen(lab: Laboratory) -> None:
    with user(lab, rules_of("release", "chart")) as (me, _):
        assert lab.deploy(kubeconfig=me).phase is Phase.DEPLOYED
        good = lab.upgrade(kubeconfig=me, values={"tag": "2"})
        assert (good.phase, [each.verified for each in good.history]) == (Phase.DEPLOYED, [True, True])
        told = condition(good, "Observed")
        assert told is not None
        assert (told.status, told.reason) == ("False", "Forbidden")
        assert f'cannot list resource "pods" in API group "" in the namespace "{lab.space.namespace}"' in (
            told.message
        )
        assert lab.warned[-1] == told.message
        bad = lab.upgrade(kubeconfig=me, values=BAD_IMAGE, timeouts={"upgrade": 4})
        assert (bad.phase, bad.rollback_status.reason) == (Phase.ROLLED_BACK, "UpgradeTimeout")
        assert lab.image().endswith(":2")
    assert condition(lab.upgrade(values={"tag": "3"}), "Observed") is None


def test_without_rights_on_pods_and_events_updates_go_by_the_status_of_workloads(
    one_engine_lab: Laboratory,
) -> None:
    update_unseen(one_engine_lab)


@pytest.mark.sweep
def test_without_rights_on_pods_and_events_updates_work_with_any_engine(lab: Laboratory) -> None:
    update_unseen(lab)


@pytest.mark.parametrize(
    ("resource", "verb"),
    [
        ("leases", "get"),
        ("leases", "create"),
        ("secrets", "list"),
        ("secrets", "create"),
        ("secrets", "update"),
    ],
)
def test_a_first_deployment_names_the_right_that_is_missing_before_it_changes_anything(
    one_engine_lab: Laboratory, resource: str, verb: str
) -> None:
    lab = one_engine_lab
    rules = without(rules_of(*ALL), resource, verb)
    with user(lab, rules) as (me, _), pytest.raises(OperationError) as caught:
        lab.deploy(kubeconfig=me)
    assert caught.value.reason == "Forbidden"
    assert f'cannot {verb} resource "{resource}" in API group' in caught.value.message
    assert f'in the namespace "{lab.space.namespace}"' in caught.value.message
    assert lab.space.objects.names("deployment", "configmap", "secret") == set()


@pytest.mark.sweep
def test_an_upgrade_that_lacks_a_right_in_the_middle_goes_back_and_is_tried_again_once_it_is_granted(
    lab: Laboratory,
) -> None:
    lab.deploy()
    rules = without(rules_of(*ALL), "deployments", "patch", "update")
    with user(lab, rules) as (me, _):
        refused = lab.upgrade(kubeconfig=me, values={"tag": "2"})
    assert (refused.phase, refused.rollback_status.reason) == (Phase.ROLLED_BACK, "Forbidden")
    assert 'cannot patch resource "deployments" in API group "apps"' in refused.rollback_status.message
    assert (lab.image()[-2:], lab.space.values()["tag"]) == (":1", "1")
    assert lab.upgrade(values={"tag": "2"}).phase is Phase.DEPLOYED


def test_to_see_a_release_needs_two_rights(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy()
    with user(lab, rules_of("reader")) as (me, asked):
        assert lab.operations(kubeconfig=me).get_status().phase is Phase.DEPLOYED
        assert in_namespaces(asked) == granted(rules_of("reader"))


@pytest.mark.parametrize("resource", ["secrets", "leases"])
def test_a_deletion_names_the_right_that_is_missing_before_it_changes_anything(
    one_engine_lab: Laboratory, resource: str
) -> None:
    lab = one_engine_lab
    lab.deploy()
    before = lab.leftovers()
    rules = without(rules_of(*ALL), resource, "delete")
    with user(lab, rules) as (me, _), pytest.raises(OperationError) as caught:
        lab.delete(kubeconfig=me)
    assert caught.value.reason == "Forbidden"
    assert f'cannot delete resource "{resource}" in API group' in caught.value.message
    assert lab.leftovers() == before
