"""What a preview tells beside the plan: points of no return in the history, and of a chart to be fetched.

They are lines of the log and no part of the plan, because a plan follows from inputs alone. The history is
that in the state. A chart is fetched only if another is declared than before; the update then finds it in the
cache.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.remediation import preview
from helm_rollback_component.errors import HelmRollbackError
from helm_rollback_component.helm.charts import fetching
from helm_rollback_component.helm.charts.chart_files import read_metadata
from helm_rollback_component.helm.engines.selection import choose_engine
from helm_rollback_component.pulumi_adapter import declaration, state
from helm_rollback_component.pulumi_adapter.engine_log import ResourceLog
from helm_rollback_component.reconcile.desired import required_capabilities

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helm_rollback_component.config import HelmConfig


def tell(olds: Mapping[str, Any], news: Mapping[str, Any]) -> None:
    """Tell which points of no return the update meets, as far as the inputs are known.

    Args:
        olds: the outputs in the state.
        news: the new checked inputs.
    """
    try:
        declared = declaration.read(news)
    except declaration.NotYetKnown:
        return
    row = ResourceLog(declared.owner["urn"], declared.redact)
    marked = [each for each in olds.get("revisions") or () if each.get("point_of_no_return")]
    known = [(int(each["revision"]), each["chart_version"]) for each in marked]
    another = news.get(state.CHART) != olds.get(state.CHART)
    chart = _of_chart(declared.config) if another else ""
    for line in filter(None, (preview.across_history(declared.config.rollback, known), chart)):
        row.information(line)


def _of_chart(config: HelmConfig) -> str:
    if config.source.local or not preview.goes_back(config.rollback):
        return ""
    try:
        chart = fetching.fetch(config.source, choose_engine(config.helm, required_capabilities(config)))
        marked = read_metadata(chart.path).point_of_no_return
    except HelmRollbackError as error:
        return f"whether the chart is a point of no return is not known yet: {error.message}"
    return preview.across_chart(f"{chart.name} {chart.version}") if marked else ""
