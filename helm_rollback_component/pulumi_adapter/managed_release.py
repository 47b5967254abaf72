"""One release as an operation of the provider has it: from its properties to Helm, and back to its state."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from helm_rollback_component import operations
from helm_rollback_component.core.records.owner import Identity, Owner
from helm_rollback_component.core.remediation.assessment import found_foreign_change
from helm_rollback_component.core.remediation.explanation import explain, headline, landed
from helm_rollback_component.errors import HelmRollbackError, OperationError
from helm_rollback_component.pulumi_adapter import (
    declaration,
    engine_log,
    partial_failure,
    process_lifetime,
    stack_settings,
    state,
)
from helm_rollback_component.pulumi_adapter.engine_log import ResourceLog
from helm_rollback_component.pulumi_adapter.error_text import HelmReleaseError, whole
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from helm_rollback_component.results import ReleaseStatus

_Properties = dict[str, Any]
_GONE = "it is no longer there, so it leaves the state; an update creates it again"
_BY_A_SCRIPT = (
    "revision {revision} was deployed by a script, or by an update whose end the state does not have"
)
_NOTHING: Mapping[str, Any] = MappingProxyType({})

_NOT_SAVED = (
    "this Pulumi host saves no state of an operation that failed; run `pulumi refresh` to bring the state "
    "up to date"
)


class ManagedRelease:
    """A release that a resource declares.

    Args:
        properties: the resource's checked properties.
        incarnation: which creation of the release is meant.
        cluster: which cluster it lives on; empty where that is not known.
        others: see `HelmOperations`.
        before: the properties of the last operation; empty where there was none.

    Raises:
        NotYetKnown: so much is not known yet that there is no release to speak of.
    """

    def __init__(
        self,
        properties: Mapping[str, Any],
        *,
        incarnation: str,
        cluster: str = "",
        others: Iterable[tuple[str | None, str | None]] | None = None,
        before: Mapping[str, Any] = _NOTHING,
    ) -> None:
        declared = declaration.read(properties, before)
        owner = Owner(**declared.owner)
        self._incarnation = incarnation
        self._log = ResourceLog(owner.urn, declared.redact)
        self._log.recall(before)
        self.id = declared.config.label
        self.operations = operations.HelmOperations(
            declared.config,
            identity=Identity(owner, incarnation, cluster),
            progress=self._log.progress,
            note=self._log.information,
            warn=self._log.warning,
            redact=declared.redact,
            others=others,
            interrupt=process_lifetime.INTERRUPT,
            delete_unreachable=_may_be_let_go(properties),
        )

    def deploy(self) -> ReleaseStatus:
        """Deploy it, and return what became of it: what a failure left counts too.

        Raises:
            HelmRollbackError: it failed, and left nothing behind.
        """
        try:
            return self.operations.deploy()
        except Exception as error:
            left = self.operations.left_behind(_expected(error))
            if left is None:
                raise
            return left

    def found(self, properties: Mapping[str, Any]) -> tuple[_Properties, _Properties] | None:
        """Return its outputs and inputs as a refresh finds it, or None if it is gone.

        Args:
            properties: its outputs in the state.
        """
        there = self.operations.exists()
        if there is False:
            self._log.information(f"{self.id}: {_GONE}")
        if not there:
            return None
        status = self.operations.get_status()
        inputs = state.checked_inputs_of(properties)
        if change := found_foreign_change(status) or self._made_by_a_script(properties, status):
            inputs[state.OBSERVED] = change
        if status.phase.value != properties.get("phase") and (told := explain(status)):
            self._log.explanation(told)
            explained = {engine_log.EXPLAINED_IN: engine_log.run()}
        else:
            explained = {}
        return self.outputs(inputs, status, self.operations.cluster_identity) | explained, inputs

    def _made_by_a_script(self, properties: Mapping[str, Any], status: ReleaseStatus) -> str:
        """Return that the revision is not the stack's, until an update follows; empty if it is."""
        told = _BY_A_SCRIPT.format(revision=status.revision)
        if state.deployed_since(properties, status):
            self._log.information(f"{self.id}: {told}; the next update deploys what is declared")
            return told
        return told if properties.get(state.OBSERVED) == told else ""

    def outputs(self, inputs: Mapping[str, Any], status: ReleaseStatus, cluster: str) -> _Properties:
        """Return what the state is to hold: the inputs, and the release as it is."""
        return state.outputs(
            inputs,
            status,
            incarnation=self._incarnation,
            cluster=cluster,
            message=explain(status),
        )

    def settle(self, status: ReleaseStatus, outs: _Properties) -> None:
        """Pass, warn, or fail with the outputs as the new state, as the phase and the inputs say.

        Raises:
            HelmReleaseError: the release is not what was declared.
        """
        tried = self.operations.rolled_back
        outcome, explained = headline(status, tried=tried), self._log.explained(outs["message"])
        if not outcome:
            self._log.progress(landed(status, rolled_back=tried))
            return
        if state.accepts_phase(outs, outs):
            self._log.warning_explained(outcome, outs["message"])
            return
        self._log.progress(outcome)
        message = f"{self.id}: {outcome}, as explained above" if explained else explain(status, tried=tried)
        if not partial_failure.announce(self.id, outs, message):
            self._log.warning(_NOT_SAVED)
        raise HelmReleaseError(message)


def _may_be_let_go(properties: Mapping[str, Any]) -> bool:
    return bool(properties.get(state.DELETE_UNREACHABLE)) or stack_settings.delete_unreachable()


def _expected(error: Exception) -> HelmRollbackError:
    """Return the error as one of ours, an unexpected one with its whole traceback as the message."""
    if isinstance(error, HelmRollbackError):
        return error
    return OperationError(whole(error), reason=Reason.UNEXPECTED_ERROR)
