"""Why a release cannot be created where it is to be: it is there, or another stack has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.records.owner import NOBODY
from helm_rollback_component.core.remediation import assessment
from helm_rollback_component.errors import HelmRollbackError
from helm_rollback_component.kube.claims import claim_rules
from helm_rollback_component.kube.claims.claim_rules import Wish
from helm_rollback_component.reconcile import refusals

if TYPE_CHECKING:
    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.core.records.history import History
    from helm_rollback_component.core.records.owner import Identity
    from helm_rollback_component.kube.claims.claims import Claim


def told(config: HelmConfig, identity: Identity, claim: Claim | None, history: History) -> str:
    """Return why a deployment refuses to begin, empty if it does not.

    Args:
        config: what is declared.
        identity: who is to create it.
        claim: the release's claim, if there is one.
        history: its revisions.
    """
    found = refusal(config, identity, claim, history)
    return found.with_remedy if found else ""


def refusal(
    config: HelmConfig, identity: Identity, claim: Claim | None, history: History
) -> HelmRollbackError | None:
    """Return the error with which a deployment refuses to begin, None if it does not; see `told`."""
    if config.adopt:
        return None
    wish = Wish(identity.owner or NOBODY, identity.incarnation)
    if refused := claim_rules.refusal(claim, wish):
        return refused
    try:
        if claim is None or assessment.taken_over(history, claim.ledger):
            refusals.refuse_unmanaged(history, config.label)
    except HelmRollbackError as error:
        return error
    return None
