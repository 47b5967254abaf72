"""Claims as operations see them: two stacks that want one release, and two clients at work on it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.core.records.owner import Identity, Owner
from helm_rollback_component.errors import OperationError, ValidationError
from helm_rollback_component.kube.claims.claims import Claims
from helm_rollback_component.reconcile import session
from helm_rollback_component.results import Phase
from tests.contract.helm_fixtures import ENDLESS, end_hook
from tests.contract.laboratory import OWNER
from tests.contract.mortals import await_revision
from tests.support.namespaces import cluster_of
from tests.support.waiting import await_that

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = [pytest.mark.ground, pytest.mark.usefixtures("one_helm_at_a_time")]

RIVAL = Owner("organization", "project", "rival", "urn:pulumi:rival::project::type::web")
SLOW = {"play": "never-ready"}
IN_A_HOOK = {"hook": {"on": "pre-upgrade", **ENDLESS}}


def test_a_second_stack_is_refused_with_both_names(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy()
    rival = lab.operations(Identity(RIVAL, "other"), values={"tag": "rival"})
    for ask in (rival.deploy, rival.upgrade, rival.rollback):
        with pytest.raises(ValidationError) as caught:
            ask()
        assert caught.value.reason == "ClaimedByAnother"
        assert str(OWNER) in str(caught.value)
        assert str(RIVAL) in str(caught.value)
        assert "aliases" in str(caught.value)
    rival.delete()
    assert lab.statuses() == ["deployed"]


def test_a_claim_that_is_adopted_is_lost_to_the_first(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy()
    status = lab.operations(Identity(RIVAL, "other"), values={"tag": "rival"}, adopt=True).deploy()
    assert (status.phase, status.revision) == (Phase.DEPLOYED, 2)
    with pytest.raises(ValidationError) as caught:
        lab.upgrade()
    assert caught.value.reason == "ClaimedByAnother"
    claim = lab.claim()
    assert claim is not None
    assert claim.owner == RIVAL


def test_a_renamed_owner_is_known_by_its_incarnation(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy()
    status = lab.operations(Identity(RIVAL, "first")).upgrade()
    assert (status.phase, lab.revisions()) == (Phase.DEPLOYED, [1])
    claim = lab.claim()
    assert claim is not None
    assert claim.owner == RIVAL


def test_a_client_at_work_is_waited_for(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy()
    with ThreadPoolExecutor() as pool:
        first = pool.submit(lab.upgrade, values=IN_A_HOOK)
        await_revision(lab, 2, "pending-upgrade")
        second = pool.submit(lab.upgrade, values={"tag": "second"})
        await_that(lambda: waited(lab), "the second client to wait")
        end_hook(lab.space)
        assert first.result().phase is Phase.DEPLOYED
        status = second.result()
    assert (status.phase, status.revision) == (Phase.DEPLOYED, 3)
    assert lab.statuses() == ["superseded", "superseded", "deployed"]


def test_a_client_that_takes_too_long_is_named(
    one_engine_lab: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = one_engine_lab
    lab.deploy()
    monkeypatch.setattr(session, "_PATIENCE", 0.5)
    claims = Claims(cluster_of(lab.space.ground), lab.space.namespace, "web")
    with claims.hold(OWNER, "first", timeout=0):
        for ask in (lab.upgrade, lab.delete):
            with pytest.raises(OperationError, match="locked by process") as caught:
                ask()
            assert (caught.value.reason, caught.value.temporary) == ("Locked", True)


def test_mere_looks_need_no_lock(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy()
    with ThreadPoolExecutor() as pool:
        first = pool.submit(lab.upgrade, values=IN_A_HOOK)
        await_revision(lab, 2, "pending-upgrade")
        assert lab.operations().get_status().status == "pending-upgrade"
        assert [each.revision for each in lab.operations().get_release_history()] == [1, 2]
        end_hook(lab.space)
        first.result()
    assert not waited(lab)


def test_helm_is_stopped_when_the_claim_is_lost(lab: Laboratory) -> None:
    lab.deploy()
    with ThreadPoolExecutor() as pool:
        first = pool.submit(lab.upgrade, values=SLOW)
        await_revision(lab, 2, "pending-upgrade")
        lab.space.kubectl("delete", "lease", "helm-rollback.web")
        with pytest.raises(OperationError) as caught:
            first.result()
    assert caught.value.reason == "LockLost"
    assert lab.statuses() == ["deployed", "failed"]


def waited(lab: Laboratory) -> bool:
    """Tell whether a client has said that it waits for another."""
    return any("waiting for process" in line for line in lab.said)
