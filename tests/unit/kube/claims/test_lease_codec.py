"""The Lease beside a release, as values."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from helm_rollback_component.core.records.ledger import Attempt, Ledger
from helm_rollback_component.core.records.owner import Owner
from helm_rollback_component.kube.claims import lease_codec
from helm_rollback_component.kube.claims.lock_holder import Holder

OWNER = Owner("acme", "shop", "prod", "urn:pulumi:prod::shop::web")
HOLDER = Holder("host/12/abcd", "boot pid:[1] 12 34")
NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
LEDGER = Ledger(attempt=Attempt(action="upgrade", revision=2, desired_digest="x"))


def lease() -> lease_codec.Lease:
    made = lease_codec.owned(lease_codec.new("helm-rollback.web", "apps"), OWNER, "one")
    made["metadata"] |= {"uid": "1", "resourceVersion": "2"}
    return made


def damaged(**annotations: str) -> lease_codec.Claim:
    made = lease()
    made["metadata"]["annotations"] |= {f"helm-rollback/{key}": text for key, text in annotations.items()}
    return lease_codec.claim(made)


def test_a_new_lease_is_nobodys() -> None:
    claim = lease_codec.claim(lease_codec.new(lease_codec.name("web"), "apps"))
    assert (claim.owner, claim.incarnation, claim.holder) == (None, "", "")
    assert claim.ledger == Ledger()


def test_an_owned_one_says_whose_it_is() -> None:
    claim = lease_codec.claim(lease())
    assert (claim.owner, claim.incarnation, claim.damaged) == (OWNER, "one", False)
    assert claim.uid == "1"
    assert str(OWNER) == "stack acme/shop/prod (urn:pulumi:prod::shop::web)"
    assert str(Owner("", "", "", "")) == "stack unknown (no URN)"


def test_a_stacks_id_stays_until_another_one_is_known() -> None:
    def claimed(lease: lease_codec.Lease, stack_id: str) -> lease_codec.Lease:
        return lease_codec.owned(lease, replace(OWNER, stack_id=stack_id), "one")

    known = claimed(lease(), "1-2-3")
    for then, expected in (("", "1-2-3"), ("4-5-6", "4-5-6")):
        owner = lease_codec.claim(claimed(known, then)).owner
        assert owner == replace(OWNER, stack_id=expected)
    renamed = replace(OWNER, stack="staging")
    assert lease_codec.claim(lease_codec.owned(known, renamed, "one")).owner == renamed


def test_a_lock_is_taken_renewed_and_freed() -> None:
    taken = lease_codec.locked(lease_codec.with_ledger(lease(), LEDGER), HOLDER, 20, NOW)
    claim = lease_codec.claim(taken)
    assert (claim.holder, claim.process, claim.duration) == (HOLDER.name, HOLDER.process, 20)
    assert claim.renewed == claim.acquired == "2026-01-02T03:04:05.000678Z"
    assert claim.holder_words == "process 12 on host (since 2026-01-02T03:04:05.000678Z)"
    renewed = lease_codec.claim(lease_codec.renewed(taken, NOW.replace(second=9)))
    assert (renewed.renewed, renewed.acquired) == ("2026-01-02T03:04:09.000678Z", claim.acquired)
    freed = lease_codec.released(taken)
    assert freed["spec"] == {"leaseTransitions": 1}
    claim = lease_codec.claim(freed)
    assert (claim.holder, claim.process, claim.acquired) == ("", "", "")
    assert (claim.owner, claim.ledger) == (OWNER, LEDGER)
    assert lease_codec.locked(freed, HOLDER, 20, NOW)["spec"]["leaseTransitions"] == 2


def test_what_others_wrote_stays() -> None:
    noted = lease()
    noted["metadata"]["annotations"]["theirs"] = "note"
    noted["metadata"]["ownerReferences"] = [{"uid": "3"}]
    after = lease_codec.released(lease_codec.with_ledger(lease_codec.locked(noted, HOLDER, 20, NOW), LEDGER))
    assert after["metadata"]["annotations"]["theirs"] == "note"
    assert after["metadata"]["ownerReferences"] == [{"uid": "3"}]
    assert "theirs" in noted["metadata"]["annotations"]


@pytest.mark.parametrize(
    "text", ["{", "[]", "[" * 100_000, '{"stack": "a"}', json.dumps(dict.fromkeys("abcd", ""))]
)
def test_an_owner_that_cannot_be_read_is_none(text: str) -> None:
    claim = damaged(owner=text)
    assert claim.owner is None
    assert claim.damaged


def test_an_owner_of_the_wrong_types_is_none() -> None:
    words = {"organization": 1, "project": "", "stack": "", "urn": ""}
    assert damaged(owner=json.dumps(words)).owner is None


def test_a_ledger_that_cannot_be_read_is_empty_and_said_so() -> None:
    claim = damaged(ledger="{")
    assert claim.ledger == Ledger()
    assert claim.damaged


@pytest.mark.parametrize(
    ("stated", "duration"), [(None, 20), (0, 20), (-1, 20), ("30", 20), (30, 30), (10**9, 120)]
)
def test_no_lock_lasts_for_ever(stated: Any, duration: int) -> None:
    made = lease()
    made["spec"] = {"holderIdentity": "them", "leaseDurationSeconds": stated}
    claim = lease_codec.claim(made)
    assert claim.duration == duration
    assert claim.holder_words == "them (since an unknown time)"


def test_whose_a_claim_is() -> None:
    claim = lease_codec.claim(lease())
    renamed = Owner("acme", "shop", "prod", "urn:other")
    assert claim.belongs_to(OWNER, "two")
    assert claim.belongs_to(renamed, "one")
    assert not claim.belongs_to(renamed, "two")
    assert not claim.belongs_to(renamed, "")
    assert not lease_codec.claim(lease_codec.owned(lease(), OWNER, "")).bears("")


def test_helm_at_work_is_noted_and_forgotten() -> None:
    noted = lease_codec.with_helm(lease(), "boot pid:[1] 7 99", 960.0)
    claim = lease_codec.claim(noted)
    assert (claim.helm, claim.alone) == ("boot pid:[1] 7 99", 960)
    assert "process 7 here" in claim.helm_words
    assert lease_codec.claim(lease_codec.without_helm(noted)).helm == ""
    assert lease_codec.without_helm(lease()) == lease()


@pytest.mark.parametrize(
    ("text", "helm", "alone"),
    [
        ("", "", 0),
        ("boot ns 7 99/many", "", 0),
        ("/5", "", 0),
        ("boot ns 7 99/-5", "boot ns 7 99", 0),
        ("boot ns 7 99/1e99", "boot ns 7 99", 86_400),
        ("boot ns 7 99/nan", "boot ns 7 99", 0),
    ],
)
def test_a_note_of_helm_may_be_damaged(text: str, helm: str, alone: float) -> None:
    claim = damaged(helm=text)
    assert (claim.helm, claim.alone) == (helm, alone)
