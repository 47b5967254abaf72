"""Which revisions cannot be rolled back to, each for a reason of its own, whichever way it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.errors import ValidationError
from helm_rollback_component.results import Phase
from tests.contract.by_hand import corrupt, edit, forget, stored
from tests.contract.laboratory import BAD_IMAGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground


def three(lab: Laboratory) -> None:
    """Deploy three good revisions."""
    lab.deploy(values={"tag": "one"})
    lab.upgrade(values={"tag": "two"})
    lab.upgrade(values={"tag": "three"})


def and_one_deleted(lab: Laboratory) -> None:
    """Delete the record of revision 1."""
    three(lab)
    forget(lab.space, 1)


def and_one_edited(lab: Laboratory) -> None:
    """Edit the record of revision 1."""
    three(lab)
    edit(lab.space, 1)


def and_one_corrupt(lab: Laboratory) -> None:
    """Make the record of revision 1 undecodable."""
    three(lab)
    corrupt(lab.space, 1)


def and_one_bad(lab: Laboratory) -> None:
    """Deploy a bad revision 2 between two good ones."""
    lab.deploy(values={"tag": "one"})
    lab.upgrade(values=BAD_IMAGE)


def and_another_chart(lab: Laboratory) -> None:
    """Go on with a chart of another name."""
    lab.deploy(values={"tag": "one"})
    other = lab.chart("2.0.0", {"Chart.yaml": "apiVersion: v2\nname: other\nversion: 2.0.0\n"})
    lab.upgrade(source=other)


def uninstalled_between(lab: Laboratory) -> None:
    """Uninstall with the history kept, and deploy anew."""
    kept = {"keep_on_delete": True}
    lab.deploy(values={"tag": "one"}, history=kept)
    lab.upgrade(values={"tag": "two"}, history=kept)
    lab.delete(history=kept)
    lab.deploy(values={"tag": "three"}, history=kept)


@dataclass(frozen=True)
class Case:
    """A history, and a revision in it that cannot be restored."""

    reason: str
    revision: int
    arrange: Callable[[Laboratory], None] = three


CASES = [
    pytest.param(case, id=case.reason)
    for case in (
        Case("BeyondLatest", 4),
        Case("Pruned", 1, and_one_deleted),
        Case("NotGood", 2, and_one_bad),
        Case("Tampered", 1, and_one_edited),
        Case("RecordUnreadable", 1, and_one_corrupt),
        Case("AnotherChart", 1, and_another_chart),
        Case("BeforeUninstall", 1, uninstalled_between),
    )
]


@pytest.mark.parametrize("case", CASES)
def test_a_revision_is_refused_for_its_own_reason_whichever_way_it_is_asked(
    one_engine_lab: Laboratory, case: Case
) -> None:
    lab = one_engine_lab
    case.arrange(lab)
    before = stored(lab.space)
    pinned = lab.operations(operations=pin(case.revision))
    for ask in (
        lambda: lab.operations().validate_rollback_target(case.revision),
        lambda: lab.operations().rollback(case.revision),
        pinned.upgrade,
    ):
        with pytest.raises(ValidationError) as caught:
            ask()
        assert caught.value.reason == case.reason
        assert [problem.path for problem in caught.value.problems] == ["operations.rollback.target_revision"]
        assert str(case.revision) in caught.value.message
    assert stored(lab.space) == before


@pytest.mark.parametrize("revision", [0, -1])
def test_no_revision_has_a_number_below_one(one_engine_lab: Laboratory, revision: int) -> None:
    lab = one_engine_lab
    lab.deploy()
    for ask in (lab.operations().validate_rollback_target, lab.operations().rollback):
        with pytest.raises(ValidationError) as caught:
            ask(revision)
        assert caught.value.reason == "InvalidRevision"
    with pytest.raises(ValidationError) as caught:
        lab.operations(operations=pin(revision))
    assert caught.value.reason == "InvalidInput"
    assert lab.revisions() == [1]


def test_without_a_history_there_is_nothing_to_go_back_to(one_engine_lab: Laboratory) -> None:
    for ask in (one_engine_lab.operations().validate_rollback_target, one_engine_lab.operations().rollback):
        with pytest.raises(ValidationError) as caught:
            ask(1)
        assert caught.value.reason == "NoHistory"
    assert one_engine_lab.leftovers() == []


def test_good_revisions_pass_the_current_one_among_them(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    three(lab)
    for revision in (1, 2, 3):
        lab.operations().validate_rollback_target(revision)


def test_going_back_to_the_current_one_changes_nothing(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    three(lab)
    before = lab.operations().get_status()
    assert lab.operations().rollback(3) == before
    assert lab.said[-1] == "the release already has the content of revision 3; nothing to do"
    assert lab.upgrade(values={"tag": "three"}, operations=pin(3)).phase is Phase.DEPLOYED
    assert lab.revisions() == [1, 2, 3]


def test_automatic_goes_back_to_the_wanted_target(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    three(lab)
    status = lab.upgrade(values=BAD_IMAGE, operations=on_failure(1))
    assert (status.phase, status.rollback_status.target_revision) == (Phase.ROLLED_BACK, 1)
    assert lab.image().endswith(":one")


def test_automatic_refuses_a_target_known_to_be_bad_before_it_begins(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    and_one_bad(lab)
    with pytest.raises(ValidationError) as caught:
        lab.upgrade(values={"tag": "new"}, operations=on_failure(2))
    assert caught.value.reason == "NotGood"
    assert lab.revisions() == [1, 2, 3]


def test_automatic_takes_the_last_good_one_where_the_target_does_not_exist_yet(
    one_engine_lab: Laboratory,
) -> None:
    lab = one_engine_lab
    three(lab)
    status = lab.upgrade(values=BAD_IMAGE, operations=on_failure(9))
    assert (status.phase, status.rollback_status.target_revision) == (Phase.ROLLED_BACK, 3)
    assert any("revision 9 is not stored" in line for line in lab.warned)


def pin(revision: int) -> dict[str, Any]:
    """Return the operations section that pins the release to a revision."""
    return {"rollback": {"strategy": "manual", "target_revision": revision}}


def on_failure(revision: int) -> dict[str, Any]:
    """Return the operations section that names the revision to go back to on failure."""
    return {"rollback": {"target_revision": revision}}
