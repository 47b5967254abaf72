"""Seeing that a revision is good: its objects get ready, stay so, and pass the chart's tests."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import objects, unseen
from helm_rollback_component.core.health.evidence import NOTHING_SEEN
from helm_rollback_component.core.health.field_owners import takeovers
from helm_rollback_component.core.health.known_shortage import noted
from helm_rollback_component.core.health.model import HealthVerdict
from helm_rollback_component.core.health.snapshot import judged
from helm_rollback_component.core.remediation.standards import Known
from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.engines.engine import EngineError
from helm_rollback_component.kube.health.wait import soak, wait_ready
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile import failures
from helm_rollback_component.reconcile.comparison import Comparison
from helm_rollback_component.reconcile.partial_rollback import applied_so_far, unrestored
from helm_rollback_component.reconcile.run_events import Step

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from helm_rollback_component.core.cancellation import Cancellation
    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.health.baseline import Baseline
    from helm_rollback_component.core.health.evidence import Evidence
    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.core.health.timeout import Limit
    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.core.remediation.steps import Action
    from helm_rollback_component.kube.health.examiner import Finding
    from helm_rollback_component.kube.health.wait import Beginning
    from helm_rollback_component.reconcile.run_context import RunContext


class Proof:
    """What is seen of one release, and what it is compared with.

    Args:
        context: what the run works with.
        stop: ends all waits.
    """

    def __init__(self, context: RunContext, stop: Cancellation) -> None:
        self._context = context
        self._stop = stop
        self._known = Known()
        self._looked: tuple[Action, Baseline, Evidence] | None = None
        self.comparison = Comparison(context.storage, context.target.namespace)
        self.evidence: Evidence = NOTHING_SEEN
        """What was seen of readiness in the last action."""

    def begin(self, known: Known) -> None:
        """Forget what was seen; an action begins whose result is compared with these revisions."""
        self._known, self.evidence = known, NOTHING_SEEN

    def look_before(self, action: Action, before: Sequence[Record | None]) -> Baseline:
        """Return what there was before the first try of an action; remember what the good revision lacks."""
        if self._looked is None or self._looked[0] is not action:
            found = self.comparison.look_before(self._context.informers, before, self._known)
            self._looked = action, *found
        _, baseline, self.evidence = self._looked
        return baseline

    def tell_what_is_taken_over(self, revision: int, before: Baseline) -> None:
        """Warn, once for each field, of what another manager had set and the revision sets anew."""
        context, namespace = self._context, self._context.target.namespace
        if not before.foreign:
            return

        def matters(declared: Manifest) -> bool:
            return objects.key(declared, namespace) in before.foreign

        try:
            desired = self.comparison.objects(revision, matters)
        except OperationError:  # a warning; what is wrong ends the operation elsewhere
            return
        for line in takeovers(desired, namespace, before):
            context.warn_once(context.redact(line))

    def unrestored(self, target: int, replaced: int, ended: Collection[Key] = ()) -> tuple[str, ...] | None:
        """Return which objects are not as a revision has them; None if its workloads are not, or unseen.

        Args:
            target: the number of the revision.
            replaced: that of the one before.
            ended: objects that need not be there any more.
        """
        context, namespace = self._context, self._context.target.namespace
        try:
            declared, before = context.storage.manifest(target), context.storage.manifest(replaced)
            lasting = [
                each for each in objects.flatten(declared) if objects.key(each, namespace) not in ended
            ]
            return unrestored(context.informers.cluster, namespace, lasting, before)
        except OperationError:
            return None

    def applied_so_far(self, revision: int) -> object:
        """Return what stays equal while Helm applies nothing of a revision."""
        context = self._context
        declared = self.comparison.objects(revision)
        return applied_so_far(context.informers.cluster, context.target.namespace, declared)

    def await_readiness(self, revision: int, limit: Limit, beginning: Beginning) -> Failure | None:
        """Wait until a revision that was applied is seen to be ready, whatever Helm says of it.

        Of objects that may not be read, Helm's word counts.
        """
        context = self._context
        applied = context.storage.manifest(revision, judged)
        most = self.comparison.allowed(revision, self._known, self.evidence)
        before = replace(beginning.before, allowed=most, stored=context.storage.stored(revision))
        beginning = replace(beginning, before=before)
        with context.events.step(Step.WAIT) as ending:
            found = wait_ready(context.health, applied, limit, self._stop, beginning)
            ending.reason = found.reason if isinstance(found, HealthVerdict) else ""
        if isinstance(found, HealthVerdict):
            return failures.of_health(context, found)
        self._note(found)
        return None

    def _note(self, found: Finding) -> None:
        context, seen = self._context, found.snapshot
        hidden = unseen.of_objects(seen.unseen)
        if hidden:
            context.progress(f"whether the release is ready cannot be seen: {hidden}")
        self.evidence = replace(
            self.evidence,
            left=noted(found.readiness, seen),
            told=tuple(context.redact(str(each)) for each in found.readiness.excused),
            unseen=hidden,
            lacking=unseen.sentences(seen.unseen),
        )

    def leave_unseen(self, why: str) -> None:
        """Remember why a revision could not be looked at, so that its verdict is Helm's word."""
        self.evidence = replace(self.evidence, unseen=why)

    def stays_good(self, revision: int) -> Failure | None:
        """Watch a ready revision for as long as the inputs ask, and run the chart's tests if they do."""
        events, health = self._context.events, self._context.config.health
        failure = events.carry_out(Step.SOAK, partial(self._soak, revision)) if health.soak else None
        if failure or not health.test:
            return failure
        return events.carry_out(Step.TEST, self._test)

    def _soak(self, revision: int) -> Failure | None:
        context = self._context
        verdict = soak(context.health, context.storage.manifest(revision, judged), self._stop)
        return failures.of_health(context, verdict) if verdict else None

    def _test(self) -> Failure | None:
        context = self._context
        context.progress("running the chart's tests")
        try:
            context.helm.test(context.target, context.config.timeouts.upgrade, self._stop)
        except EngineError as error:
            return replace(failures.of_helm(context, error, "test"), reason=Reason.TEST_FAILED)
        return None
