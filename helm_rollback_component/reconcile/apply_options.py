"""How Helm is to apply and to wait, as far as that depends on the engine and on the records. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.health.silence import Silence
from helm_rollback_component.core.remediation.steps import Install
from helm_rollback_component.helm.engines.engine import Capability

if TYPE_CHECKING:
    from collections.abc import Collection

    from helm_rollback_component.core.records.history import Record
    from helm_rollback_component.core.remediation.steps import Upgrade
    from helm_rollback_component.helm.engines.engine import Options


def forces(record: Record | None, able: Collection[Capability]) -> bool:
    """Return whether Helm is to take over the fields that other managers own.

    It always is where that is possible, as with Flux. To try without first would run hooks twice, and a
    rollback that conflicts takes the status of the deployed revision.

    Args:
        record: what decides how Helm applies: the newest one for an upgrade, the target for a rollback.
        able: what the engine supports.
    """
    return record is not None and record.server_side and Capability.FORCE_CONFLICTS in able


def suited(
    options: Options, able: Collection[Capability], action: Install | Upgrade, latest: Record | None
) -> Options:
    """Return the options of a deployment as the engine can carry them out.

    Args:
        options: what the inputs ask for.
        able: what the engine supports.
        action: what is done. Helm 4 installs on the server's side, unless objects are to be replaced.
        latest: the newest record.
    """
    installs = isinstance(action, Install)
    force = Capability.FORCE_CONFLICTS in able if installs else forces(latest, able)
    return replace(
        options,
        force_conflicts=force and not options.force_update,
        replace=isinstance(action, Install) and action.replace,
        wait_strategy=options.wait_strategy if Capability.WAIT_STRATEGY in able else "",
    )


def wait_of_uninstall(strategy: str) -> str:
    """Return how an uninstall waits: in the way that is chosen, else in the engine's own."""
    return "" if strategy == "auto" else strategy


def silence(options: Options, able: Collection[Capability]) -> Silence | None:
    """Return how Helm may lose sight of what it waits for; None where it cannot be shown anything.

    That is where it watches, and replaces objects: a write of ours might come between its read and its write.

    Args:
        options: what `suited` has returned.
        able: what the engine supports.
    """
    polls = Capability.WAIT_STRATEGY not in able or options.wait_strategy == "legacy"
    return Silence(polls=polls) if polls or not options.force_update else None
