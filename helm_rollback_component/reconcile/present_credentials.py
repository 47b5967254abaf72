"""Credentials that were stored and are refused now: others for the very same API server take their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.errors import HelmRollbackError, OperationError
from helm_rollback_component.kube.api import kubeconfig
from helm_rollback_component.kube.api.client import Cluster
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable

Way = tuple[str | None, str | None]
"""A kubeconfig, as the input of that name has it, and a context."""

_REMEDY = (
    "the credentials in the state may have expired: run `pulumi up` first, which stores those that the "
    "program has now; or give a kubeconfig for the same server and certificate authority by KUBECONFIG or by "
    "`pulumi config set --secret pulumi-python:kubeconfig` (helm-rollback:kubeconfig for the plugin); or add "
    "--run-program where the stack's configuration has one under another name; "
    "with a path as kubeconfig instead of its content, the file is read anew each time"
)


def accepted(stored: tuple[str, str | None], others: Iterable[Way]) -> tuple[str, str | None]:
    """Return the stored kubeconfig and context, or the first others for that server that are not refused.

    Nothing is sent to any other server, and no credentials but the stored ones if they are accepted.

    Args:
        stored: the content of a kubeconfig, and a context.
        others: what may take its place; what cannot be read or used does not count.

    Raises:
        OperationError: ``Unauthorized`` if none is accepted.
    """
    cluster = Cluster.connect(*stored)
    refused = _refusal(cluster)
    if refused is None:
        return stored
    for given, context in others:
        try:
            way = kubeconfig.load(given), context
            other = Cluster.connect(*way)
            if other.has_address_of(cluster) and _refusal(other) is None:
                return way
        except HelmRollbackError:
            continue
    raise OperationError(refused.message, reason=Reason.UNAUTHORIZED, remedy=_REMEDY)


def _refusal(cluster: Cluster) -> OperationError | None:
    try:
        cluster.identity()
    except OperationError as error:
        if error.reason != Reason.UNAUTHORIZED:
            raise
        return error
    return None
