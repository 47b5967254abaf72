"""Who acts on a release, and on which cluster: a stack, a script, a kubeconfig that leads elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.core.records.owner import NOBODY, Identity
from helm_rollback_component.errors import OperationError
from helm_rollback_component.results import Phase
from tests.contract.laboratory import OWNER

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

SCRIPT = Identity()


def test_a_script_needs_no_stack(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    operations = lab.operations(SCRIPT)
    assert not operations.exists()
    assert operations.deploy().phase is Phase.DEPLOYED
    assert operations.exists()
    claim = lab.claim()
    assert claim is not None
    assert claim.owner == NOBODY
    operations.delete()
    assert not operations.exists()
    assert lab.leftovers() == []


def test_a_script_leaves_a_release_to_its_stack(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy()
    before = lab.claim()
    assert lab.operations(SCRIPT, values={"tag": "script"}).upgrade().phase is Phase.DEPLOYED
    after = lab.claim()
    assert before is not None
    assert after is not None
    assert (after.owner, after.incarnation) == (before.owner, before.incarnation) == (OWNER, "first")
    assert lab.upgrade().revision == 3


def test_a_kubeconfig_that_leads_to_another_cluster_is_refused(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy()
    here = lab.operations().cluster_identity
    assert lab.operations(Identity(OWNER, "first", here)).upgrade().phase is Phase.DEPLOYED
    elsewhere = lab.operations(Identity(OWNER, "first", f"not-{here}"), values={"tag": "moved"})
    for ask in (elsewhere.upgrade, elsewhere.rollback, elsewhere.delete, elsewhere.get_status):
        with pytest.raises(OperationError) as caught:
            ask()
        assert caught.value.reason == "ClusterChanged"
    assert lab.statuses() == ["deployed"]


def test_a_ledger_that_cannot_be_read_is_told_and_begun_anew(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy()
    lab.space.kubectl("annotate", "lease", "helm-rollback.web", "helm-rollback/ledger={", "--overwrite")
    status = lab.upgrade(values={"tag": "second"})
    assert len(lab.warned) == 1
    assert status.phase is Phase.DEPLOYED
    assert [each.verified for each in status.history] == [False, True]
    claim = lab.claim()
    assert claim is not None
    assert not claim.damaged
