"""What becomes of the claim of a release after its lock was held for something that needs no claim."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from helm_rollback_component.core.records.ledger import Ledger
from helm_rollback_component.errors import HelmRollbackError, OperationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.kube.claims.claims import Held
    from helm_rollback_component.reconcile.run_events import RunEvents
    from helm_rollback_component.reconcile.session import Session


@contextmanager
def borrowed(session: Session, events: RunEvents, *, forced: bool = False) -> Iterator[Held]:
    """Hold the lock as `Session.hold` does; a release that nobody had claimed is nobody's again then."""
    unclaimed = session.claims.read() is None
    with session.hold(events, forced=forced) as held:
        try:
            yield held
        finally:
            if unclaimed:
                with suppress(OperationError):
                    held.release_claim()


@contextmanager
def released_if_unused(held: Held) -> Iterator[None]:
    """Release the claim if the block fails and nothing was ever done to the release."""
    try:
        yield
    except HelmRollbackError:
        if held.ledger == Ledger() and not held.damaged:
            with suppress(OperationError):
                held.release_claim()
        raise
