"""What Pulumi asks of a release and of its gate: check, diff, create, update, read, delete.

This module knows Pulumi and nothing of Helm. The names of the module and of both classes stand in users'
state and are kept for ever. Neither class holds anything: Pulumi pickles them.
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

from helm_rollback_component.core.remediation.assessment import explain, found_behind_our_back
from helm_rollback_component.errors import HelmRollbackError
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.pulumi_adapter import parallelism, process_lifetime, state
from helm_rollback_component.pulumi_adapter.engine_log import ResourceLog
from helm_rollback_component.results import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pulumi.dynamic import ConfigureRequest

    from helm_rollback_component.operations import HelmOperations
    from helm_rollback_component.results import ReleaseStatus

_Properties = dict[str, Any]


class _Provider(ResourceProvider):
    serialize_as_secret_always = False

    def configure(self, req: ConfigureRequest) -> None:
        """Set the process up: errors in one line, an end with its engine, room for many operations."""
        sys.tracebacklimit = 0
        process_lifetime.end_with_engine()
        parallelism.allow(req.config.get(parallelism.SETTING))


class ReleaseProvider(_Provider):
    """The release itself. Its update succeeds whenever the cluster is in a known state, and says which."""

    def check(self, olds: _Properties, news: _Properties) -> CheckResult:
        """Refuse bad inputs, all of them at once, and compute the plan that the preview shows."""
        from helm_rollback_component.pulumi_adapter import check  # noqa: PLC0415  # keeps the start of the process quick

        inputs = dict(news)
        inputs.pop("__provider", None)
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
        return DiffResult(
            changes=bool(names) or state.to_be_tried_again(olds),
            replaces=replaces,
            delete_before_replace=True,
        )

    def create(self, props: _Properties) -> CreateResult:
        """Deploy; raises only when nothing was left behind."""
        incarnation = secrets.token_hex(8)
        with _in_one_line():
            operations = _operations(props, incarnation=incarnation)
            outs = _outputs(props, operations, operations.deploy(), incarnation)
        return CreateResult(f"{outs['release_namespace']}/{outs['release_name']}", outs)

    def update(self, _id: str, olds: _Properties, news: _Properties) -> UpdateResult:
        """Bring the release to the new inputs, or back to its last good revision."""
        with _in_one_line():
            operations = _operations(news, incarnation=olds["incarnation"], cluster=olds["cluster"])
            return UpdateResult(_outputs(news, operations, operations.upgrade(), olds["incarnation"]))

    def read(self, id_: str, props: _Properties) -> ReadResult:
        """Look at the release as it is; it is gone only when its claim is gone too."""
        with _in_one_line():
            operations = _operations(props, incarnation=props["incarnation"], cluster=props["cluster"])
            if not operations.exists():
                return ReadResult("", {}, {})
            status = operations.get_status()
            inputs = state.checked_inputs_of(props)
            inputs[state.OBSERVED] = found_behind_our_back(status)
            outs = _outputs(inputs, operations, status, props["incarnation"])
        return ReadResult(id_, outs, inputs)

    def delete(self, _id: str, props: _Properties) -> None:
        """Uninstall what this very creation deployed, and give up the claim."""
        with _in_one_line():
            _operations(props, incarnation=props["incarnation"], cluster=props["cluster"]).delete()


class GateProvider(_Provider):
    """The gate behind a release: it fails while the release is not what was declared.

    What depends on a release's outputs depends on the gate, and so does not run on a bad release.
    """

    def check(self, _olds: _Properties, news: _Properties) -> CheckResult:
        """Say in the preview already that the update will fail, where that is known."""
        inputs = dict(news)
        inputs.pop("__provider", None)
        if _fails(inputs):
            inputs["verdict"] = f"this update will fail: {inputs.get('message', '')}"
            ResourceLog(str(inputs.get("urn", "")), Redactor()).progress(inputs["verdict"])
        return CheckResult(state.with_markers(inputs), [])

    def diff(self, _id: str, olds: _Properties, news: _Properties) -> DiffResult:
        """Have the gate act on every change of the release, and at every update while it is bad."""
        olds, news = ({k: v for k, v in props.items() if k != "__provider"} for props in (olds, news))
        return DiffResult(changes=olds != news or news.get("phase") != Phase.DEPLOYED)

    def create(self, props: _Properties) -> CreateResult:
        """Pass, warn or fail."""
        return CreateResult(f"{props['release_namespace']}/{props['release_name']}", _pass(props))

    def update(self, _id: str, _olds: _Properties, news: _Properties) -> UpdateResult:
        """Pass, warn or fail."""
        return UpdateResult(_pass(news))


def _operations(props: Mapping[str, Any], *, incarnation: str, cluster: str = "") -> HelmOperations:
    from helm_rollback_component.kube.claims.claims import Owner  # noqa: PLC0415  # keeps the start of the process quick
    from helm_rollback_component.operations import HelmOperations, Identity  # noqa: PLC0415

    redact = state.redactor(props)
    log = ResourceLog(props["owner"]["urn"], redact)
    return HelmOperations(
        state.parse(props),
        identity=Identity(Owner(**props["owner"]), incarnation, cluster),
        progress=log.progress,
        warn=log.warning,
        redact=redact,
    )


def _outputs(
    props: Mapping[str, Any], operations: HelmOperations, status: ReleaseStatus, incarnation: str
) -> _Properties:
    return state.outputs(
        props,
        status,
        incarnation=incarnation,
        cluster=operations.cluster_identity,
        message=explain(status),
    )


def _another_cluster(olds: _Properties, news: _Properties) -> bool:
    try:
        operations = _operations(news, incarnation=olds["incarnation"])
    except state.NotYetKnown:
        return False
    with _in_one_line():
        return bool(operations.cluster_identity != olds["cluster"])


def _fails(gated: Mapping[str, Any]) -> bool:
    phase = gated.get("phase")
    tolerated = phase == Phase.ROLLED_BACK and gated.get("on_rollback") == "warn"
    return isinstance(phase, str) and phase != Phase.DEPLOYED and not tolerated


def _pass(gated: _Properties) -> _Properties:
    if _fails(gated):
        raise RuntimeError(gated["message"]) from None
    if gated["phase"] != Phase.DEPLOYED:
        ResourceLog(gated["urn"], Redactor()).warning(gated["message"])
    return gated


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Show an expected failure as its one sentence, and an unexpected one whole."""
    try:
        with process_lifetime.operation():
            yield
    except HelmRollbackError as error:
        raise RuntimeError(str(error)) from None
    except Exception as error:  # noqa: BLE001  # whatever it is, the host would hide where it came from
        whole = "".join(traceback.format_exception(error, limit=_WHOLE))
        raise RuntimeError(f"unexpected, please report it:\n{whole}") from None


_WHOLE = 100
