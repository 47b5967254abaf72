"""What Pulumi asks of a release: check, diff, create, update, read, delete.

This module knows Pulumi and nothing of Helm. The names of the module and of the class stand in users' state
and are kept for ever. The class holds nothing: Pulumi pickles it.
"""

from __future__ import annotations

import secrets
import sys
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from helm_rollback_component.core.records.owner import Identity, Owner
from helm_rollback_component.core.remediation.assessment import explain, found_foreign_change, headline
from helm_rollback_component.errors import HelmRollbackError, OperationError
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.pulumi_adapter import (
    parallelism,
    partial_failure,
    process_lifetime,
    run_kind,
    state,
)
from helm_rollback_component.pulumi_adapter.engine_log import ResourceLog
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pulumi.dynamic import ConfigureRequest

    from helm_rollback_component.operations import HelmOperations
    from helm_rollback_component.results import ReleaseStatus

_Properties = dict[str, Any]


class ReleaseProvider(ResourceProvider):
    """A release. An operation that leaves it in any other phase than the declared one is a partial failure.

    Pulumi then saves the outputs, which say what is deployed, and fails the update with the reason.
    """

    serialize_as_secret_always = False

    def configure(self, req: ConfigureRequest) -> None:
        """Set the process up: errors in one line, an end with its engine, room for many operations."""
        sys.tracebacklimit = 0
        process_lifetime.end_with_engine()
        parallelism.allow(req.config.get(parallelism.SETTING))

    def check(self, olds: _Properties, news: _Properties) -> CheckResult:
        """Refuse bad inputs, all of them at once, and compute the plan that the preview shows."""
        from helm_rollback_component.pulumi_adapter import check  # noqa: PLC0415  # keeps the start of the process quick

        inputs = dict(news)
        inputs.pop("__provider", None)
        run_kind.note(dry_run=inputs.pop(run_kind.DRY_RUN, False))
        config, problems = check.parsed(inputs)
        if config and not problems:
            inputs |= check.computed_inputs(config, olds)
        failures = [CheckFailure(problem.path, problem.message) for problem in problems]
        return CheckResult(state.with_markers(inputs), failures)

    def diff(self, _id: str, olds: _Properties, news: _Properties) -> DiffResult:
        """Tell whether anything is to be done, without asking the cluster unless the kubeconfig changed."""
        names = state.changed(olds, news)
        replaces = state.replaces(olds, news)
        if state.moves_cluster(names, news) and _another_cluster(olds, news):
            replaces.append("kubeconfig")
        if not names:
            _tell_what_is_known(olds, news)
        return DiffResult(
            changes=bool(names) or state.to_be_tried_again(olds, news),
            replaces=replaces,
            delete_before_replace=True,
        )

    def create(self, props: _Properties) -> CreateResult:
        """Deploy; fails without a state only where nothing was left behind."""
        with _in_one_line():
            release = _Release(props, incarnation=secrets.token_hex(8))
            cluster = release.operations.cluster_identity  # it may not answer any more afterwards
            status = _deployed_or_left(release.operations)
            outs = release.outputs(props, status, cluster)
        release.settle(status, outs)
        return CreateResult(release.id, outs)

    def update(self, _id: str, olds: _Properties, news: _Properties) -> UpdateResult:
        """Bring the release to the new inputs, or back to its last good revision."""
        with _in_one_line():
            release = _Release(news, incarnation=olds["incarnation"], cluster=olds["cluster"])
            status = release.operations.upgrade()
            outs = release.outputs(news, status, release.operations.cluster_identity)
        release.settle(status, outs)
        return UpdateResult(outs)

    def read(self, id_: str, props: _Properties) -> ReadResult:
        """Look at the release as it is; it is gone only when its claim is gone too."""
        with _in_one_line():
            release = _Release(props, incarnation=props["incarnation"], cluster=props["cluster"])
            if not release.operations.exists():
                return ReadResult("", {}, {})
            status = release.operations.get_status()
            inputs = state.checked_inputs_of(props)
            if found := found_foreign_change(status):
                inputs[state.OBSERVED] = found
            outs = release.outputs(inputs, status, release.operations.cluster_identity)
        return ReadResult(id_, outs, inputs)

    def delete(self, _id: str, props: _Properties) -> None:
        """Uninstall what this very creation deployed, and release the claim."""
        with _in_one_line():
            _Release(props, incarnation=props["incarnation"], cluster=props["cluster"]).operations.delete()


class _Release:
    """One release as an operation of the provider has it."""

    def __init__(self, properties: Mapping[str, Any], *, incarnation: str, cluster: str = "") -> None:
        from helm_rollback_component.operations import HelmOperations  # noqa: PLC0415  # keeps the start of the process quick

        declared = state.read(properties)
        owner = Owner(**declared.owner)
        self._incarnation = incarnation
        self._log = ResourceLog(owner.urn, declared.redact)
        self.id = declared.config.label
        self.operations = HelmOperations(
            declared.config,
            identity=Identity(owner, incarnation, cluster),
            progress=self._log.progress,
            warn=self._log.warning,
            redact=declared.redact,
        )

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
            RuntimeError: the release is not what was declared.
        """
        message = outs["message"]
        if state.accepts_phase(outs, outs):
            if message:
                self._log.warning(f"{headline(status)}\n{message}")
            return
        self._log.progress(headline(status))
        if not partial_failure.announce(self.id, outs, message):
            self._log.warning(_NOT_SAVED)
        raise RuntimeError(message)


_NOT_SAVED = (
    "this Pulumi host saves no state of an operation that failed; run `pulumi refresh` to bring the state "
    "up to date"
)


def _deployed_or_left(operations: HelmOperations) -> ReleaseStatus:
    try:
        return operations.deploy()
    except Exception as error:
        left = operations.left_behind(_expected(error))
        if left is None:
            raise
        return left


def _expected(error: Exception) -> HelmRollbackError:
    """Return the error as one of ours, an unexpected one with its whole traceback as the message."""
    if isinstance(error, HelmRollbackError):
        return error
    return OperationError(_whole(error), reason=Reason.UNEXPECTED_ERROR)


def _tell_what_is_known(olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
    """Say what an update with unchanged inputs comes to, where the last one was rolled back."""
    if olds.get("phase") != Phase.ROLLED_BACK or olds.get(state.OBSERVED):
        return
    row = ResourceLog(news["owner"]["urn"], Redactor())
    accepted = state.accepts_phase(olds, news)
    if run_kind.is_preview() and not accepted:
        row.warning(f"this update will fail:\n{olds['message']}")
    elif accepted and not run_kind.is_preview():
        row.warning(f"what runs is still not what was declared:\n{olds['message']}")


def _another_cluster(olds: _Properties, news: _Properties) -> bool:
    with _in_one_line():
        try:
            release = _Release(news, incarnation=olds["incarnation"])
        except state.NotYetKnown:
            return False
        return bool(release.operations.cluster_identity != olds["cluster"])


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Show an expected failure as its one sentence, and an unexpected one whole."""
    try:
        with process_lifetime.operation():
            yield
    except HelmRollbackError as error:
        raise RuntimeError(str(error)) from None
    except Exception as error:  # noqa: BLE001  # for any error, the host would hide where it came from
        raise RuntimeError(f"unexpected error, please report it:\n{_whole(error)}") from None


def _whole(error: Exception) -> str:
    """Return an error with its traceback, in spite of the limit of this process."""
    return "".join(traceback.format_exception(error, limit=_FRAMES))


_FRAMES = 100
