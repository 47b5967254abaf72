"""Helm under watch: what it deploys or restores is judged until it is known to work or to have failed.

Every method returns why it failed, None if it did not; nothing is decided here about what follows from that.
"""

from __future__ import annotations

from contextlib import nullcontext, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.core.health.objects import is_hook
from helm_rollback_component.core.health.snapshot import runs_as_deletion_hook
from helm_rollback_component.core.health.timeout import Limit
from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.remediation.standards import Known
from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.engines.engine import Capability, EngineError
from helm_rollback_component.kube.health.wait import Beginning
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile import apply_options, failures, strategies
from helm_rollback_component.reconcile.proof import Proof
from helm_rollback_component.reconcile.removal import Removal
from helm_rollback_component.reconcile.removal_watch import RemovalWatch
from helm_rollback_component.reconcile.watched_deployment import Applying, WatchedDeployment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.health.evidence import Evidence
    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.core.remediation.steps import Install, Rollback, Upgrade
    from helm_rollback_component.reconcile.run_context import RunContext

    _Remove = Callable[[Sequence[Sequence[Manifest]], Sequence[Manifest]], None]

_HURRIED = 10
"""So many seconds an uninstall may take that begins when the run is to end already."""

_LEFT = (
    "the release is given up, but all its objects stay as they are, because it had taken over objects that "
    "were there before: {objects}"
)
_DELETED_NOTHING = frozenset({Reason.UNKNOWN_KIND, Reason.SERVER_ERROR})
"""How Helm's word on kinds that are lost is read: Helm 3 says no more than that it failed."""


class WatchedHelm:
    """Helm, watched; `effects.Helm` says what each method does.

    Args:
        context: what the run works with.
        lost: requested when another process takes the release over. Then, and at `RunContext.interrupt`, what
            is waited for is waited for no longer; only a rollback of Helm is always left to its end.
    """

    def __init__(self, context: RunContext, lost: Cancellation) -> None:
        self._context = context
        self._lost, self._stop = lost, Cancellation.of_any(lost, context.interrupt)
        self._proof = Proof(context, self._stop)
        self._deploying = WatchedDeployment(context, self._proof, self._stop)

    @property
    def evidence(self) -> Evidence:
        """What was seen of readiness in the last action."""
        return self._proof.evidence

    def deploy(
        self,
        action: Install | Upgrade,
        revision: int,
        before: Sequence[Record | None],
        known: Known,
        timeout: int,
    ) -> Failure | None:
        """Install or upgrade, stop Helm as soon as that is certain to fail, and see all objects ready."""
        deployment, able = self._context.what_to_deploy, self._context.helm.capabilities
        options = apply_options.suited(deployment.options, able, action, before[0])
        if options.replace and Capability.REPLACE not in able:
            return failures.cannot_replace(self._context.helm.name)
        self._proof.begin(known)
        deployment = replace(deployment, options=options, timeout=timeout)
        found = self._proof.look_before(action, before)
        ended = self._deploying.carry_out(action, deployment, revision, before[0], found)
        if not isinstance(ended, Applying):
            return ended
        self._remove_leftovers(revision, before)
        failure = self._proof.await_readiness(revision, ended.limit, ended.beginning)
        return failure or self._proof.stays_good(revision)

    def restore(
        self, action: Rollback, revision: int, before: Sequence[Record | None], known: Known
    ) -> Failure | None:
        """Roll back, and wait until what was restored is ready."""
        context, timeout = self._context, self._context.config.timeouts.rollback
        latest, _, target, *standing = before
        self._proof.begin(known)
        found = self._proof.look_before(action, before)
        left = [each for each in standing if each not in (latest, target)]
        self._clear(action.revision, [latest, *left], context.leftovers.remove_admission)
        if force := apply_options.forces(target, context.helm.capabilities):
            self._prepare_strategies(action.revision)
        try:
            with context.events.helm():
                context.helm.rollback(
                    context.target,
                    action.revision,
                    timeout,
                    disable_hooks=context.config.disable_hooks,
                    force_conflicts=force,
                )
        except EngineError as error:
            return failures.of_helm(context, error, "rollback")
        finally:
            self._proof.tell_what_is_taken_over(action.revision, found)
        self._remove_leftovers(revision, left)
        return self._await_restored(revision, Beginning(found))

    def unrestored(self, target: int, replaced: int) -> tuple[str, ...] | None:
        """Return which objects are not as a revision has them; None if its workloads are not, or unseen."""
        return self._proof.unrestored(target, replaced)

    def settle(self, revision: int, before: Sequence[Record | None], known: Known) -> Failure | None:
        """Wait until a revision that Helm has restored in part is ready."""
        self._proof.begin(known)
        self._remove_leftovers(revision, before)
        return self._await_restored(revision, Beginning())

    def verify(self, revision: int, known: Known) -> Failure | None:
        """Wait until a deployed revision is ready, then soak and test it like a new one."""
        self._proof.begin(known)
        limit = Limit(Reason.READINESS_TIMEOUT, self._context.config.timeouts.upgrade)
        failure = self._proof.await_readiness(revision, limit, Beginning())
        return failure or self._proof.stays_good(revision)

    def undo_install(self, present: Sequence[Record], timeout: int) -> Failure | None:
        """Uninstall a first deployment; where it took over objects that were there before, leave them all."""
        removal = Removal(self._context, present)
        earlier = removal.earlier()
        if not earlier:
            return self._remove(removal, present, timeout)
        self._context.warn_once(_LEFT.format(objects=", ".join(map(str, earlier))))
        return None

    def uninstall(self, present: Sequence[Record], timeout: int) -> Failure | None:
        """Uninstall, and see that the objects are gone."""
        return self._remove(Removal(self._context, present), present, timeout)

    def _remove(self, removal: Removal, present: Sequence[Record], timeout: int) -> Failure | None:
        context, clock = self._context, self._context.health.clock
        self._proof.begin(Known())
        cancellation, stop = Cancellation(), self._stop
        if context.interrupt.requested:
            timeout, stop = min(timeout, _HURRIED), self._lost
        else:
            context.interrupt.on_request(cancellation.request)
        until, hooks = clock.now() + timeout, self._runs_hooks(present)
        watch = RemovalWatch(removal.gone, cancellation, clock)
        try:
            with context.events.helm(), nullcontext() if hooks else watch:
                context.helm.uninstall(
                    context.target,
                    timeout,
                    cancellation=cancellation,
                    keep_history=True,
                    disable_hooks=context.config.disable_hooks,
                    wait_strategy=apply_options.wait_of_uninstall(context.config.wait_strategy),
                )
        except EngineError as error:
            failure = failures.of_helm(context, error, "uninstall")
            told = removal.without_helm() if failure.reason in _DELETED_NOTHING else ""
            if watch.stopped:
                context.progress("Helm has not seen it, but all objects of the release are gone")
            elif told:
                context.warn_once(told)
            elif failure.reason is Reason.UNINSTALL_TIMEOUT and not hooks:
                return removal.still_there(timeout)
            elif not failures.is_of_watching(failure):
                return failure
        return removal.await_end(max(0.0, until - clock.now()), stop)

    def _runs_hooks(self, present: Sequence[Record]) -> bool:
        """Whether an uninstall of the newest revision may run hooks, whose end Helm may have waited for."""
        if self._context.config.disable_hooks or not present:
            return False
        declared = self._context.storage.objects(present[-1].revision, is_hook)
        return any(map(runs_as_deletion_hook, declared))

    def _await_restored(self, revision: int, beginning: Beginning) -> Failure | None:
        """Wait until what was restored is ready; where the run is to end, Helm's word counts."""
        limit = Limit(Reason.READINESS_TIMEOUT, self._context.config.timeouts.rollback)
        failure = self._proof.await_readiness(revision, limit, beginning)
        if failure and failure.reason == Reason.CANCELLED and self._context.interrupt.requested:
            self._proof.leave_unseen(failure.message)
            return None
        return failure

    def _prepare_strategies(self, revision: int) -> None:
        context = self._context
        with suppress(OperationError):
            declared = context.storage.manifest(revision)
            strategies.prepare(context.informers.cluster, context.target, declared)

    def _remove_leftovers(self, revision: int, before: Sequence[Record | None]) -> None:
        """Remove what revisions that were never good had added, and Helm left."""
        self._clear(revision, before, self._context.leftovers.remove)

    def _clear(self, revision: int, before: Sequence[Record | None], remove: _Remove) -> None:
        """Have what is removed that revisions have which were never good, and another has not."""
        context, storage = self._context, self._context.storage
        numbers = {record.revision for record in before if record and record.status is not Status.DEPLOYED}
        if not numbers:
            return
        try:
            failed = [storage.manifest(number) for number in sorted(numbers)]
            declared = storage.manifest(revision)
            unread = "; ".join(storage.unread(revision))
            if not unread:
                remove(failed, declared)
        except OperationError as error:
            unread = error.message
        if unread:
            context.warn(f"what failed revisions have left was not looked for: {unread}")
