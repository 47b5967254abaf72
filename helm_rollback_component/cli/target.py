"""The answer to whether a revision may be rolled back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helm_rollback_component.cli.acting import in_words_of_options
from helm_rollback_component.cli.tables import sentences
from helm_rollback_component.errors import ValidationError
from helm_rollback_component.reasons import Reason, find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.cli.screen import Screen
    from helm_rollback_component.operations import HelmOperations

_OF_TARGETS = frozenset(
    {
        Reason.ANOTHER_CHART,
        Reason.BEFORE_UNINSTALL,
        Reason.BEYOND_LATEST,
        Reason.DATA_LOSS_PREVENTED,
        Reason.INVALID_REVISION,
        Reason.NOT_GOOD,
        Reason.NO_HISTORY,
        Reason.POINT_OF_NO_RETURN,
        Reason.PRUNED,
        Reason.RECORD_UNREADABLE,
        Reason.TAMPERED,
    }
)


@dataclass(frozen=True)
class Answer:
    """Whether a revision may be rolled back to.

    Attributes:
        release: the release's name.
        revision: the revision.
        refusal: why it may not be; None if it may.
    """

    release: str
    revision: int
    refusal: ValidationError | None

    @classmethod
    def of(cls, operations: HelmOperations, release: str, revision: int) -> Answer:
        """Ask for it; what stands in the way is told with the option that removes it.

        Raises:
            HelmRollbackError: it cannot be told.
        """
        try:
            with in_words_of_options():
                operations.validate_rollback_target(revision)
        except ValidationError as error:
            if error.reason not in _OF_TARGETS:
                raise
            return cls(release, revision, error)
        return cls(release, revision, None)

    def document(self) -> dict[str, Any]:
        """Return the answer with stable keys."""
        refusal = self.refusal
        return {
            "release": self.release,
            "revision": self.revision,
            "valid": refusal is None,
            "reason": refusal.reason if refusal else None,
            "message": self.why or None,
            "remedy": (refusal.remedy or None) if refusal else None,
        }

    def lines(self, screen: Screen) -> Iterator[str]:
        """Yield the answer in a line, and what to do in another."""
        return sentences(screen, *self._told())

    def _told(self) -> Iterator[str]:
        refusal = self.refusal
        if refusal is None:
            yield f"yes: {self.release} can be rolled back to revision {self.revision}"
            return
        yield f"no: {self.why} [{refusal.reason}]"
        if refusal.remedy:
            yield f"{find(refusal.reason).meaning} To do: {refusal.remedy}."

    @property
    def why(self) -> str:
        """Why it may not be, in one line; empty if it may."""
        return "; ".join(problem.message for problem in self.refusal.problems) if self.refusal else ""
