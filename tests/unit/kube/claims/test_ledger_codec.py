"""The ledger as text."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_rollback_component.core.records.ledger import Attempt, Conclusion, Entry, Ledger, Verdict
from helm_rollback_component.kube.claims import ledger_codec
from helm_rollback_component.results import Condition, Phase, RollbackState, RollbackStatus

verdicts = st.sampled_from(Verdict)
entries = st.builds(
    Entry,
    revision=st.integers(1, 10_000),
    record_digest=st.text(max_size=80),
    desired_digest=st.text(max_size=80),
    origin=st.integers(0, 10_000),
    verdict=verdicts,
    reason=st.text(max_size=30),
)
books = st.builds(
    Ledger,
    entries=st.lists(entries, max_size=5, unique_by=lambda entry: entry.revision).map(
        lambda found: tuple(sorted(found, key=lambda entry: entry.revision))
    ),
    attempt=st.none() | st.builds(Attempt),
    conclusion=st.none() | st.builds(Conclusion, phase=st.sampled_from(Phase)),
    rollback_status=st.builds(RollbackStatus, state=st.sampled_from(RollbackState)),
    conditions=st.lists(st.builds(Condition), max_size=3).map(tuple),
)


def entry(revision: int, verdict: Verdict = Verdict.BAD) -> Entry:
    return Entry(
        revision=revision,
        record_digest="v1:01234567:" + "d" * 64,
        desired_digest="v1:01234567:" + "e" * 64,
        origin=revision,
        verdict=verdict,
        reason="ImagePullBackOff",
    )


@given(books)
def test_what_is_encoded_can_be_decoded(book: Ledger) -> None:
    assert ledger_codec.decode(ledger_codec.encode(book)) == book


def test_no_text_is_an_empty_ledger() -> None:
    assert ledger_codec.decode("") == Ledger()
    assert len(ledger_codec.encode(Ledger())) < 50


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"format":2,"ledger":{}}',
        '{"format":1}',
        '{"format":1,"ledger":[]}',
        '{"format":1,"ledger":{"entries":[{"revision":"x"}]}}',
        '{"format":1,"ledger":{"rollback_status":{"state":"other"}}}',
    ],
)
def test_what_cannot_be_understood_is_none(text: str) -> None:
    assert ledger_codec.decode(text) is None


@pytest.mark.parametrize("good", [None, 3, 995])
def test_a_thousand_revisions_fit(good: int | None) -> None:
    numbers = range(1, 1001)
    book = Ledger(
        entries=tuple(entry(number, Verdict.GOOD if number == good else Verdict.BAD) for number in numbers),
        attempt=Attempt(action="upgrade", revision=1001, desired_digest="x"),
    )
    text = ledger_codec.encode(book)
    assert ledger_codec.MAX_BYTES - 1000 < len(text.encode()) <= ledger_codec.MAX_BYTES
    kept = ledger_codec.decode(text)
    assert kept is not None
    assert kept.attempt == book.attempt
    found = [known.revision for known in kept.entries]
    newest = [number for number in found if number != 3]
    assert newest == list(range(newest[0], 1001))
    assert (good in found) == (good is not None)


def test_long_messages_are_cut_in_whatever_language() -> None:
    story = "Pods 🐋 never became ready " * 10_000
    book = Ledger(
        conclusion=Conclusion(phase=Phase.FAILED, reason="Some", message=story),
        rollback_status=RollbackStatus(message=story),
        conditions=tuple(Condition(str(n), "True", "Some", story, "") for n in range(10)),
    )
    text = ledger_codec.encode(book)
    assert len(text.encode()) < 100_000
    kept = ledger_codec.decode(text)
    assert kept is not None
    assert kept.conclusion is not None
    for message in (kept.conclusion.message, kept.rollback_status.message, kept.conditions[9].message):
        assert len(message) == ledger_codec.MAX_MESSAGE
        assert message.endswith("…")
    assert replace(kept.rollback_status, message="") == RollbackStatus()


def test_the_format_is_written() -> None:
    assert json.loads(ledger_codec.encode(Ledger())) == {"format": 1, "ledger": {}}


@pytest.mark.parametrize(
    "ledger",
    [
        "[" * 100_000,
        '{"entries": 1}',
        '{"entries": [{"revision": "x"}]}',
        '{"entries": [{"revision": ' + "9" * 5000 + "}]}",
        '{"conclusion": {"phase": "Gone", "reason": ""}}',
        '{"conclusion": {"phase": "Failed", "reason": "\\ud800"}}',
        '{"rollback_status": []}',
        '{"last_look": {"revision": 1, "unready": {"a": 1}}}',
        "null",
    ],
    ids=range(9),
)
def test_what_was_made_to_do_harm_is_not_understood(ledger: str) -> None:
    assert ledger_codec.decode(f'{{"format": 1, "ledger": {ledger}}}') is None
    assert ledger_codec.decode(ledger) is None
