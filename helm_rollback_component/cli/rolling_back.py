"""A rollback by hand, from the options of the command line: planned, then carried out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from helm_rollback_component.cli import acting
from helm_rollback_component.cli.reading import Reader
from helm_rollback_component.cli.running import tell
from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.operations import HelmOperations

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.cli.connection import Connection
    from helm_rollback_component.results import ReleaseStatus, RollbackPlan

_ALL = 0


class RollingBack:
    """A rollback of one release.

    Args:
        connection: where it is.
        release: its name.
        timeout: how long the rollback may take, in seconds.
        helm: which Helm, as the input ``helm`` says it.
        allow_data_loss: whether it may destroy data.
    """

    def __init__(
        self, connection: Connection, release: str, *, timeout: int, helm: str, allow_data_loss: bool
    ) -> None:
        config = connection.config(
            release,
            helm=helm,
            timeouts={"rollback": timeout},
            history={"max_revisions": _ALL},
            operations={"rollback": {"allow_data_loss": allow_data_loss}},
        )
        self._stop = Cancellation()
        self._connection, self._release = connection, release
        self._operations = partial(
            HelmOperations, config, warn=tell, redact=connection.redact, interrupt=self._stop
        )

    @property
    def interrupted(self) -> bool:
        """Whether the user has interrupted it."""
        return self._stop.requested

    def plan(self, revision: int | None) -> RollbackPlan:
        """Return what a rollback to that revision would do, None being the last good one.

        Raises:
            HelmRollbackError: it would be refused, or there is no such release.
        """
        Reader(self._connection).require(self._release)
        with acting.in_words_of_options():
            return self._operations().plan_rollback(revision)

    def carry_out(self, plan: RollbackPlan, why: str, told: Callable[[str], None]) -> ReleaseStatus:
        """Roll back as planned, and return the release after it.

        Args:
            plan: what the user agreed to.
            why: the reason that the user gave.
            told: takes one line for each step.

        Raises:
            HelmRollbackError: it was refused, or failed; or the release was changed since it was planned.
        """
        operations = self._operations(progress=told)
        with acting.interruptible(self._stop), acting.in_words_of_options():
            return operations.rollback(
                plan.target.revision, why=why, tool=acting.tool(), replacing=plan.replaced.revision
            )
