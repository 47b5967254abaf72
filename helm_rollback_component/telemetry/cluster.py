"""Which cluster an operation was on, asked of the cluster where nothing else has asked."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.records.cluster_identity import uid_in
from helm_rollback_component.errors import HelmRollbackError
from helm_rollback_component.reconcile.run_events import OperationEnded

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.reconcile.run_events import RunEvent
    from helm_rollback_component.reconcile.session import Session


def naming_cluster(observe: Callable[[RunEvent], None], session: Session) -> Callable[[RunEvent], None]:
    """Return the observer, told by each operation that went well of the same cluster.

    Else one release would be several series: that of its creation, of its updates and of a script's rollback.

    Args:
        observe: takes the events.
        session: the release's connections; the cluster is asked once.
    """

    def observe_with_cluster(event: RunEvent) -> None:
        if isinstance(event, OperationEnded) and not event.reason and not uid_in(event.cluster):
            with suppress(HelmRollbackError):
                event = replace(event, cluster=session.cluster.identity())
        observe(event)

    return observe_with_cluster
