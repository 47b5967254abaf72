"""Edge cases of how actions end, by their numbers in docs/cases.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.errors import ValidationError
from helm_rollback_component.results import Phase, RollbackState
from tests.contract.by_hand import mark, stored
from tests.contract.laboratory import BAD_IMAGE, ready, stands
from tests.contract.obstacles import image_write, kubeconfig_of, record_write, refusing

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

OWN_RECORDS_AND_CLAIMS = [
    {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["*"]},
    {"apiGroups": [""], "resources": ["secrets"], "verbs": ["*"]},
    {"apiGroups": ["", "apps", "batch"], "resources": ["*"], "verbs": ["get", "list", "watch"]},
]


def test_21_a_requested_rollback_that_cannot_be_applied_loses_no_good_revision(lab: Laboratory) -> None:
    """Helm leaves no deployed revision; the one that was is marked again, and pruning must not take it."""
    one = {"history": {"max_revisions": 1}}
    for tag in ("one", "two"):
        lab.upgrade(values={"tag": tag}, operations={"rollback": {"strategy": "manual"}})
    pin = {"rollback": {"strategy": "manual", "target_revision": 1}}
    with refusing(lab.space, image_write("one")):
        status = lab.upgrade(values={"tag": "two"}, operations=pin, **one)
    assert stored(lab.space) == {1: "superseded", 2: "deployed", 3: "failed"}
    assert ready(status) == (Phase.STALLED, "RollbackFailed")
    assert [each.verified for each in status.history] == [True, True, False]


def test_24_an_install_that_was_cut_short_is_not_rolled_back(lab: Laboratory) -> None:
    """There is nothing to go back to; it is removed and made anew."""
    lab.deploy(values={"tag": "half"})
    mark(lab.space, 1, "pending-install", "Initial install underway")
    status = lab.upgrade(values={"tag": "half"})
    assert lab.statuses() == ["deployed"]
    assert ready(status) == (Phase.DEPLOYED, "InstallSucceeded")
    assert status.rollback_status.state is RollbackState.NONE


def test_27_a_failure_before_the_record_is_written_is_no_failed_upgrade(lab: Laboratory) -> None:
    """Nothing was deployed, so nothing is rolled back; the next update tries again."""
    lab.deploy(values={"tag": "good"})
    with refusing(lab.space, record_write("CREATE", 2)):
        status = lab.upgrade(values={"tag": "new"})
    assert lab.statuses() == ["deployed"]
    assert lab.image().endswith(":good")
    assert (status.phase, status.rollback_status.state) == (Phase.FAILED, RollbackState.NONE)
    assert ready(lab.upgrade(values={"tag": "new"})) == (Phase.DEPLOYED, "UpgradeSucceeded")


def test_28_an_immutable_field_is_rolled_back_and_not_tried_again(lab: Laboratory) -> None:
    """A failure for good: the same spec cannot work the next time either."""
    lab.deploy(values={"tag": "good"})
    deployment = (lab.space.chart / "templates/deployment.yaml").read_text()
    other = deployment.replace("app: {{ .Release.Name }}", "app: other")
    chart = lab.chart("1.1.0", {"templates/deployment.yaml": other})
    status = lab.upgrade(source=chart)
    assert ready(status) == (Phase.ROLLED_BACK, "ImmutableField")
    assert lab.image().endswith(":good")
    assert lab.upgrade(source=chart).revision == status.revision


def test_28_a_removed_api_fails_before_anything_is_stored(lab: Laboratory) -> None:
    """Helm cannot even build the objects."""
    lab.deploy()
    gone = {"templates/gone.yaml": "apiVersion: gone.example/v1\nkind: Gone\nmetadata: {name: gone}\n"}
    status = lab.upgrade(source=lab.chart("1.1.0", gone))
    assert lab.statuses() == ["deployed"]
    assert (status.phase, status.rollback_status.state) == (Phase.FAILED, RollbackState.NONE)
    assert "gone.example/v1" in next(each.message for each in status.conditions if each.type == "Ready")


def test_28_missing_permissions_are_told_and_stop_it(lab: Laboratory) -> None:
    """The user may write records but no objects: the upgrade fails, and so does the way back."""
    lab.deploy(values={"tag": "good"})
    restricted = kubeconfig_of(lab.space, OWN_RECORDS_AND_CLAIMS)
    status = lab.upgrade(values={"tag": "new"}, kubeconfig=restricted)
    assert status.phase is not Phase.DEPLOYED
    assert "forbidden" in next(each.message for each in status.conditions if each.type == "Ready").lower()
    assert lab.image().endswith(":good")
    assert ready(lab.upgrade(values={"tag": "newer"})) == (Phase.DEPLOYED, "UpgradeSucceeded")


def test_31_definitions_in_crds_stay_as_the_first_install_made_them(lab: Laboratory) -> None:
    """Neither an upgrade nor a rollback touches them; deletion leaves them."""
    group = f"{lab.space.namespace}.example"
    old, new = ({"crds/thing.yaml": _definition(group, version)} for version in ("v1", "v2"))
    try:
        lab.deploy(source=lab.chart("1.0.0", old))
        lab.upgrade(source=lab.chart("1.1.0", new), values=BAD_IMAGE)
        assert _served(lab, group) == "v1"
        lab.delete()
        assert _served(lab, group) == "v1"
    finally:
        lab.space.kubectl("delete", "crd", f"things.{group}", "--ignore-not-found", "--wait=false")


def test_31_templated_definitions_go_with_a_rollback(lab: Laboratory) -> None:
    """With them go their objects; the failed upgrade had brought them."""
    group = f"{lab.space.namespace}.example"
    lab.deploy()
    more = lab.chart("1.1.0", {"templates/thing.yaml": _definition(group, "v1")})
    assert lab.upgrade(source=more, values=BAD_IMAGE).phase is Phase.ROLLED_BACK
    assert lab.space.kubectl("get", "crd", f"things.{group}", "--ignore-not-found") == ""


def test_32_the_cause_is_told_not_what_cleaning_up_says(lab: Laboratory) -> None:
    """No cleanup-on-fail is used; the rollback tells of the upgrade's failure."""
    lab.deploy(values={"tag": "good"})
    with refusing(lab.space, image_write("new")):
        status = lab.upgrade(values={"tag": "new"})
    assert status.phase is Phase.ROLLED_BACK
    assert "refused by the test" in status.rollback_status.message
    assert stands(status, "Released") == ("False", "UpgradeFailed")


def test_37_whole_numbers_are_the_same_however_they_are_sent(one_engine_lab: Laboratory) -> None:
    """Pulumi sends every number as a float."""
    lab = one_engine_lab
    lab.deploy(values={"replicas": 1, "whole": 2})
    status = lab.upgrade(values={"replicas": 1.0, "whole": 2.0})
    assert (status.revision, ready(status)) == (1, (Phase.DEPLOYED, "InSync"))
    assert lab.upgrade(values={"replicas": 1, "whole": 2.5}).revision == 2


def test_38_a_creation_that_ends_early_leaves_nothing(one_engine_lab: Laboratory) -> None:
    """Neither a release nor a claim that would keep another from making one."""
    lab = one_engine_lab
    with pytest.raises(ValidationError):
        lab.deploy(source={"chart": str(lab.folder / "nowhere")})
    assert lab.leftovers() == []


def _definition(group: str, version: str) -> str:
    return f"""\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: things.{group}}}
spec:
  group: {group}
  scope: Namespaced
  names: {{plural: things, singular: thing, kind: Thing}}
  versions:
  - name: {version}
    served: true
    storage: true
    schema: {{openAPIV3Schema: {{type: object}}}}
"""


def _served(lab: Laboratory, group: str) -> str:
    return lab.space.kubectl("get", "crd", f"things.{group}", "-o", "jsonpath={.spec.versions[0].name}")
