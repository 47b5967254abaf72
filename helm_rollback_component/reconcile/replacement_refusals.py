"""Whether a release that is to take the place of another one is certain not to be created."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.errors import HelmRollbackError, OperationError
from helm_rollback_component.helm.charts import fetching
from helm_rollback_component.kube.claims import namespace_end
from helm_rollback_component.reconcile import creation_refusals

if TYPE_CHECKING:
    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.core.records.owner import Identity
    from helm_rollback_component.reconcile.session import Session


def refuse(config: HelmConfig, session: Session, identity: Identity, replaced: str) -> None:
    """Refuse to delete a release where the one that is to replace it cannot be created.

    Nothing is changed. What only Helm finds is not looked for.

    Args:
        config: what is declared of the new one.
        session: its connections.
        identity: who is to create it.
        replaced: the old one, ``namespace/name``; empty if that is on another cluster.

    Raises:
        OperationError: the new one's namespace is missing or ends, its chart cannot be fetched, or there is
            another release of its name already.
    """
    try:
        if ended := namespace_end.find_end(session.cluster, config.release_namespace):
            raise ended
        if replaced != config.label:
            claim, history = session.claims.read(), session.records.history()
            if refused := creation_refusals.refusal(config, identity, claim, history):
                raise refused
        fetching.fetch(config.source, session.engine)
    except HelmRollbackError as error:
        raise OperationError(
            f"nothing is deleted, because {config.label}, which is to replace it, cannot be created: "
            f"{error.message}",
            reason=error.reason,
            remedy=error.remedy,
            temporary=error.temporary,
        ) from None
