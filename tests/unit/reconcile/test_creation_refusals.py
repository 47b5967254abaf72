"""Why a release cannot be created where it is to be."""

from __future__ import annotations

from dataclasses import replace

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.records.owner import Identity, Owner
from helm_rollback_component.reconcile import creation_refusals
from tests.support.histories import history
from tests.unit.kube.claims.test_claim_rules import CLAIM

DECLARED = {"release_name": "web", "release_namespace": "apps", "source": {"chart": "./web"}}
OURS = CLAIM.owner
THEIRS = Owner("org", "shop", "prod", "urn:theirs")


THERE = history("deployed")


def told(identity: Identity, found: History = THERE, *, claimed: bool, adopt: bool = False) -> str:
    config = HelmConfig.parse({**DECLARED, "adopt": adopt})
    return creation_refusals.told(config, identity, CLAIM if claimed else None, found)


def test_where_nothing_is_nothing_is_refused() -> None:
    assert told(Identity(OURS), History(), claimed=False) == ""


def test_a_release_that_nobody_has_claimed_is_to_be_adopted() -> None:
    assert "a release of this name exists already" in told(Identity(OURS), claimed=False)
    assert told(Identity(OURS), claimed=False, adopt=True) == ""


def test_that_of_another_stack_is_refused() -> None:
    assert told(Identity(THEIRS), claimed=True).startswith("release_name: the release belongs to ")
    assert told(Identity(), claimed=True).startswith("release_name: the release belongs to ")


def test_what_an_earlier_try_of_this_stack_has_left_is_not() -> None:
    assert told(Identity(OURS), claimed=True) == ""


def test_but_one_that_was_moved_away_since_is() -> None:
    (latest,) = history("deployed")
    moved = History((replace(latest, by_kubernetes_provider=True),))
    assert "a release of this name exists already" in told(Identity(OURS), moved, claimed=True)
