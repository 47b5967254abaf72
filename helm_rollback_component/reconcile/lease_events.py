"""What a run announces in the cluster: one Event about the release's Lease, once the run is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.remediation.announcement import uninstalled
from helm_rollback_component.kube.lease_event import post
from helm_rollback_component.reconcile.run_events import Concluded, Operation, OperationEnded, Step, StepBegan

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.core.remediation.announcement import Announcement
    from helm_rollback_component.reconcile.run_events import RunEvent
    from helm_rollback_component.reconcile.session import Session


class LeaseEvents:
    """An observer that announces the result of each run that changed the release.

    Args:
        session: the release's connections.
        mask: removes the secrets from a text.
    """

    def __init__(self, session: Session, mask: Callable[[str], str]) -> None:
        self._session = session
        self._mask = mask
        self._uninstalling = False
        self._due: Announcement | None = None

    def __call__(self, event: RunEvent) -> None:
        """Note what is to be announced, or announce it."""
        match event:
            case Concluded():
                self._due = event.announcement
            case StepBegan(Step.UNINSTALL):
                self._uninstalling = True
            case OperationEnded():
                if event.operation is Operation.DELETE and self._uninstalling:
                    self._due = uninstalled(event.reason)
                self._announce()

    def _announce(self) -> None:
        due, self._due, self._uninstalling = self._due, None, False
        session = self._session
        if due and session.lease_uid:
            post(session.cluster, session.claims.reference(session.lease_uid), due, self._mask(due.note))
