"""Who may take a release, and when."""

from dataclasses import replace

import pytest

from helm_rollback_component.core.records.ledger import Attempt, Ledger
from helm_rollback_component.core.records.owner import NOBODY, Owner
from helm_rollback_component.kube.claims.claim_rules import Sightings, Wish, locked, refusal, waits_for
from helm_rollback_component.kube.claims.lease_codec import Claim

MINE = Owner("acme", "shop", "prod", "urn:web")
THEIRS = Owner("acme", "shop", "dev", "urn:web")


def known(stack_id: str) -> Owner:
    return replace(MINE, stack_id=stack_id)


CLAIM = Claim(
    owner=MINE,
    incarnation="one",
    ledger=Ledger(),
    uid="1",
    holder="host/12/abcd",
    process="some process",
    helm="",
    alone=0.0,
    duration=20,
    renewed="then",
    acquired="before",
    damaged=False,
)


def alive(_: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("claim", "wish", "reason"),
    [
        (None, Wish(MINE, "one"), None),
        (CLAIM, Wish(MINE, "one"), None),
        (CLAIM, Wish(MINE, "two"), None),
        (CLAIM, Wish(THEIRS, "one"), None),
        (CLAIM, Wish(THEIRS, "two"), "ClaimedByAnother"),
        (CLAIM, Wish(THEIRS, "two", adopt=True), None),
        (replace(CLAIM, owner=None, incarnation=""), Wish(MINE, "one"), "ClaimedByAnother"),
        (None, Wish(MINE, "one", strict=True), "ClaimMissing"),
        (CLAIM, Wish(known("1-2-3"), "two"), None),
        (replace(CLAIM, owner=known("1-2-3")), Wish(MINE, "two"), None),
        (replace(CLAIM, owner=known("1-2-3")), Wish(known("1-2-3"), "two"), None),
        (replace(CLAIM, owner=known("1-2-3")), Wish(known("4-5-6"), "one"), None),
        (replace(CLAIM, owner=known("1-2-3")), Wish(known("4-5-6"), "two"), "ClaimedByAnother"),
        (replace(CLAIM, owner=known("1-2-3")), Wish(known("4-5-6"), "two", adopt=True), None),
        (replace(CLAIM, owner=NOBODY), Wish(known("1-2-3"), "two"), None),
        (CLAIM, Wish(MINE, "one", strict=True), None),
        (CLAIM, Wish(MINE, "two", strict=True), "AnotherIncarnation"),
        (CLAIM, Wish(MINE, "two", strict=True, adopt=True), "AnotherIncarnation"),
    ],
)
def test_who_may_take_a_release(claim: Claim | None, wish: Wish, reason: str | None) -> None:
    refused = refusal(claim, wish)
    assert (refused.reason if refused else None) == reason


def test_a_refusal_names_both_owners_and_the_ways_out() -> None:
    said = str(refusal(CLAIM, Wish(THEIRS, "two")))
    for word in ("acme/shop/prod", "acme/shop/dev", "aliases", "adopt=True"):
        assert word in said
    unreadable = str(refusal(replace(CLAIM, owner=None), Wish(THEIRS, "two")))
    assert "an owner whose name cannot be read" in unreadable


def test_a_stack_of_the_same_name_is_told_from_ours() -> None:
    said = str(refusal(replace(CLAIM, owner=known("1-2-3")), Wish(known("4-5-6"), "two")))
    assert "belongs to another stack of the same name (in another backend" in said
    assert "adopt=True" in said


def test_a_locked_release_says_by_whom() -> None:
    error = locked(CLAIM)
    assert (error.reason, error.temporary) == ("Locked", True)
    assert "process 12 on host (since before)" in str(error)


class TestSightings:
    def test_a_free_lock_is_free(self) -> None:
        assert Sightings(alive).free(replace(CLAIM, holder=""), 0)

    def test_a_lock_that_nobody_renews_expires_by_our_clock(self) -> None:
        sightings = Sightings(alive)
        assert not sightings.free(CLAIM, 1000)
        assert not sightings.free(CLAIM, 1019.9)
        assert sightings.free(CLAIM, 1020)

    @pytest.mark.parametrize("change", [{"renewed": "now"}, {"holder": "other"}, {"uid": "other"}])
    def test_any_sign_of_life_starts_anew(self, change: dict[str, str]) -> None:
        sightings = Sightings(alive)
        sightings.free(CLAIM, 0)
        changed = replace(CLAIM, **change)  # type: ignore[arg-type]  # all of them strings
        assert not sightings.free(changed, 30)
        assert not sightings.free(changed, 49)
        assert sightings.free(changed, 50)

    def test_what_others_note_on_the_lease_is_no_sign_of_life(self) -> None:
        sightings = Sightings(alive)
        sightings.free(CLAIM, 0)
        assert sightings.free(
            replace(CLAIM, ledger=Ledger(attempt=Attempt(action="upgrade", revision=2, desired_digest=""))),
            20,
        )

    @pytest.mark.parametrize("renewed", ["1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z"])
    def test_their_clock_does_not_matter(self, renewed: str) -> None:
        sightings = Sightings(alive)
        claim = replace(CLAIM, renewed=renewed)
        assert not sightings.free(claim, 0)
        assert sightings.free(claim, 20)

    def test_helm_that_outlived_its_holder_is_waited_for(self) -> None:
        left, working = replace(CLAIM, helm="boot ns 7 99"), {"boot ns 7 99"}
        sightings = Sightings(lambda process: process == "some process", working.__contains__)
        assert sightings.left_to_helm(left)
        assert not sightings.free(left, 0)
        assert not sightings.free(replace(left, holder=""), 999)
        assert "the release is locked by Helm (process 7 here)" in str(locked(left, by_helm=True))
        assert waits_for(left, by_helm=True).startswith("waiting for Helm (process 7 here)")
        working.clear()
        assert sightings.free(left, 0)
        assert not sightings.left_to_helm(left)

    def test_of_two_that_live_the_holder_is_waited_for(self) -> None:
        assert not Sightings(alive, lambda _: True).left_to_helm(CLAIM)
        assert waits_for(CLAIM).startswith("waiting for process 12 on host (since before)")

    def test_a_dead_holder_is_not_waited_for(self) -> None:
        assert Sightings(lambda process: process == "some process").free(CLAIM, 0)
