"""Waiting for a Secret: by a watch, or by looking for its metadata where the user may not watch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.clock import CLOCK
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.core.cancellation import Cancellation
    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.kube.clock import Clock

_WATCH_FOR = 60
_EVERY = 0.5

_Object = dict[str, Any]


def await_secret(
    cluster: Cluster,
    namespace: str,
    selector: dict[str, str],
    stop: Cancellation,
    *,
    clock: Clock = CLOCK,
) -> _Object | None:
    """Wait for a Secret and return it; or return None if `stop` is requested before.

    Args:
        cluster: where it will be.
        namespace: its namespace; need not exist yet.
        selector: the query that selects this Secret.
        stop: ends the wait.
        clock: waits between two attempts.

    Raises:
        OperationError: what the cluster refused for good; transient errors are waited out.
    """
    look: Callable[..., _Object | None] = _watched
    while not stop.requested:
        try:
            found = look(cluster, paths.secrets(namespace), selector, stop)
        except OperationError as error:
            if look is _watched and error.reason == Reason.FORBIDDEN:
                look = _listed
                continue
            if not error.temporary:
                raise
            found = None
        if found is not None:
            return found
        clock.wait(stop.event, _EVERY)
    return None


def _watched(cluster: Cluster, path: str, selector: dict[str, str], stop: Cancellation) -> _Object | None:
    events = cluster.watch(path, timeout=_WATCH_FOR, stop=stop, **selector)
    return next((found for kind, found in events if kind == "ADDED"), None)


def _listed(cluster: Cluster, path: str, selector: dict[str, str], _: Cancellation) -> _Object | None:
    found = cluster.list_metadata(path, **selector)
    return cluster.get(f"{path}/{found[0]['name']}") if found else None
