"""Methods that are operations on a release: each leaves without secrets, and tells how it began and ended."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from helm_rollback_component.reconcile.run_events import (
    Ending,
    Operation,
    OperationBegan,
    OperationEnded,
    told,
)
from helm_rollback_component.reconcile.way_out import guarded
from helm_rollback_component.results import ReleaseStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.reconcile.run_events import RunEvents
    from helm_rollback_component.reconcile.session import Session
    from helm_rollback_component.reconcile.way_out import WayOut


class _Observed(Protocol):
    @property
    def way_out(self) -> WayOut: ...

    @property
    def _events(self) -> RunEvents: ...

    @property
    def _config(self) -> HelmConfig: ...

    @property
    def _session(self) -> Session: ...


_Self = TypeVar("_Self", bound=_Observed)
_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


def operation(
    which: Operation,
) -> Callable[[Callable[Concatenate[_Self, _Given], _Result]], Callable[Concatenate[_Self, _Given], _Result]]:
    """Return what makes a method an operation, which is `guarded` too."""

    def made(
        act: Callable[Concatenate[_Self, _Given], _Result],
    ) -> Callable[Concatenate[_Self, _Given], _Result]:
        @wraps(act)
        def observed(self: _Self, /, *args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
            config, events, ending = self._config, self._events, Ending()  # a part of that class
            events.tell(OperationBegan(which, config.release_name, config.release_namespace))
            try:
                with told(ending):
                    result = act(self, *args, **kwargs)
                ending.status = result if isinstance(result, ReleaseStatus) else None
            finally:
                cluster = self._session.known_cluster  # as above
                events.tell(OperationEnded(which, ending.reason, ending.status, cluster))
            return result

        return guarded(observed)

    return made
