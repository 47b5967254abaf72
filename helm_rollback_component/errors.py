"""What can go wrong, as one tree.

HelmRollbackError
├── ValidationError   the request is refused; nothing was changed
├── RollbackError     a rollback could not be carried out, or failed
└── OperationError    Helm, the cluster or the network failed
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.reasons import Reason, find

if TYPE_CHECKING:
    from collections.abc import Sequence


class HelmRollbackError(Exception):
    """Base of every error that this package raises on purpose.

    Attributes:
        reason: one CamelCase word that a program can match, such as ``ImagePullBackOff``; see `Reason`.
        release: ``namespace/name`` of the release, or an empty string if it is not known yet.
        remedy: what to do next, or an empty string; the reason's own, if none is given.
        temporary: whether the same call may succeed later although nothing was changed; as the reason says,
            if not given.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: str,
        release: str = "",
        remedy: str = "",
        temporary: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.release = release
        self.remedy = remedy or find(reason).remedy
        self.temporary = find(reason).temporary if temporary is None else temporary

    @property
    def with_remedy(self) -> str:
        """The message, ending with what to do."""
        return f"{self.message}; {self.remedy}" if self.remedy else self.message

    def __str__(self) -> str:
        where = f"{self.release}: " if self.release else ""
        then = f" ({self.remedy})" if self.remedy else ""
        return f"{where}{self.message}{then}"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with the inputs.

    Attributes:
        path: the property, in the user's spelling: ``operations.rollback.strategy``.
        message: what is wrong and what would be right, one sentence.
        others: other properties that are part of the cause.
    """

    path: str
    message: str
    others: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class ValidationError(HelmRollbackError):
    """The request is refused before anything is changed.

    Attributes:
        problems: everything that is wrong, in order; never empty.
    """

    def __init__(
        self,
        problems: Sequence[Problem],
        *,
        reason: str = Reason.INVALID_INPUT,
        release: str = "",
        remedy: str = "",
    ) -> None:
        super().__init__("; ".join(map(str, problems)), reason=reason, release=release, remedy=remedy)
        self.problems = tuple(problems)


class RollbackError(HelmRollbackError):
    """A rollback could not be carried out, or failed; the release is not in the requested state."""


class OperationError(HelmRollbackError):
    """Helm, the cluster or the network failed."""
