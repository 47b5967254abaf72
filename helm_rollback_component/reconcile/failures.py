"""What Helm's words, and verdicts on health, mean as failures of a run: without secrets, with what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.failures.classify import Failure, classify
from helm_rollback_component.core.health import log_lines
from helm_rollback_component.reasons import Reason, find

if TYPE_CHECKING:
    from helm_rollback_component.core.health.model import HealthVerdict
    from helm_rollback_component.helm.engines.engine import EngineError
    from helm_rollback_component.reconcile.run_context import RunContext


def of_helm(context: RunContext, error: EngineError, verb: str) -> Failure:
    """Return what Helm's own words mean.

    Args:
        context: what the run works with.
        error: how Helm failed.
        verb: what it was to do.
    """
    return classify(error.output, verb, context.target.namespace, context.redact)


def of_health(context: RunContext, verdict: HealthVerdict) -> Failure:
    """Return the failure that a verdict on the release's health means; tell the lines of its log.

    Args:
        context: what the run works with.
        verdict: why the release has failed.
    """
    if verdict.log:
        head = f"the last lines of container {verdict.container} of Pod {verdict.pod}:"
        shown = context.redact("\n".join(verdict.log)).split("\n")
        context.note_once("\n    ".join((head, *map(log_lines.shortened, shown))))
    known = find(verdict.reason)
    return Failure(
        reason=verdict.reason,
        temporary=known.temporary,
        message=context.redact(verdict.message),
        remedy=known.remedy,
    )


def cannot_replace(engine: str) -> Failure:
    """Return why a Helm without that option cannot install over a history that was kept."""
    return Failure(
        reason=Reason.UNSUPPORTED_BY_ENGINE,
        temporary=False,
        message=f"{engine} cannot install a release whose history was kept when it was uninstalled",
        remedy="set helm to a Helm program, or delete the history",
    )


def lost_sight() -> Failure:
    """Return why Helm was stopped that did not see that all was ready."""
    return Failure(
        reason=Reason.HELM_LOST_SIGHT,
        temporary=True,
        message="all of the release is ready, and Helm does not see it",
        remedy="",
    )


def is_of_watching(failure: Failure) -> bool:
    """Whether Helm 4 only was not allowed to see the end of what it had done."""
    return failure.reason is Reason.FORBIDDEN and "cannot watch resource" in failure.message
