"""The one way out for text: what a release's operations return, raise, tell or write has no secrets in it.

Every public member of `HelmOperations` is `guarded`, its callbacks are replaced by `WayOut.telling`, and the
ledger is written through a `MaskedLock` only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from helm_rollback_component.errors import HelmRollbackError, ValidationError
from helm_rollback_component.results import ReleaseRevision, ReleaseStatus, RollbackPlan

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.core.records.ledger import Attempt, Entry, Ledger
    from helm_rollback_component.reconcile.effects import Lock

    Masking = Callable[[str], str]


class _HasWayOut(Protocol):
    @property
    def way_out(self) -> WayOut: ...


_Self = TypeVar("_Self", bound=_HasWayOut)
_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")
_Noted = TypeVar("_Noted", "Attempt", "Entry")


@dataclass(frozen=True)
class WayOut:
    """Takes the secrets out of what leaves.

    Attributes:
        mask: removes the secrets from a text.
    """

    mask: Masking

    def telling(self, tell: Callable[[str], None]) -> Callable[[str], None]:
        """Return what tells a line without the secrets."""
        return lambda line: tell(self.mask(line))

    def result(self, found: _Result) -> _Result:
        """Return a status, a history, or anything without text of others in it, without the secrets."""
        match found:
            case ReleaseStatus():
                return cast("_Result", self._status(found))
            case RollbackPlan():
                return cast("_Result", self._plan(found))
            case tuple():
                return cast("_Result", tuple(self._revision(each) for each in found))
            case _:
                return found

    def error(self, error: Exception) -> None:
        """Take the secrets out of an error."""
        error.args = tuple(self._text(each) for each in error.args)
        if isinstance(error, HelmRollbackError):
            error.message, error.remedy = self.mask(error.message), self.mask(error.remedy)
        if isinstance(error, ValidationError):
            error.problems = tuple(replace(each, message=self.mask(each.message)) for each in error.problems)

    def ledger(self, ledger: Ledger) -> Ledger:
        """Return a ledger without the secrets."""
        conclusion = ledger.conclusion
        return ledger.model_copy(
            update={
                "conclusion": conclusion
                and conclusion.model_copy(update={"message": self.mask(conclusion.message)}),
                "rollback_status": self._told(ledger.rollback_status),
                "conditions": tuple(self._told(each) for each in ledger.conditions),
                "attempt": ledger.attempt and self._requested(ledger.attempt),
                "entries": tuple(self._requested(each) for each in ledger.entries),
            }
        )

    def _requested(self, noted: _Noted) -> _Noted:
        """Return what was begun, or its verdict, with what a person said about it masked."""
        if noted.request is None:
            return noted
        request = noted.request.model_copy(update={"why": self.mask(noted.request.why)})
        return noted.model_copy(update={"request": request})

    def _status(self, status: ReleaseStatus) -> ReleaseStatus:
        return replace(
            status,
            rollback_status=self._told(status.rollback_status),
            conditions=tuple(self._told(each) for each in status.conditions),
            history=tuple(self._revision(each) for each in status.history),
        )

    def _plan(self, plan: RollbackPlan) -> RollbackPlan:
        return replace(
            plan,
            replaced=self._revision(plan.replaced),
            target=self._revision(plan.target),
            destroys=self.mask(plan.destroys),
            standing=self.mask(plan.standing),
        )

    def _told(self, said: Any) -> Any:
        return replace(said, message=self.mask(said.message))

    def _revision(self, revision: ReleaseRevision) -> ReleaseRevision:
        return replace(revision, description=self.mask(revision.description))

    def _text(self, given: object) -> object:
        return self.mask(given) if isinstance(given, str) else given


@dataclass(frozen=True)
class MaskedLock:
    """The release's lock, whose ledger is written without the secrets."""

    lock: Lock
    way_out: WayOut

    @property
    def ledger(self) -> Ledger:
        """The ledger, as it was last read or written."""
        return self.lock.ledger

    def write(self, ledger: Ledger) -> None:
        """Write the ledger; raises as `effects.Lock` does."""
        self.lock.write(self.way_out.ledger(ledger))

    def conclude(self, ledger: Ledger) -> None:
        """Write the ledger and free the lock; raises as `effects.Lock` does."""
        self.lock.conclude(self.way_out.ledger(ledger))

    def require_namespace(self) -> None:
        """Refuse to go on where the namespace ends; raises as `effects.Lock` does."""
        self.lock.require_namespace()

    def release_claim(self) -> None:
        """Delete the claim; raises as `effects.Lock` does."""
        self.lock.release_claim()


def guarded(
    act: Callable[Concatenate[_Self, _Given], _Result],
) -> Callable[Concatenate[_Self, _Given], _Result]:
    """Have what a method returns and raises leave without the secrets."""

    @wraps(act)
    def leaving(self: _Self, /, *args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        try:
            return self.way_out.result(act(self, *args, **kwargs))
        except Exception as error:
            self.way_out.error(error)
            raise error from None

    return leaving
