"""What a preview tells of a changed release: what the update begins with, and what it changes.

These are lines of the log and no part of the plan, because a plan follows from inputs alone. A release of
which nothing changes is not asked for at all. Nothing is changed, and the preview succeeds whatever fails
here: then a line says what is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.remediation import preview
from helm_rollback_component.errors import HelmRollbackError
from helm_rollback_component.helm.charts import fetching
from helm_rollback_component.helm.charts.chart_files import read_metadata
from helm_rollback_component.helm.engines.selection import choose_engine
from helm_rollback_component.pulumi_adapter import declaration, difference_setting, looking_ahead, state
from helm_rollback_component.pulumi_adapter.engine_log import ResourceLog
from helm_rollback_component.pulumi_adapter.managed_release import ManagedRelease
from helm_rollback_component.reconcile.desired import required_capabilities

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helm_rollback_component.config import HelmConfig

_LATER = "what this update changes in the manifests is known once all of its inputs are"


def tell(olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
    """Tell what the update does, as far as the inputs are known.

    Args:
        olds: the outputs in the state.
        news: the new checked inputs.
    """
    try:
        declared = declaration.read(news, olds)
    except declaration.NotYetKnown:
        return
    row = ResourceLog(declared.owner["urn"], declared.redact)
    marked = [each for each in olds.get("revisions") or () if each.get("point_of_no_return")]
    known = [(int(each["revision"]), each["chart_version"]) for each in marked]
    another = news.get(state.CHART) != olds.get(state.CHART)
    chart = _of_chart(declared.config) if another else ""
    for line in filter(None, (preview.across_history(declared.config.rollback, known), chart)):
        row.information(line)
    if difference_setting.is_on():
        _tell_changes(olds, news, row)


def _of_chart(config: HelmConfig) -> str:
    if config.source.local or not preview.goes_back(config.rollback):
        return ""
    try:
        chart = fetching.fetch(config.source, choose_engine(config.helm, required_capabilities(config)))
        marked = read_metadata(chart.path).point_of_no_return
    except HelmRollbackError as error:
        return f"whether the chart is a point of no return is not known yet: {error.message}"
    return preview.across_chart(f"{chart.name} {chart.version}") if marked else ""


def _tell_changes(olds: Mapping[str, Any], news: Mapping[str, Any], row: ResourceLog) -> None:
    if looking_ahead.all_known(news):
        looking_ahead.tell(row, lambda lines: _look(olds, news, lines))
    else:
        row.information(f"{_named(news)}: {_LATER}")


def _named(inputs: Mapping[str, Any]) -> str:
    return f"{inputs['release_namespace']}/{inputs['release_name']}"


def _look(olds: Mapping[str, Any], news: Mapping[str, Any], lines: list[str]) -> None:
    try:
        release = ManagedRelease(news, incarnation=olds["incarnation"], cluster=olds["cluster"], before=olds)
        release.operations.foresee(lines.append)
    except Exception as error:  # noqa: BLE001  # the preview succeeds whatever fails here
        lines.append(f"{_named(news)}: what this update does is not known: {error}")
