"""A release whose cluster is gone, or cannot be reached: it stays in the state unless the user lets it go."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from helm_rollback_component.errors import HelmRollbackError, OperationError
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

VARIABLE = "PULUMI_K8S_DELETE_UNREACHABLE"
"""With ``true``, what a cluster that cannot be reached holds leaves the state, as in Pulumi's own."""

_SIGNS = frozenset({Reason.UNREACHABLE, Reason.UNTRUSTED, Reason.KUBECONFIG_MISSING, Reason.CLUSTER_CHANGED})
"""No answer; another server, or another cluster, in its place; no way there. Refused credentials are none."""


@contextmanager
def let_go(release: str, warn: Callable[[str], None], *, allowed: bool = False) -> Iterator[None]:
    """End the block without an error where the cluster is gone and its releases may be let go.

    Args:
        release: what every error names.
        warn: takes the sentence that says so.
        allowed: whether they may also where the environment does not say so.

    Raises:
        OperationError: the cluster is gone; the remedy names the variable.
    """
    try:
        yield
    except HelmRollbackError as error:
        if error.reason not in _SIGNS:
            raise
        if not (allowed or _allowed()):
            raise _told(error, release) from None
        permit = "deleteUnreachable" if allowed else VARIABLE
        warn(
            f"{release}: {error.message}; nothing was deleted: the release only leaves the state, "
            f"as {permit} allows"
        )


def _allowed() -> bool:
    return os.environ.get(VARIABLE, "").lower() == "true"


def _told(error: HelmRollbackError, release: str) -> OperationError:
    way_out = f"if the cluster is gone for good, run again with {VARIABLE}=true: the release leaves the state"
    return OperationError(
        error.message,
        reason=error.reason,
        release=error.release or release,
        remedy=f"{error.remedy}; {way_out}",
        temporary=error.temporary,
    )
