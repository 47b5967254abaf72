"""Deleting a release: its objects, then its history; the caller then releases the claim."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from helm_rollback_component.core.records.history import Status
from helm_rollback_component.core.remediation import assessment, ledger_updates, predicates
from helm_rollback_component.errors import HelmRollbackError, OperationError
from helm_rollback_component.kube.claims.namespace_end import find_end
from helm_rollback_component.kube.clock import CLOCK
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile.persistence import Persistence
from helm_rollback_component.reconcile.run_events import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.records.history import History, Record
    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.reconcile.effects import Effects

_LOOK_EVERY = 0.5
_STAYS = "the release stays in the cluster: {why}"
_HANDED_OVER = "{receiver} manages it now"
_TAKEN_OVER = (
    "Pulumi's Kubernetes provider deployed its revision {revision}, so a kubernetes.helm.v3.Release "
    "manages it now"
)


@contextmanager
def unless_namespace_ends(
    config: HelmConfig, cluster: Cluster, there: Callable[[], bool], progress: Callable[[str], None]
) -> Iterator[None]:
    """End a block that deletes the release; if it fails as the namespace is deleted too, wait for that.

    Args:
        config: what is declared of the release.
        cluster: where it is.
        there: whether anything of the release is left.
        progress: takes one line that says what is waited for.

    Raises:
        OperationError: ``NamespaceTerminating`` where it is still there when the time is over.
    """
    try:
        yield
    except HelmRollbackError:
        end = find_end(cluster, config.release_namespace)
        if end is None:
            raise
        end.release = config.label
        progress(f"{end.message}, and what is left of the release with it")
        until = CLOCK.now() + config.timeouts.delete
        while there():
            if CLOCK.now() >= until:
                raise end from None
            CLOCK.sleep(_LOOK_EVERY)


def delete(
    config: HelmConfig, effects: Effects, warn: Callable[[str], None], now_managed_by: str = ""
) -> None:
    """Uninstall, and delete the history unless that is to be kept.

    A release that another resource manages now stays as it is.

    Args:
        config: what is declared of the release.
        effects: Helm and the release's records.
        warn: takes the sentence that says why the release stays.
        now_managed_by: what manages the release from now on, if that is known.

    Raises:
        OperationError: something could not be removed; it can be called again.
    """
    history = effects.records.history()
    if why := _why_it_stays(assessment.taken_over(history, effects.lock.ledger), now_managed_by):
        warn(_STAYS.format(why=why))
        return
    effects.progress("uninstalling")
    if not config.history.keep_on_delete:
        effects.lock.write(ledger_updates.before_deletion(effects.lock.ledger))
    persistence = Persistence(effects, config.timeouts.delete)

    def uninstall(found: History) -> Failure | None:
        present = predicates.present(found, effects.lock.ledger)
        return effects.helm.uninstall(present, persistence.whole_seconds)

    def carried_through() -> Failure | None:
        return persistence.carry_through(
            lambda: uninstall(history), lambda _: uninstall(effects.records.history())
        )

    failure = effects.events.carry_out(Step.UNINSTALL, carried_through)
    if failure:
        raise failure.as_error(OperationError, "the uninstall failed", config.label)
    history = effects.records.history()
    if config.history.keep_on_delete:
        _mark_uninstalled(history, effects, config.label)
    else:
        for revision in (*(record.revision for record in history), *history.unreadable):
            effects.records.delete(revision)


def _why_it_stays(theirs: Record | None, now_managed_by: str) -> str:
    if theirs:
        return _TAKEN_OVER.format(revision=theirs.revision)
    return _HANDED_OVER.format(receiver=now_managed_by) if now_managed_by else ""


def _mark_uninstalled(history: History, effects: Effects, release: str) -> None:
    """Mark the newest revision uninstalled where Helm, without an error, did not."""
    latest = history.latest
    if latest is None or latest.status is Status.UNINSTALLED:
        return
    try:
        effects.records.mark_uninstalled(latest.revision)
    except OperationError as error:
        raise OperationError(
            f"the objects were deleted, but revision {latest.revision} is still {latest.status.value}: "
            f"{error.message}",
            reason=Reason.RECORD_NOT_UPDATED,
            release=release,
        ) from None
