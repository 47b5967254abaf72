"""Pulumi mocks in which a `HelmRelease` has realistic outputs, without a cluster, Helm or Pulumi's engine."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.runtime.rpc import is_rpc_secret, unwrap_rpc_secret

from helm_rollback_component.component import RELEASE_TYPE
from helm_rollback_component.core.remediation.explanation import explain
from helm_rollback_component.core.remediation.predicates import told
from helm_rollback_component.inputs.arguments import Kind, require
from helm_rollback_component.inputs.tree import map_leaves
from helm_rollback_component.pulumi_adapter.declaration import read
from helm_rollback_component.pulumi_adapter.state import outputs
from helm_rollback_component.reasons import Reason, find
from helm_rollback_component.results import (
    Condition,
    Phase,
    ReleaseRevision,
    ReleaseStatus,
    Resource,
    RollbackState,
    RollbackStatus,
)

if TYPE_CHECKING:
    from helm_rollback_component.config import HelmConfig

_AT = "2026-01-01T00:00:00Z"


@dataclass(frozen=True)
class Deployed:
    """A release that is as declared.

    Attributes:
        revision: the number of its revision; all before it are superseded.
        app_version: its chart's label for the application.
        resources: its objects.
    """

    revision: int = 1
    app_version: str = "1.0.0"
    resources: tuple[Resource, ...] = ()


@dataclass(frozen=True)
class RolledBack:
    """A release whose upgrade failed and was rolled back.

    Attributes:
        reason: why the upgrade failed.
        message: one sentence about the cause; what to do is added to it.
        failed_revision: the number of the upgrade; the revision before it was restored as the one after it.
        restored_version: the chart version that runs again.
        app_version: its label for the application.
        resources: its objects.
    """

    reason: str = Reason.IMAGE_PULL_BACK_OFF
    message: str = 'container "web" cannot pull its image'
    failed_revision: int = 2
    restored_version: str = "0.9.0"
    app_version: str = "0.9.0"
    resources: tuple[Resource, ...] = ()


_OUTCOMES = Kind(Mapping | None, "a dictionary of Deployed(…) and RolledBack(…)")
_OUTCOME = Kind(Deployed | RolledBack, "Deployed(…) or RolledBack(…)")


class HelmReleaseMocks(pulumi.runtime.Mocks):
    """Mocks for `pulumi.runtime.set_mocks`: every release is deployed, except those in `outcomes`.

    Bad inputs are refused as the provider refuses them. A release that was rolled back does not fail, so that
    a test sees what a program makes of its outputs. Override `resource` for other resources' outputs.

    Args:
        outcomes: the result of a release, by the name of its `HelmRelease`.

    Raises:
        ValidationError: one of them is neither `Deployed` nor `RolledBack`.
    """

    def __init__(self, outcomes: Mapping[str, Deployed | RolledBack] | None = None) -> None:
        super().__init__()
        _ensure_event_loop()
        require(_OUTCOMES, outcomes=outcomes)
        require(_OUTCOME, **(outcomes or {}))
        self._outcomes = dict(outcomes or {})

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Return id and outputs of a resource."""
        if args.typ == RELEASE_TYPE:
            outcome = self._outcomes.get(args.name.removesuffix("-release"), Deployed())
            return f"{args.name}-id", _release(args.inputs, outcome)
        return self.resource(args)

    def resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Return id and outputs of a resource that is not part of a release: its inputs."""
        return f"{args.name}-id", dict(args.inputs)

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        """Return the result of a provider's function: nothing."""
        del args
        return {}, []


def _ensure_event_loop() -> None:
    """Give this thread an event loop if it has none: `set_mocks` needs one, and Python 3.14 makes none."""
    try:
        asyncio.get_event_loop()
    except (RuntimeError, DeprecationWarning):  # that warning, where it is an error, comes instead of a loop
        asyncio.set_event_loop(asyncio.new_event_loop())


def _release(inputs: dict[str, Any], outcome: Deployed | RolledBack) -> dict[str, Any]:
    config = read(_opened(inputs)).config
    status = _deployed(config, outcome) if isinstance(outcome, Deployed) else _rolled_back(config, outcome)
    return outputs(inputs, status, incarnation="mock", cluster="mock", message=explain(status))


def _opened(value: Any) -> Any:
    """Return the value with its secrets in the clear: mocks get them wrapped."""
    return map_leaves(value, _opened_leaf, is_leaf=is_rpc_secret)


def _opened_leaf(leaf: Any) -> Any:
    return _opened(unwrap_rpc_secret(leaf)) if is_rpc_secret(leaf) else leaf


def _deployed(config: HelmConfig, outcome: Deployed) -> ReleaseStatus:
    versions = (config.source.version or "1.0.0", outcome.app_version)
    history = [
        _revision(number, versions, "superseded", _completed(number)) for number in range(1, outcome.revision)
    ]
    latest = _revision(outcome.revision, versions, "deployed", _completed(outcome.revision))
    return _status(
        config,
        latest,
        history=(*history, latest),
        phase=Phase.DEPLOYED,
        conditions=(
            _condition("Released", "True", Reason.UPGRADE_SUCCEEDED),
            _condition("Ready", "True", Reason.IN_SYNC),
        ),
        resources=outcome.resources,
    )


def _rolled_back(config: HelmConfig, outcome: RolledBack) -> ReleaseStatus:
    failed, message = outcome.failed_revision, told(outcome.message, find(outcome.reason).remedy)
    old = (outcome.restored_version, outcome.app_version)
    new = (config.source.version or "1.0.0", outcome.app_version)
    latest = _revision(failed + 1, old, "deployed", f"Rollback to {failed - 1}")
    history = (
        _revision(failed - 1, old, "superseded", "Install complete"),
        _revision(failed, new, "failed", 'Upgrade "release" failed'),
        latest,
    )
    rollback = RollbackStatus(
        state=RollbackState.ROLLED_BACK,
        strategy=config.rollback.strategy,
        reason=outcome.reason,
        message=message,
        failed_revision=failed,
        target_revision=failed - 1,
        restored_revision=failed + 1,
        attempts=1,
        at=_AT,
    )
    status = _status(
        config,
        latest,
        history=history,
        phase=Phase.ROLLED_BACK,
        conditions=(
            _condition("Released", "False", Reason.UPGRADE_FAILED, outcome.message),
            _condition("Remediated", "True", outcome.reason, message),
            _condition("Ready", "False", outcome.reason, message),
        ),
        resources=outcome.resources,
    )
    return replace(status, rollback_status=rollback)


def _status(config: HelmConfig, latest: ReleaseRevision, **rest: Any) -> ReleaseStatus:
    return ReleaseStatus(
        release_name=config.release_name,
        release_namespace=config.release_namespace,
        revision=latest.revision,
        chart_version=latest.chart_version,
        app_version=latest.app_version,
        status=latest.status,
        **rest,
    )


def _revision(number: int, versions: tuple[str, str], status: str, description: str) -> ReleaseRevision:
    chart_version, app_version = versions
    return ReleaseRevision(
        revision=number,
        chart_version=chart_version,
        app_version=app_version,
        status=status,
        deployed_at=_AT,
        description=description,
        verified=status != "failed",
    )


def _completed(number: int) -> str:
    return "Install complete" if number == 1 else "Upgrade complete"


def _condition(kind: str, status: str, reason: str, message: str = "") -> Condition:
    return Condition(kind, status, reason, message, _AT)
