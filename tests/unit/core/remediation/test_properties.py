"""What holds of every run over every release, whatever fails and whoever else has a hand in it."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.records.ledger import Verdict
from helm_rollback_component.core.remediation import targets
from helm_rollback_component.core.remediation.assessment import assess
from helm_rollback_component.core.remediation.ledger_updates import attempt_for
from helm_rollback_component.core.remediation.plan import next_step
from helm_rollback_component.core.remediation.steps import (
    REQUESTS,
    Accept,
    Action,
    Conclude,
    Install,
    Refuse,
    Rollback,
    Uninstall,
    Unlock,
    Upgrade,
    Verify,
)
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Phase, RollbackState
from tests.support.histories import desired
from tests.unit.core.remediation.simulation import DEATHS, REPLACED, Died, Fate, Release, Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.core.remediation.steps import Desired, Outcome, Situation


def _has_a_meaning(
    target_revision: int = 9, floor: int | str = 1, *, allow_data_loss: bool = False, **_: object
) -> bool:
    """Whether these are possible inputs: a target below the floor is refused."""
    return isinstance(floor, str) or target_revision >= floor or allow_data_loss


SPECS = ("web-1.0.0", "web-1.1.0", "web-1.2.0", "api-1.0.0")
"""What may be declared; each has a version and values of its own, so that a revision's are known by them."""

some_specs = st.frozensets(st.sampled_from(SPECS), max_size=2)
numbers = st.integers(1, 6)
retries = st.integers(0, 2)
triggers = st.sampled_from([None, "again"])
limits = {"floor": st.one_of(st.just("current"), numbers), "allow_data_loss": st.booleans()}
rollbacks = st.one_of(
    st.fixed_dictionaries(
        {"strategy": st.just("automatic"), "retries": retries, "retry_trigger": triggers},
        optional={"target_revision": numbers, **limits},
    ),
    st.fixed_dictionaries({"strategy": st.just("manual")}, optional={"target_revision": numbers, **limits}),
    st.fixed_dictionaries({"strategy": st.just("version-based"), "retries": retries}, optional=limits),
    st.fixed_dictionaries({"enabled": st.just(value=False)}),
).filter(lambda rollback: _has_a_meaning(**rollback))
declared = st.builds(
    lambda chart, rollback: desired(chart, chart=chart, values=chart, **rollback),
    st.sampled_from(SPECS),
    rollbacks,
)
fates = st.one_of(st.just(Fate.GOOD), st.sampled_from(list(Fate)))
surviving = st.one_of(st.just(Fate.GOOD), st.sampled_from([fate for fate in Fate if fate not in DEATHS]))


def foreign_upgrade(release: Release) -> None:
    number = release.store(Status.DEPLOYED, "Upgrade complete", "foreign", "web-9.9.9", "foreign").revision
    release.supersede_deployed(but=number)


def foreign_failure(release: Release) -> None:
    release.store(Status.FAILED, 'Upgrade "web" failed: x', "foreign", "web-9.9.9", "foreign")


def foreign_rollback(release: Release) -> None:
    older = release.history.records[:-1]
    if older:
        target = older[0]
        number = release.store(
            Status.DEPLOYED,
            f"Rollback to {target.revision}",
            release.content[target.digest],
            f"{target.chart_name}-{target.chart_version}",
            target.values_digest,
        ).revision
        release.supersede_deployed(but=number)


def foreign_operation(release: Release) -> None:
    release.store(Status.PENDING_UPGRADE, "Preparing upgrade", "foreign", "web-9.9.9", "foreign")


def foreign_uninstall(release: Release) -> None:
    if release.history.latest:
        release.mark(release.history.latest.revision, Status.UNINSTALLED, "Uninstallation complete")


def lost_oldest(release: Release) -> None:
    release.remove(*(record.revision for record in release.history.records[:1]))


def lost_newest(release: Release) -> None:
    release.remove(*(record.revision for record in release.history.records[-1:]))


def lost_all(release: Release) -> None:
    release.remove(*(record.revision for record in release.history))


def nothing(_: Release) -> None:
    """Leave the release alone."""


deeds = st.one_of(
    st.just(nothing),
    st.sampled_from(
        [
            foreign_upgrade,
            foreign_failure,
            foreign_rollback,
            foreign_operation,
            foreign_uninstall,
            lost_oldest,
            lost_newest,
            lost_all,
        ]
    ),
)


def nothing_to_check(_situation: Situation, _step: object) -> None:
    """Let every step pass."""


def run(
    data: st.DataObject,
    release: Release,
    wanted: Desired,
    *,
    fates: st.SearchStrategy[Fate] = fates,
    on_step: Callable[[Situation, object], None] = nothing_to_check,
) -> tuple[Situation, Outcome]:
    def draw() -> tuple[Fate, bool]:
        return data.draw(fates), data.draw(st.booleans())

    return Run(release, wanted, draw, on_step, max_revisions=data.draw(st.integers(0, 4))).to_its_end()


def lived_through(
    data: st.DataObject, on_step: Callable[[Situation, object], None] = nothing_to_check
) -> Release:
    """A release after some runs, in which anything failed, with other hands at work in between."""
    release = Release(marked=data.draw(some_specs), precious=data.draw(some_specs))
    for _ in range(data.draw(st.integers(0, 4))):
        with suppress(Died):
            run(data, release, data.draw(declared), on_step=on_step)
        data.draw(deeds)(release)
    return release


def limit(wanted: Desired) -> int:
    attempts = 1 + wanted.rollback.retries
    first, unlocks, verdicts, removals = 1, 1, 1, 2
    rollbacks_and_what_they_restored_in_part = 4 * attempts
    return first + unlocks + verdicts + removals + attempts + rollbacks_and_what_they_restored_in_part


def check_targets(situation: Situation, step: object) -> None:
    history, ledger = situation.history, situation.ledger
    if isinstance(step, Unlock | Verify):
        assert history.latest
        assert step.revision == history.latest.revision
    if not isinstance(step, Rollback):
        return
    target, latest = history.get(step.revision), history.latest
    assert target
    assert latest
    assert targets.standing(target, ledger) is Verdict.GOOD
    if step.requested or step.revision == situation.desired.rollback.target_revision:
        return
    assert situation.desired.rollback.enabled
    tried = {rollback.revision for rollback in situation.rollbacks}
    eligible = [
        each
        for each in history
        if last_uninstalled(history.records) < each.revision < latest.revision
        and targets.verified(each, ledger)
        and targets.origin(each, history, ledger)
        not in {targets.origin(latest, history, ledger), *map(origin_in(situation), tried)}
    ]
    if eligible and step.revision not in tried:
        assert targets.verified(target, ledger)
        assert target.revision == max(each.revision for each in eligible)


def last_uninstalled(records: tuple[Record, ...]) -> int:
    ends = (
        each.revision for each in records if each.status is Status.UNINSTALLED or each.description == REPLACED
    )
    return max(ends, default=0)


def origin_in(situation: Situation) -> Callable[[int], int]:
    def origin(revision: int) -> int:
        record = situation.history.get(revision)
        return targets.origin(record, situation.history, situation.ledger) if record else revision

    return origin


def check_same_again(situation: Situation, step: object) -> None:
    again = next_step(situation)
    assert again == step or (isinstance(again, Rollback) and prevented_by_a_look(step))


def prevented_by_a_look(step: object) -> bool:
    """Tell whether a step stands in place of a rollback that would destroy data, which only a look shows."""
    return isinstance(step, Conclude | Refuse) and step.reason == Reason.DATA_LOSS_PREVENTED


@given(st.data())
def test_only_the_best_revision_that_there_is_is_restored(data: st.DataObject) -> None:
    lived_through(data, check_targets)


def check_no_return(situation: Situation, step: object) -> None:
    """Hold that a rollback across a point of no return was asked for, with leave to lose data."""
    rollback, history = situation.desired.rollback, situation.history
    if not isinstance(step, Rollback) or (step.requested and rollback.allow_data_loss):
        return
    target = history.get(step.revision)
    assert target
    newer = [each for each in history if each.revision > target.revision]
    for each in newer:
        if each.point_of_no_return:
            assert target.point_of_no_return
            assert each.chart_version == target.chart_version
    assert not isinstance(rollback.floor, int) or target.revision >= rollback.floor
    good = [each.revision for each in newer if targets.verified(each, situation.ledger)]
    if rollback.floor == "current" and good and good[-1] > last_uninstalled(history.records):
        origin = origin_in(situation)
        assert origin(good[-1]) == origin(target.revision)


@given(st.data())
def test_no_rollback_crosses_a_point_of_no_return_unless_it_was_asked_for_with_leave(
    data: st.DataObject,
) -> None:
    lived_through(data, check_no_return)


@given(st.data())
def test_no_rollback_destroys_data_without_leave(data: st.DataObject) -> None:
    release = lived_through(data)

    def check(situation: Situation, step: object) -> None:
        latest = situation.history.latest
        if isinstance(step, Rollback) and latest and not situation.desired.rollback.allow_data_loss:
            assert not release.loses_data(target=step.revision, current=latest.revision)

    for _ in range(2):
        with suppress(Died):
            run(data, release, data.draw(declared), on_step=check)


@given(st.data())
def test_nothing_that_was_seen_to_work_is_removed(data: st.DataObject) -> None:
    seen_good: set[str] = set()

    def check(situation: Situation, step: object) -> None:
        records = situation.history.records
        seen_good.update(each.digest for each in records if targets.verified(each, situation.ledger))
        half = (Status.UNINSTALLING, Status.PENDING_INSTALL)
        if isinstance(step, Uninstall) and records[-1].status not in half:
            alive = [each for each in records if each.revision > last_uninstalled(records)]
            assert seen_good.isdisjoint(each.digest for each in alive)

    lived_through(data, check)


@given(st.data())
def test_what_another_client_is_doing_is_not_remedied(data: st.DataObject) -> None:
    def check(situation: Situation, step: object) -> None:
        last, latest = situation.taken[-1:], situation.history.latest
        if last and isinstance(last[0].action, Install | Upgrade) and latest and latest.status.pending:
            foreign = latest.values_digest == "foreign"
            assert not (foreign and isinstance(step, Rollback | Uninstall))

    lived_through(data, check)


@given(st.data())
def test_nothing_older_is_restored_than_what_serves(data: st.DataObject) -> None:
    def check(situation: Situation, step: object) -> None:
        last = situation.taken[-1:]
        if last and last[0].unrestored is not None:
            assert isinstance(step, Accept)

    lived_through(data, check)


@given(st.data())
def test_the_same_observation_gives_the_same_step(data: st.DataObject) -> None:
    lived_through(data, check_same_again)


@given(st.data())
def test_what_was_under_way_when_our_process_died_is_known(data: st.DataObject) -> None:
    release = lived_through(data)
    steps: list[tuple[Situation, object]] = []
    try:
        run(data, release, data.draw(declared), on_step=lambda *step: steps.append(step))
    except Died:
        situation, action = steps[-1]
        assert isinstance(action, Action)
        begun, attempt = attempt_for(action, situation) or situation.ledger.attempt, release.ledger.attempt
        clearing = isinstance(action, Install) and attempt and attempt.action == "uninstall"
        number = attempt.revision if attempt else 0
        again = begun and begun.model_copy(update={"revision": number})
        assert clearing or (attempt == again and (begun is None or number >= begun.revision))


@given(st.sampled_from([Fate.FAILED, Fate.UNHEALTHY]), st.sampled_from([None, Fate.DIES_WITHIN]))
def test_a_bad_upgrade_is_not_made_again_where_we_died_before_the_rollback_was_stored(
    fate: Fate, again: Fate | None
) -> None:
    release, steps = Release(), list[object]()
    bad = desired("web-1.1.0", chart="web-1.1.0", values="web-1.1.0")

    def live_through(wanted: Desired, *drawn: Fate) -> None:
        coming = iter(drawn)
        Run(release, wanted, lambda: (next(coming), False), lambda _, step: steps.append(step)).to_its_end()

    live_through(desired("web-1.0.0", chart="web-1.0.0", values="web-1.0.0"), Fate.GOOD)
    with pytest.raises(Died):
        live_through(bad, fate, Fate.DIES_BEFORE)
    seen_again = [Fate.UNHEALTHY] if fate is Fate.UNHEALTHY else []
    if again:
        with pytest.raises(Died):
            live_through(bad, *seen_again, again)
    live_through(bad, *([] if again else seen_again), Fate.GOOD)
    assert sum(isinstance(step, Upgrade) for step in steps) == 1
    assert release.holds(release.history.records[-1].revision) == "web-1.0.0"
    assert isinstance(steps[-1], Conclude)
    assert steps[-1].phase is Phase.ROLLED_BACK


@given(st.data())
def test_every_run_ends_in_time(data: st.DataObject) -> None:
    release, wanted = lived_through(data), data.draw(declared)
    situation, outcome = run(data, release, wanted, fates=surviving)
    assert not isinstance(outcome, Action)
    assert len(situation.taken) <= limit(wanted)


@given(st.data())
def test_a_failed_upgrade_never_ends_deployed(data: st.DataObject) -> None:
    release = lived_through(data)
    situation, outcome = run(data, release, data.draw(declared), fates=surviving)
    upgrades = [taken for taken in situation.taken if isinstance(taken.action, Upgrade)]
    if upgrades and upgrades[-1].failure:
        assert isinstance(outcome, Conclude)
        assert outcome.phase is not Phase.DEPLOYED


@given(st.data())
def test_deployed_means_that_what_is_declared_was_seen_to_work(data: st.DataObject) -> None:
    release, wanted = lived_through(data), data.draw(declared)
    _, outcome = run(data, release, wanted, fates=surviving)
    if not isinstance(outcome, Conclude) or outcome.phase is not Phase.DEPLOYED:
        return
    latest = release.history.latest
    assert latest
    assert latest.status is Status.DEPLOYED
    assert latest.digest in release.seen_good
    pin = wanted.rollback.target_revision if wanted.rollback.strategy == "manual" else None
    first = outcome.reason == "InstallSucceeded"
    assert release.content[latest.digest] == (release.holds(pin) if pin and not first else wanted.digest)
    told = release.ledger.rollback_status
    assert told.state is RollbackState.NONE or told.reason in REQUESTS


@given(st.data())
def test_rolled_back_means_that_an_older_revision_was_seen_to_work_again(data: st.DataObject) -> None:
    release = lived_through(data)
    _, outcome = run(data, release, data.draw(declared), fates=surviving)
    if not isinstance(outcome, Conclude) or outcome.phase is not Phase.ROLLED_BACK:
        return
    latest, told = release.history.latest, release.ledger.rollback_status
    assert latest
    assert latest.status is Status.DEPLOYED
    assert latest.digest in release.seen_good
    assert told.state is RollbackState.ROLLED_BACK
    assert told.restored_revision == latest.revision
    if release.history.get(told.target_revision):
        assert release.content[latest.digest] == release.holds(told.target_revision)


@given(st.data())
def test_what_was_concluded_is_what_is_found(data: st.DataObject) -> None:
    release = lived_through(data)
    _, outcome = run(data, release, data.draw(declared), fates=surviving)
    if isinstance(outcome, Conclude):
        found = assess(release.history, release.ledger)
        good = (Phase.DEPLOYED, Phase.ROLLED_BACK)
        assert (found == release.ledger.conclusion) or (found.phase not in good and outcome.phase not in good)


@given(st.data())
def test_nothing_is_found_good_that_was_not_seen_to_work(data: st.DataObject) -> None:
    release = lived_through(data)
    found = assess(release.history, release.ledger)
    if found.phase in (Phase.DEPLOYED, Phase.ROLLED_BACK):
        latest = release.history.latest
        assert latest
        assert latest.digest in release.seen_good


@given(st.data())
def test_a_good_end_is_left_alone(data: st.DataObject) -> None:
    release, wanted = lived_through(data), data.draw(declared)
    _, outcome = run(data, release, wanted, fates=surviving)
    if not isinstance(outcome, Conclude) or outcome.reason == "InstallSucceeded":
        return
    if outcome.phase in (Phase.DEPLOYED, Phase.ROLLED_BACK):
        again, same = run(data, release, wanted)
        assert again.taken == ()
        assert isinstance(same, Conclude)
        latest = release.history.latest
        restored_what_is_declared = latest and release.content[latest.digest] == wanted.digest
        assert same.phase is outcome.phase or restored_what_is_declared


@given(st.data())
def test_nothing_is_beyond_repair(data: st.DataObject) -> None:
    release = lived_through(data)
    wanted = desired("mended", chart="web-2.0.0", values="mended")
    _, outcome = run(data, release, wanted, fates=st.just(Fate.GOOD))
    assert isinstance(outcome, Conclude)
    assert outcome.phase is Phase.DEPLOYED
    assert release.history.latest
    assert release.content[release.history.latest.digest] == "mended"


PASSING = (Fate.REFUSED, Fate.FAILED, Fate.PARTIAL, Fate.STUCK, Fate.LOST)
SILENT = (Fate.UNMARKED, Fate.TWO_DEPLOYED)


def ending(
    release: Release, wanted: Desired, *, bad: bool, fault: Fate | None = None, at: int = 0
) -> tuple[object, ...]:
    """Run over a release, with one fault when Helm is called for the time `at`; return what is there then."""
    taken: list[object] = []
    calls = 0

    def draw() -> tuple[Fate, bool]:
        nonlocal calls
        calls += 1
        deploying = isinstance(taken[-1], Install | Upgrade)
        due = Fate.UNHEALTHY if bad and deploying else Fate.GOOD
        of_helm = isinstance(taken[-1], Install | Upgrade | Rollback | Uninstall)
        if calls != at or fault is None or not of_helm or (fault in SILENT and due is not Fate.GOOD):
            return due, due is Fate.GOOD
        return fault, True

    _, outcome = Run(release, wanted, draw, lambda _, step: taken.append(step)).to_its_end()
    latest = release.history.latest
    statuses = [each.status for each in release.history]
    told = getattr(outcome, "phase", None), getattr(outcome, "reason", None), type(outcome)
    content = release.content[latest.digest] if latest else None
    return (*told, content, latest and latest.status, statuses.count(Status.DEPLOYED))


@given(st.data())
def test_one_passing_failure_anywhere_ends_as_without_it(data: st.DataObject) -> None:
    release, wanted, bad = lived_through(data), data.draw(declared), data.draw(st.booleans())
    without = ending(deepcopy(release), wanted, bad=bad)
    fault, at = data.draw(st.sampled_from(PASSING + SILENT)), data.draw(st.integers(1, 4))
    assert ending(release, wanted, bad=bad, fault=fault, at=at) == without
    assert not any(each.status.pending for each in release.history if each == release.history.latest)
