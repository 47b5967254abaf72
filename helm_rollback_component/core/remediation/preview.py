"""What an update will do, in one line that a preview shows. Pure; it tells nothing secret.

It is made from the inputs alone, new and old, so it says what will be tried, not what will be found; and it
says the same of a first deployment and of what comes after, so that it differs only where something does.
What follows from more than that (`first_step`, `across_history`, `across_chart`) is told beside it.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

from helm_rollback_component.config.constraints import CURRENT
from helm_rollback_component.core.remediation import plan_text, predicates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from helm_rollback_component.config import HelmConfig, RollbackConfig


def describe(config: HelmConfig, chart: str, olds: Mapping[str, Any], *, marked: bool = False) -> str:
    """Return the plan.

    Args:
        config: the new inputs.
        chart: name and version of the declared chart.
        olds: the old inputs, with what a refresh observed; empty at a creation.
        marked: whether the chart is known to be a point of no return.
    """
    rollback = config.rollback
    if rollback.strategy == "manual" and rollback.target_revision is not None:
        return f"{plan_text.HOLD}{rollback.target_revision}"
    observed = f"{plan_text.OBSERVED}{olds['observed']})" if olds.get("observed") else ""
    remedy = _on_failure(config, crosses=marked and olds.get("chart", chart) != chart)
    return f"{_action(config, chart, olds)}{observed}; on failure remove a first deployment, else {remedy}"


def across_history(rollback: RollbackConfig, marked: Sequence[tuple[int, str]]) -> str:
    """Return what is told of points of no return in the history; empty if nothing would cross them.

    Revisions of the newest marked chart version can replace each other, so the oldest of them is the limit.

    Args:
        rollback: the rollback section of the inputs.
        marked: number and chart version of each marked revision, oldest first.
    """
    if not marked:
        return ""
    version = marked[-1][1]
    limit = [*takewhile(lambda each: each[1] == version, reversed(marked))][-1][0]
    if not (goes_back(rollback) or _held_below(limit, rollback)):
        return ""
    return (
        f"will not roll back across revision {limit}: its chart, version {version}, is a point of no return"
    )


def _held_below(limit: int, rollback: RollbackConfig) -> bool:
    pin = rollback.target_revision if rollback.strategy == "manual" else None
    return pin is not None and pin < limit and not rollback.allow_data_loss


def across_chart(chart: str) -> str:
    """Return what is told of an upgrade to a marked chart; `chart` is its name and version."""
    return f"a failure will be reported and not rolled back: the chart {chart} is a point of no return"


def goes_back(rollback: RollbackConfig) -> bool:
    """Return whether a failed upgrade is rolled back."""
    return rollback.enabled and rollback.strategy != "manual"


def _action(config: HelmConfig, chart: str, olds: Mapping[str, Any]) -> str:
    if _asks_for_a_rollback(config, chart, str(olds.get("chart", ""))):
        return (
            f"roll back to the last good revision of {chart} with these values, or upgrade if there is none"
        )
    return f"{plan_text.DEPLOY}{chart}"


def _asks_for_a_rollback(config: HelmConfig, chart: str, before: str) -> bool:
    (name, _, version), (name_before, _, version_before) = chart.partition(" "), before.partition(" ")
    return predicates.downgrades(config.rollback, (name, version), (name_before, version_before))


def _on_failure(config: HelmConfig, *, crosses: bool) -> str:
    rollback = config.rollback
    if not goes_back(rollback):
        return "report it and change nothing"
    if crosses:
        return "report it; will not roll back across this revision: its chart is a point of no return"
    wanted = rollback.target_revision
    target = "the last good revision" if wanted is None else f"revision {wanted}"
    return f"roll back to {target}{_limit(rollback.floor)}"


def _limit(floor: int | str | None) -> str:
    if floor is None:
        return ""
    oldest = "the last good revision" if floor == CURRENT else f"revision {floor}"
    return f"; will not roll back across {oldest}: operations.rollback.floor"
