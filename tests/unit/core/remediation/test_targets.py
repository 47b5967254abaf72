"""Which revisions are good, and which of them is gone back to."""

import pytest

from helm_rollback_component.core.records.history import History, Record
from helm_rollback_component.core.records.ledger import Ledger, Verdict
from helm_rollback_component.core.remediation import targets
from tests.support.histories import entry, history, ledger, record

FAILED_ROLLBACK = 'Rollback "web" failed: no matches for kind'
FAILED_UPGRADE = 'Upgrade "web" failed: context deadline exceeded'


def standing(revision: int, found: History, known: Ledger | None = None) -> Verdict:
    asked = found.get(revision)
    assert asked
    return targets.standing(asked, known or ledger())


def number(found: Record | None) -> int | None:
    return found.revision if found else None


class TestStanding:
    @pytest.mark.parametrize("status", ["deployed", "superseded", "failed", "pending-upgrade"])
    @pytest.mark.parametrize("verdict", ["good", "bad"])
    def test_the_ledger_comes_first(self, status: str, verdict: str) -> None:
        assert standing(1, history(status), ledger(entry(1, verdict))) == verdict

    @pytest.mark.parametrize(
        ("status", "verdict"),
        [
            ("deployed", "good"),
            ("superseded", "good"),
            ("failed", "bad"),
            ("pending-install", "unknown"),
            ("pending-upgrade", "unknown"),
            ("pending-rollback", "unknown"),
            ("uninstalling", "unknown"),
            ("uninstalled", "unknown"),
            ("unknown", "unknown"),
        ],
    )
    def test_without_a_verdict_helms_word_counts(self, status: str, verdict: str) -> None:
        assert standing(1, history(status)) == verdict

    @pytest.mark.parametrize(
        ("status", "verdict"), [("deployed", "unknown"), ("superseded", "unknown"), ("failed", "bad")]
    )
    def test_of_what_was_not_judged_to_the_end_helms_word_is_not_enough(
        self, status: str, verdict: str
    ) -> None:
        assert standing(1, history(status), ledger(entry(1, "unknown"))) == verdict

    @pytest.mark.parametrize(
        "description",
        [
            FAILED_UPGRADE,
            'Release "web" failed: context deadline exceeded',
            FAILED_ROLLBACK,
            "Preparing upgrade",
            "Initial install underway",
            targets.INTERRUPTED,
        ],
    )
    def test_a_failed_rollback_makes_no_failure_good(self, description: str) -> None:
        found = History(
            (
                record(1, "superseded"),
                record(2, "superseded", description=description),
                record(3, "failed", description=FAILED_ROLLBACK),
            )
        )
        assert standing(2, found) is Verdict.BAD
        assert standing(1, found) is Verdict.GOOD

    def test_a_failed_install_is_not_made_good_by_the_upgrade_that_superseded_it(self) -> None:
        failed = record(1, "superseded", description='Release "web" failed: context deadline exceeded')
        assert standing(1, History((failed, record(2)))) is Verdict.BAD

    def test_a_good_description_stays_good_after_a_failed_rollback(self) -> None:
        found = History((record(1, "superseded"), record(2, "failed", description=FAILED_ROLLBACK)))
        assert standing(1, found) is Verdict.GOOD

    def test_a_record_that_was_tampered_with_is_bad(self) -> None:
        assert standing(1, history("deployed"), ledger(entry(1, digest="v1:k:other"))) is Verdict.BAD

    def test_a_verdict_under_a_lost_key_is_no_verdict(self) -> None:
        lost = ledger(entry(1, "bad", digest="v1:lost:record-1"))
        assert standing(1, history("deployed"), lost) is Verdict.GOOD


class TestVerified:
    def test_only_our_own_good_verdict_verifies(self) -> None:
        one = record(1)
        assert targets.verified(one, ledger(entry(1)))
        assert not targets.verified(one, ledger())
        assert not targets.verified(one, ledger(entry(1, "bad")))
        assert not targets.verified(one, ledger(entry(1, "unknown")))

    @pytest.mark.parametrize("digest", ["v1:k:other", "v1:lost:record-1"])
    def test_not_on_another_record(self, digest: str) -> None:
        assert not targets.verified(record(1), ledger(entry(1, digest=digest)))


class TestOrigin:
    def test_a_deployment_is_its_own(self) -> None:
        assert targets.origin(record(4), history("deployed", first=4), ledger()) == 4

    def test_a_chain_of_rollbacks_is_followed(self) -> None:
        found = History(
            (
                record(1, "superseded"),
                record(3, "superseded", description="Rollback to 1"),
                record(5, description="Rollback to 3"),
            )
        )
        assert targets.origin(record(5, description="Rollback to 3"), found, ledger()) == 1

    def test_the_ledger_knows_what_is_not_stored_any_more(self) -> None:
        found = history("deployed", first=5)
        assert targets.origin(record(5), found, ledger(entry(5, origin=2))) == 2

    def test_a_pruned_target_is_still_named(self) -> None:
        last = record(5, description="Rollback to 2")
        assert targets.origin(last, History((last,)), ledger()) == 2

    def test_the_ledgers_word_on_another_record_does_not_count(self) -> None:
        known = ledger(entry(5, origin=2, digest="v1:k:other"))
        assert targets.origin(record(5), history("deployed", first=5), known) == 5

    def test_a_number_that_no_revision_can_have_is_no_target(self) -> None:
        assert targets.origin(record(5, description=f"Rollback to {'9' * 5000}"), History(), ledger()) == 5

    def test_a_circle_ends(self) -> None:
        found = History((record(1, description="Rollback to 2"), record(2, description="Rollback to 1")))
        assert targets.origin(found.records[0], found, ledger()) == 1


class TestRestores:
    FOUND = History((record(1, "superseded"), record(2, "failed"), record(3, description="Rollback to 1")))

    def test_a_rollback_holds_what_its_target_holds(self) -> None:
        latest, target = self.FOUND.records[2], self.FOUND.records[0]
        assert targets.restores(latest, target, self.FOUND, ledger())

    def test_another_revision_does_not(self) -> None:
        latest, other = self.FOUND.records[2], self.FOUND.records[1]
        assert not targets.restores(latest, other, self.FOUND, ledger())

    def test_what_is_not_deployed_holds_nothing(self) -> None:
        failed = record(3, "failed", description="Rollback to 1")
        assert not targets.restores(failed, self.FOUND.records[0], self.FOUND, ledger())


class TestLastGood:
    def test_the_newest_good_one(self) -> None:
        found = history("superseded", "superseded", "failed", "failed")
        assert number(targets.last_good(found, ledger(), below=4)) == 2

    def test_never_the_one_before_if_that_is_bad(self) -> None:
        found = history("superseded", "superseded", "failed")
        assert number(targets.last_good(found, ledger(entry(2, "bad")), below=3)) == 1

    def test_a_verified_one_before_a_newer_one_that_is_only_called_good(self) -> None:
        found = history("superseded", "superseded", "failed")
        assert number(targets.last_good(found, ledger(entry(1)), below=3)) == 1

    def test_none_at_or_above_the_limit(self) -> None:
        found = history("superseded", "deployed")
        assert number(targets.last_good(found, ledger(), below=2)) == 1
        assert targets.last_good(found, ledger(), below=1) is None

    def test_no_content_that_is_out_of_the_question(self) -> None:
        found = History((record(1, "superseded"), record(2, "superseded"), record(3, "superseded")))
        known = ledger(entry(1), entry(2), entry(3, origin=2))
        assert number(targets.last_good(found, known, below=4, without={2})) == 1

    def test_none_from_before_an_uninstall(self) -> None:
        found = history("superseded", "uninstalled", "deployed", "failed")
        assert number(targets.last_good(found, ledger(entry(1)), below=4)) == 3
        assert targets.last_good(found, ledger(entry(1)), below=3) is None

    def test_of_nothing_none(self) -> None:
        assert targets.last_good(History(), ledger(), below=9) is None

    def test_never_one_from_before_a_deployment_over_kept_history(self) -> None:
        replaced = record(2, "superseded", description="superseded by new release")
        found = History((record(1, "superseded"), replaced, record(3), record(4, "failed")))
        assert number(targets.last_good(found, ledger(), below=3)) is None
        assert number(targets.last_good(found, ledger(), below=4)) == 3


class TestWithVersion:
    FOUND = History(
        (
            record(1, "superseded", chart="web-1.0.0"),
            record(2, "superseded", chart="web-v1.0", values="w"),
            record(3, "superseded", chart="web-v1.0"),
            record(4, "superseded", chart="api-1.0.0"),
            record(5, chart="web-1.1.0"),
        )
    )

    def with_version(self, known: Ledger, *, name: str = "web", values: str = "v") -> int | None:
        return number(
            targets.with_version(
                self.FOUND, known, chart_name=name, chart_version="1.0.0", values_digest=f"v1:k:{values}"
            )
        )

    def test_the_newest_of_that_version_and_these_values(self) -> None:
        assert self.with_version(ledger()) == 3
        assert self.with_version(ledger(), values="w") == 2

    def test_of_that_chart_alone(self) -> None:
        assert self.with_version(ledger(), name="api") == 4
        assert self.with_version(ledger(), name="other") is None

    def test_no_bad_one(self) -> None:
        assert self.with_version(ledger(entry(3, "bad"))) == 1

    def test_none_with_other_values(self) -> None:
        assert self.with_version(ledger(), values="x") is None


class TestByHand:
    FOUND = History(
        (record(1, "superseded"), record(2, "superseded"), record(3, description="Rollback to 1"))
    )

    def test_a_good_revision_is_restored(self) -> None:
        assert targets.requested(2, self.FOUND, ledger()) == self.FOUND.records[1]

    def test_what_the_release_holds_already_is_not(self) -> None:
        assert targets.requested(1, self.FOUND, ledger()) is None
        assert targets.requested(3, self.FOUND, ledger()) is None

    def test_without_a_number_the_last_good_content_that_is_another_is(self) -> None:
        assert targets.requested(None, self.FOUND, ledger()) == self.FOUND.records[1]

    @pytest.mark.parametrize(
        ("revision", "found", "reason"),
        [
            (9, FOUND, "BeyondLatest"),
            (None, history("deployed"), "MissingRollbackTarget"),
            (None, History(), "MissingRollbackTarget"),
            (1, History(), "NoHistory"),
        ],
    )
    def test_what_cannot_be_restored_is_refused(
        self, revision: int | None, found: History, reason: str
    ) -> None:
        refusal = targets.requested(revision, found, ledger())
        assert isinstance(refusal, targets.Refusal)
        assert refusal.reason == reason

    @pytest.mark.parametrize(
        ("found", "why"),
        [
            (history("deployed"), "with another content than revision 1, the newest"),
            (history("failed"), "that can be restored"),
            (History(), "that can be restored"),
        ],
    )
    def test_where_none_is_good_enough_it_says_whether_the_newest_is(self, found: History, why: str) -> None:
        refusal = targets.requested(None, found, ledger())
        assert isinstance(refusal, targets.Refusal)
        assert refusal.message == f"no good revision is stored {why}"


class TestRefuse:
    FOUND = History(
        (
            record(2, "superseded"),
            record(3, "uninstalled"),
            record(4, "superseded", chart="api-1.0.0"),
            record(5, "superseded"),
            record(6, "failed"),
            record(7, "superseded"),
            record(9),
        ),
        unreadable=(8, 11),
    )
    KNOWN = ledger(entry(5, digest="v1:k:other"), entry(7, "bad"))

    @pytest.mark.parametrize(
        ("revision", "reason"),
        [
            (-1, "InvalidRevision"),
            (0, "InvalidRevision"),
            (12, "BeyondLatest"),
            (11, "RecordUnreadable"),
            (8, "RecordUnreadable"),
            (10, "Pruned"),
            (1, "Pruned"),
            (5, "Tampered"),
            (2, "BeforeUninstall"),
            (3, "BeforeUninstall"),
            (6, "NotGood"),
            (7, "NotGood"),
            (4, "AnotherChart"),
        ],
    )
    def test_each_kind_of_unfit_target_is_refused_for_its_reason(self, revision: int, reason: str) -> None:
        refusal = targets.refuse(revision, self.FOUND, self.KNOWN)
        assert refusal
        assert refusal.reason == reason
        assert str(revision) in refusal.message

    def test_a_good_one_is_not_refused(self) -> None:
        assert targets.refuse(1, history("superseded", "deployed"), ledger()) is None
        assert targets.refuse(2, history("superseded", "deployed"), ledger()) is None

    @pytest.mark.parametrize("found", [History(), History(unreadable=(1,))])
    def test_without_a_history_there_is_nothing_to_go_back_to(self, found: History) -> None:
        refusal = targets.refuse(1, found, ledger())
        assert refusal
        assert refusal.reason == "NoHistory"

    def test_why_it_is_bad_is_told(self) -> None:
        refusal = targets.refuse(7, self.FOUND, self.KNOWN)
        assert refusal
        assert "(ImagePullBackOff)" in refusal.message
        refusal = targets.refuse(6, self.FOUND, self.KNOWN)
        assert refusal
        assert "(failed)" in refusal.message

    def test_what_is_stored_is_named(self) -> None:
        refusal = targets.refuse(1, self.FOUND, self.KNOWN)
        assert refusal
        assert refusal.message.endswith("the stored revisions are 2, 3, 4, 5, 6, 7, 9")
