"""Helm under watch: what it deploys or restores is judged until it is known to work or to have failed.

Every method returns why it failed, None if it did not; nothing is decided here about what follows from that.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.core.failures.classify import Failure, classify
from helm_rollback_component.core.health.evidence import NOTHING_SEEN
from helm_rollback_component.core.health.known_shortage import noted
from helm_rollback_component.core.health.model import HealthVerdict
from helm_rollback_component.core.health.readiness import judged_or_served
from helm_rollback_component.core.health.snapshot import judged
from helm_rollback_component.core.health.timeout import Limit
from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.remediation.standards import Known
from helm_rollback_component.core.remediation.steps import Install
from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.engines.engine import Capability, EngineError
from helm_rollback_component.kube.health.wait import Beginning, soak, wait_ready
from helm_rollback_component.kube.health.watch import HealthWatch
from helm_rollback_component.reasons import Reason, find
from helm_rollback_component.reconcile.comparison import Comparison
from helm_rollback_component.reconcile.left_hooks import without_left_hooks
from helm_rollback_component.reconcile.partial_rollback import unrestored

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from helm_rollback_component.core.health.baseline import Baseline
    from helm_rollback_component.core.health.evidence import Evidence
    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.core.remediation.steps import Rollback, Upgrade
    from helm_rollback_component.helm.engines.engine import Deployment
    from helm_rollback_component.reconcile.run_context import RunContext

_OVERDUE = frozenset({Reason.INSTALL_TIMEOUT, Reason.UPGRADE_TIMEOUT})


class WatchedHelm:
    """Helm, watched; `effects.Helm` says what each method does.

    Args:
        context: what the run works with.
        lost: requested when another process takes the release over; an install or upgrade is stopped then.
    """

    def __init__(self, context: RunContext, lost: Cancellation) -> None:
        self._context = context
        self._lost = lost
        self._comparison = Comparison(context.storage, context.target.namespace)
        self._known = Known()
        self._evidence = NOTHING_SEEN

    @property
    def evidence(self) -> Evidence:
        """What was seen of readiness in the last action."""
        return self._evidence

    def deploy(
        self, action: Install | Upgrade, revision: int, before: Sequence[Record | None], known: Known
    ) -> Failure | None:
        """Install or upgrade, stop Helm as soon as that is certain to fail, and see all objects ready."""
        deployment = self._context.what_to_deploy
        if isinstance(action, Install) and action.replace:
            if Capability.REPLACE not in self._context.engine.capabilities:
                return _cannot_replace(self._context.engine.name)
            deployment = replace(deployment, options=replace(deployment.options, replace=True))
        self._known = known
        return self._deploy(action, deployment, revision, before) or self._prove(revision)

    def restore(
        self, action: Rollback, revision: int, before: Sequence[Record | None], known: Known
    ) -> Failure | None:
        """Roll back, and wait until what was restored is ready."""
        context = self._context
        timeout = context.config.timeouts.rollback
        self._known = known
        found = self._look_before(before)
        try:
            context.engine.rollback(
                context.target, action.revision, timeout, disable_hooks=context.config.disable_hooks
            )
        except EngineError as error:
            return self._failure_of_helm(error, "rollback")
        latest, _, target, *standing = before
        self._remove_leftovers(revision, [each for each in standing if each not in (latest, target)])
        return self._await_readiness(revision, Limit(Reason.READINESS_TIMEOUT, timeout), Beginning(found))

    def unrestored(self, target: int, replaced: int) -> tuple[str, ...] | None:
        """Return which objects are not as a revision has them; None if its workloads are not, or unseen."""
        context = self._context
        try:
            declared, before = context.storage.manifest(target), context.storage.manifest(replaced)
            return unrestored(context.informers.cluster, context.target.namespace, declared, before)
        except OperationError:
            return None

    def settle(self, revision: int, before: Sequence[Record | None], known: Known) -> Failure | None:
        """Wait until a revision that Helm has restored in part is ready."""
        self._known, self._evidence = known, NOTHING_SEEN
        self._remove_leftovers(revision, before)
        limit = Limit(Reason.READINESS_TIMEOUT, self._context.config.timeouts.rollback)
        return self._await_readiness(revision, limit, Beginning())

    def verify(self, revision: int, known: Known) -> Failure | None:
        """Wait until a deployed revision is ready, then soak and test it like a new one."""
        self._known, self._evidence = known, NOTHING_SEEN
        limit = Limit(Reason.READINESS_TIMEOUT, self._context.config.timeouts.upgrade)
        return self._await_readiness(revision, limit, Beginning()) or self._prove(revision)

    def uninstall(self, *, keep_history: bool = False) -> Failure | None:
        """Uninstall and wait until the objects are gone."""
        context, self._evidence = self._context, NOTHING_SEEN
        try:
            context.engine.uninstall(
                context.target,
                context.config.timeouts.delete,
                keep_history=keep_history,
                disable_hooks=context.config.disable_hooks,
            )
        except EngineError as error:
            return self._failure_of_helm(error, "uninstall")
        return None

    def _deploy(
        self,
        action: Install | Upgrade,
        deployment: Deployment,
        revision: int,
        before: Sequence[Record | None],
    ) -> Failure | None:
        context, cancellation = self._context, Cancellation()
        verb, act, late = (
            ("install", context.engine.install, Reason.INSTALL_TIMEOUT)
            if isinstance(action, Install)
            else ("upgrade", context.engine.upgrade, Reason.UPGRADE_TIMEOUT)
        )
        found = self._look_before(before)
        watch = HealthWatch(context.health, partial(self._applied, revision), found)
        began = context.health.clock.now()
        try:
            self._lost.on_request(cancellation.request)
            with watch.start(cancellation.request):
                act(context.target, deployment, cancellation)
        except EngineError as error:
            failure = self._failure_of_health(watch.last_verdict()) or self._failure_of_helm(error, verb)
            overdue = context.health.clock.now() >= began + deployment.timeout
            return self._explained(failure, watch, deployment.timeout, revision) if overdue else failure
        self._remove_leftovers(revision, before)
        beginning = Beginning(found, began, watch.memory)
        return self._await_readiness(revision, Limit(late, deployment.timeout), beginning)

    def _explained(self, failure: Failure, watch: HealthWatch, timeout: int, revision: int) -> Failure:
        """Return the failure; of one that means that time was over, with our reason in place of Helm's."""
        if failure.reason not in _OVERDUE:
            return failure
        objects = self._comparison.objects(revision, judged_or_served)
        verdict = watch.overdue(Limit(failure.reason, timeout), objects)
        return self._failure_of_health(verdict) or failure

    def _remove_leftovers(self, revision: int, before: Sequence[Record | None]) -> None:
        """Remove what revisions that were never good had added, and Helm left."""
        context, storage = self._context, self._context.storage
        numbers = {record.revision for record in before if record and record.status is not Status.DEPLOYED}
        if not numbers:
            return
        try:
            failed = [storage.manifest(number) for number in sorted(numbers)]
            context.leftovers.remove(failed, storage.manifest(revision))
        except OperationError as error:
            context.warn(f"what failed revisions have left was not looked for: {error.message}")

    def _await_readiness(self, revision: int, limit: Limit, beginning: Beginning) -> Failure | None:
        """Wait until a revision that was applied is seen to be ready, whatever Helm says of it.

        Where its objects may not be read, Helm's word counts.
        """
        context = self._context
        objects = context.storage.manifest(revision, judged)
        most = self._comparison.allowed(revision, self._known, self._evidence)
        beginning = replace(beginning, before=replace(beginning.before, allowed=most))
        try:
            found = wait_ready(context.health, objects, limit, self._lost, beginning)
        except OperationError as error:
            if error.reason != Reason.FORBIDDEN:
                raise
            context.progress(f"whether the release is ready cannot be seen: {error.message}")
            self._evidence = replace(self._evidence, unseen=error.message)
            return None
        if isinstance(found, HealthVerdict):
            return self._failure_of_health(found)
        told = tuple(context.redact(str(each)) for each in found.readiness.excused)
        left = noted(found.readiness, found.snapshot)
        self._evidence = replace(self._evidence, left=left, told=told)
        return None

    def _prove(self, revision: int) -> Failure | None:
        """Watch a ready revision for as long as the inputs ask, and run the chart's tests if they do."""
        return self._soak(revision) or self._test()

    def _soak(self, revision: int) -> Failure | None:
        context = self._context
        if not context.config.health.soak:
            return None
        verdict = soak(context.health, context.storage.manifest(revision, judged), self._lost)
        return self._failure_of_health(verdict)

    def _test(self) -> Failure | None:
        context = self._context
        if not context.config.health.test:
            return None
        context.progress("running the chart's tests")
        try:
            context.engine.test(context.target, context.config.timeouts.upgrade)
        except EngineError as error:
            return replace(self._failure_of_helm(error, "test"), reason=Reason.TEST_FAILED)
        return None

    def _look_before(self, before: Sequence[Record | None]) -> Baseline:
        """Return what there is before an action, and remember what the good revision that runs lacks."""
        informers = self._context.informers
        found, self._evidence = self._comparison.look_before(informers, before, self._known)
        return found

    def _applied(self, revision: int, stop: Cancellation) -> Sequence[dict[str, Any]]:
        """Return the objects of a revision as soon as it has a record; nothing if it has none by then."""
        context = self._context
        context.storage.await_record(revision, stop)
        since, where = context.storage.created_at(revision), context.target.namespace
        return without_left_hooks(context.informers.cluster, where, self._comparison.objects(revision), since)

    def _failure_of_helm(self, error: EngineError, verb: str) -> Failure:
        """Return what Helm's own words mean."""
        failure = classify(error.output, verb, self._context.target.namespace)
        return replace(failure, message=self._context.redact(failure.message))

    def _failure_of_health(self, verdict: HealthVerdict | None) -> Failure | None:
        """Return the failure that a verdict on the release's health means, None without one; tell its log."""
        if verdict is None:
            return None
        for line in verdict.log:
            self._context.progress(line)
        known = find(verdict.reason)
        return Failure(
            reason=verdict.reason,
            temporary=known.temporary,
            message=self._context.redact(verdict.message),
            remedy=known.remedy,
        )


def _cannot_replace(engine: str) -> Failure:
    return Failure(
        reason=Reason.UNSUPPORTED_BY_ENGINE,
        temporary=False,
        message=f"{engine} cannot install a release whose history was kept when it was uninstalled",
        remedy="set helm to a Helm program, or delete the history",
    )
