"""What happens while a release is worked on, as one stream of values.

The lines of the resource's row, the spans and metrics of OpenTelemetry and the Event in the cluster are all
made from it. Nothing is decided here.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from helm_rollback_component.core.remediation import steps
from helm_rollback_component.errors import HelmRollbackError
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from helm_rollback_component.core.failures.classify import Failure
    from helm_rollback_component.core.remediation.announcement import Announcement
    from helm_rollback_component.core.remediation.conclude import RolledBack
    from helm_rollback_component.core.remediation.steps import Action
    from helm_rollback_component.results import ReleaseStatus


class Operation(StrEnum):
    """What is asked for; Pulumi's words."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    READ = "read"
    ROLLBACK = "rollback"


class Step(StrEnum):
    """A part of an operation. Those of the second half are parts of those before."""

    CLAIM = "claim"
    FETCH_CHART = "fetch_chart"
    INSTALL = "install"
    UPGRADE = "upgrade"
    RESTORE = "restore"
    ACCEPT = "accept"
    VERIFY = "verify"
    UNINSTALL = "uninstall"
    UNLOCK = "unlock"
    PRUNE = "prune"

    HELM = "helm"
    WAIT = "wait"
    SOAK = "soak"
    TEST = "test"


STEPS: dict[type[Action], Step] = {
    steps.Install: Step.INSTALL,
    steps.Upgrade: Step.UPGRADE,
    steps.Rollback: Step.RESTORE,
    steps.Accept: Step.ACCEPT,
    steps.Verify: Step.VERIFY,
    steps.Uninstall: Step.UNINSTALL,
    steps.Unlock: Step.UNLOCK,
}
"""What each action of a run is called."""


@dataclass(frozen=True)
class Said:
    """A line on what is being done, or waited for; the next one takes its place."""

    line: str


@dataclass(frozen=True)
class Noted:
    """A text that stays: what was changed, or seen, and what no result tells."""

    text: str


@dataclass(frozen=True)
class Warned:
    """A sentence that the user should read although nothing failed."""

    line: str


@dataclass(frozen=True)
class OperationBegan:
    """An operation on a release begins."""

    operation: Operation
    release: str
    namespace: str


@dataclass(frozen=True)
class OperationEnded:
    """It is over.

    Attributes:
        operation: which.
        reason: the reason word of the error that it raised; empty where it raised none.
        status: the release after it, where it returned one.
        cluster: what is known of which cluster it is: `core.records.cluster_identity`.
    """

    operation: Operation
    reason: str
    status: ReleaseStatus | None
    cluster: str


@dataclass(frozen=True)
class StepBegan:
    """A step begins."""

    step: Step


@dataclass(frozen=True)
class StepEnded:
    """It is over; `reason` is why it failed, empty where it did not."""

    step: Step
    reason: str


@dataclass(frozen=True)
class Concluded:
    """A run that was to change the release has come to its result.

    Attributes:
        strategy: how the release is to be rolled back.
        rollbacks: those of this run, in order.
        announcement: what is to be told in the cluster, None where nothing was changed.
    """

    strategy: str
    rollbacks: tuple[RolledBack, ...]
    announcement: Announcement | None


@dataclass(frozen=True)
class Retried:
    """What failed for that reason is tried again."""

    reason: str


RunEvent = (
    Said | Noted | Warned | OperationBegan | OperationEnded | StepBegan | StepEnded | Concluded | Retried
)


class Ending:
    """How a step, or an operation, ends.

    Attributes:
        reason: why it failed, empty while it has not.
        status: the release after it, None where it returns none.
    """

    reason = ""
    status: ReleaseStatus | None = None


class RunEvents:
    """The stream of one release; `observers` take each event, in the order in which it happens."""

    def __init__(self, *observers: Callable[[RunEvent], None]) -> None:
        self._observers = observers
        self.rolled_back = False
        """Whether the last run has made a rollback."""

    def tell(self, event: RunEvent) -> None:
        """Hand an event to all observers."""
        if isinstance(event, Concluded):
            self.rolled_back = bool(event.rollbacks)
        for observe in self._observers:
            observe(event)

    def progress(self, line: str) -> None:
        """Tell what is being done, or waited for."""
        self.tell(Said(line))

    def note(self, text: str) -> None:
        """Tell what was changed, or seen, and what no result tells."""
        self.tell(Noted(text))

    def warn(self, line: str) -> None:
        """Tell what the user should read."""
        self.tell(Warned(line))

    def carry_out(self, step: Step, act: Callable[[], Failure | None]) -> Failure | None:
        """Take a step that returns why it failed, if it did."""
        with self.step(step) as ending:
            failure = act()
            ending.reason = failure.reason if failure else ""
        return failure

    def helm(self) -> AbstractContextManager[Ending]:
        """Take the step in which Helm works, as long as the block; what it says is read by others."""
        return self.step(Step.HELM, Reason.HELM_FAILED)

    @contextmanager
    def step(self, step: Step, otherwise: Reason = Reason.UNEXPECTED_ERROR) -> Iterator[Ending]:
        """Tell that a step begins, and how it ends with the block.

        Args:
            step: which.
            otherwise: the reason of an error that has none.
        """
        self.tell(StepBegan(step))
        ending = Ending()
        try:
            with told(ending, otherwise):
                yield ending
        finally:
            self.tell(StepEnded(step, ending.reason))


@contextmanager
def told(ending: Ending, otherwise: Reason = Reason.UNEXPECTED_ERROR) -> Iterator[None]:
    """Have the error that ends the block give that ending its reason; `otherwise` where it has none."""
    try:
        yield
    except HelmRollbackError as error:
        ending.reason = error.reason
        raise
    except Exception:
        ending.reason = otherwise
        raise
