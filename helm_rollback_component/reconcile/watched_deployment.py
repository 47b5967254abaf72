"""Helm under watch while it installs or upgrades: it is stopped as soon as that is certain to fail."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.core.health.readiness import judged_or_served
from helm_rollback_component.core.health.snapshot import runs_as_hook
from helm_rollback_component.core.health.timeout import Limit
from helm_rollback_component.core.remediation.steps import Install
from helm_rollback_component.helm.engines.engine import EngineError
from helm_rollback_component.kube.health.wait import Beginning
from helm_rollback_component.kube.health.watch import Applied, HealthWatch
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile import apply_options, failures

if TYPE_CHECKING:
    from collections.abc import Collection

    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.health.baseline import Baseline
    from helm_rollback_component.core.health.objects import Key
    from helm_rollback_component.core.health.silence import Silence
    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.core.remediation.steps import Upgrade
    from helm_rollback_component.helm.engines.engine import Deployment
    from helm_rollback_component.reconcile.proof import Proof
    from helm_rollback_component.reconcile.run_context import RunContext

_OVERDUE = frozenset({Reason.INSTALL_TIMEOUT, Reason.UPGRADE_TIMEOUT})


@dataclass(frozen=True)
class Applying:
    """A revision that Helm has applied, and that is to get ready.

    Attributes:
        limit: by when.
        beginning: what the wait for that begins with.
    """

    limit: Limit
    beginning: Beginning


class WatchedDeployment:
    """Deploys the revisions of one run.

    Args:
        context: what the run works with.
        proof: what is seen of the release.
        stop: ends Helm, and all waits.
    """

    def __init__(self, context: RunContext, proof: Proof, stop: Cancellation) -> None:
        self._context = context
        self._proof = proof
        self._stop = stop
        self._lost_sight_in: Install | Upgrade | None = None

    def carry_out(
        self,
        action: Install | Upgrade,
        deployment: Deployment,
        revision: int,
        latest: Record | None,
        found: Baseline,
    ) -> Failure | Applying:
        """Install or upgrade; return why that failed, or what is to get ready.

        Args:
            action: which of the two.
            deployment: what Helm is given.
            revision: the number that the new revision gets.
            latest: the newest revision before.
            found: what there was before.
        """
        context, cancellation, clock = self._context, Cancellation(), self._context.health.clock
        verb, act, late = (
            ("install", context.helm.install, Reason.INSTALL_TIMEOUT)
            if isinstance(action, Install)
            else ("upgrade", context.helm.upgrade, Reason.UPGRADE_TIMEOUT)
        )
        applied, silence = partial(self._applied, revision), self._silence(action, deployment)
        watch = HealthWatch(context.health, applied, found, silence=silence)
        began = clock.now()
        try:
            self._stop.on_request(cancellation.request)
            watching = watch.start(cancellation.request, partial(self._proof.applied_so_far, revision))
            with watching, context.events.helm():
                act(context.target, deployment, cancellation)
        except EngineError as error:
            failure = self._why_it_failed(watch, error, verb)
            lost = failure.reason == Reason.HELM_LOST_SIGHT
            self._lost_sight_in = action if lost else self._lost_sight_in
            if not lost and clock.now() < began + deployment.timeout:
                return failure
            found_late = None if lost else self._explained(failure, watch, deployment.timeout, revision)
            if found_late or not self._is_whole(revision, latest, watch.ended_and_gone):
                return found_late or failure
            context.progress("Helm has not seen it, but all of the release is as declared")
        finally:
            self._proof.tell_what_is_taken_over(revision, found)
        return Applying(Limit(late, deployment.timeout), Beginning(found, began, watch.memory))

    def _why_it_failed(self, watch: HealthWatch, error: EngineError, verb: str) -> Failure:
        if verdict := watch.last_verdict():
            return failures.of_health(self._context, verdict)
        if watch.lost_sight:
            return failures.lost_sight()
        failure = failures.of_helm(self._context, error, verb)
        return self._of_what_is_gone(watch) or failure if failure.reason is Reason.NOT_FOUND else failure

    def _of_what_is_gone(self, watch: HealthWatch) -> Failure | None:
        """Return why Helm 3 did not find an object of the release; None if it is there."""
        if deletion := watch.deletion():
            return failures.of_health(self._context, deletion)
        return failures.lost_sight() if watch.ended_and_gone else None

    def _silence(self, action: Install | Upgrade, deployment: Deployment) -> Silence | None:
        """Return how long Helm may be silent; it is stopped for that once in all tries of an action."""
        silence = apply_options.silence(deployment.options, self._context.helm.capabilities)
        stopped = self._lost_sight_in is action
        return silence if silence is None or stopped else silence.within(deployment.timeout)

    def _explained(self, failure: Failure, watch: HealthWatch, timeout: int, revision: int) -> Failure | None:
        """Return the failure; of one that means that time was over our reason in place of Helm's, if any."""
        if failure.reason not in _OVERDUE:
            return failure
        objects = self._proof.comparison.objects(revision, judged_or_served)
        verdict = watch.overdue(Limit(failure.reason, timeout), objects)
        return failures.of_health(self._context, verdict) if verdict else None

    def _is_whole(self, revision: int, latest: Record | None, ended: Collection[Key]) -> bool:
        """Whether all of a revision is applied, but for what has ended, and no hook may not have run."""
        if any(map(runs_as_hook, self._proof.comparison.objects(revision))):
            return False
        return self._proof.unrestored(revision, latest.revision if latest else revision, ended) == ()

    def _applied(self, revision: int, stop: Cancellation) -> Applied:
        """Return what Helm applies as soon as the revision has a record; nothing if it has none by then."""
        storage = self._context.storage
        storage.await_record(revision, stop)
        objects = self._proof.comparison.objects(revision, judged_or_served)
        return Applied(objects, storage.stored(revision))
