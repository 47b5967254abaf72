"""A ledger keeps one verdict a revision, in order, and not for ever."""

from hypothesis import given
from hypothesis import strategies as st

from helm_rollback_component.core.records.ledger import MAX_ENTRIES, Entry, Ledger, Verdict
from tests.support.histories import entry, ledger


def test_a_verdict_is_found_by_its_revision() -> None:
    known = ledger(entry(1), entry(2, "bad"))
    assert known.entry(2) == entry(2, "bad")
    assert known.entry(3) is None


def test_a_new_verdict_takes_the_place_of_the_old() -> None:
    known = ledger(entry(1), entry(2, "bad")).record(entry(1, "bad"))
    assert known.entries == (entry(1, "bad"), entry(2, "bad"))


def test_a_verdict_leaves_the_rest_as_it_was() -> None:
    before = Ledger(conclusion={"phase": "Deployed", "reason": "InSync"})
    after = before.record(entry(1))
    assert after.conclusion == before.conclusion
    assert before.entries == ()


def test_only_what_is_still_stored_is_kept() -> None:
    assert ledger(entry(1), entry(2), entry(3)).keep({2, 9}).entries == (entry(2),)


def test_the_oldest_verdicts_are_given_up_first() -> None:
    known = Ledger()
    for revision in range(1, MAX_ENTRIES + 3):
        known = known.record(entry(revision))
    assert [known.entries[0].revision, known.entries[-1].revision] == [3, MAX_ENTRIES + 2]
    assert len(known.entries) == MAX_ENTRIES


def test_the_newest_good_one_is_never_given_up() -> None:
    known = ledger(entry(1), entry(2))
    for revision in range(3, MAX_ENTRIES + 5):
        known = known.record(entry(revision, "bad"))
    assert [each.revision for each in known.entries[:2]] == [2, 6]
    assert len(known.entries) == MAX_ENTRIES


@given(st.lists(st.tuples(st.integers(1, 20), st.sampled_from(list(Verdict)))))
def test_each_revision_has_its_last_verdict_in_ascending_order(given: list[tuple[int, Verdict]]) -> None:
    known = Ledger()
    for revision, verdict in given:
        known = known.record(entry(revision, verdict))
    assert [(each.revision, each.verdict) for each in known.entries] == sorted(dict(given).items())


@given(
    st.builds(
        Entry,
        revision=st.integers(1),
        record_digest=st.text(),
        desired_digest=st.text(),
        origin=st.integers(0),
        verdict=st.sampled_from(list(Verdict)),
    )
)
def test_it_survives_being_written_down(written: Entry) -> None:
    known = Ledger().record(written)
    assert Ledger.model_validate_json(known.model_dump_json()) == known
