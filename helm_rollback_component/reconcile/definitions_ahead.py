"""What is told before an update of a chart's ``crds/``, which Helm installs once and never upgrades."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from helm_rollback_component.core.manifests import definitions
from helm_rollback_component.core.manifests.differences import keyed
from helm_rollback_component.helm.charts import chart_definitions
from helm_rollback_component.reconcile import live_objects

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from helm_rollback_component.config import SourceConfig
    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.reconcile.live_objects import Found

_MAY_NOT_READ = (
    "whether the cluster has the definitions of the chart's crds/ is not known: you may not read them"
)
_NOT_UPGRADED = "Helm does not upgrade crds/, and the cluster has other definitions than the chart:"
_Definitions = dict["Key", "Manifest"]
_LEFT_ALONE = "Helm leaves definitions alone that are there already, and the chart has others:"


def of_upgrade(
    source: SourceConfig, cluster: Cluster, chart: Path, enabled: Collection[str] | None
) -> Iterator[str]:
    """Yield which definitions in the cluster are not as the chart has them, and how they are applied.

    Args:
        source: where the chart comes from.
        cluster: the API server.
        chart: the chart's folder or archive.
        enabled: the dependencies that the values leave on; None if that is not known, and then definitions
            of dependencies are told where they are other ones, and not where they are missing.
    """
    certain, others = _declared(chart, enabled)
    found = live_objects.find(cluster, {**others, **certain})
    missing = certain.keys() - found.live.keys() - {*found.left_out}
    known = {key: each for key, each in {**others, **certain}.items() if key in found.live or key in missing}
    if found.refused:
        yield _MAY_NOT_READ
    elif told := [*_told(known, found)]:
        yield from (_NOT_UPGRADED, *told, "    apply them before the update:", f"    {command(source)}")


def of_install(cluster: Cluster, chart: Path, enabled: Collection[str] | None) -> Iterator[str]:
    """Yield which definitions a first deployment adds, and which ones it leaves as they are.

    Args:
        cluster: the API server.
        chart: the chart's folder or archive.
        enabled: as of `of_upgrade`; if it is not known, dependencies are left out.
    """
    certain, _ = _declared(chart, enabled)
    found = live_objects.find(cluster, certain)
    there = {key: each for key, each in certain.items() if key in found.live}
    yield from (definitions.added(each) for key, each in certain.items() if key not in there)
    if told := [*_told(there, found)]:
        yield from (_LEFT_ALONE, *told)


def command(source: SourceConfig) -> str:
    """Return the command that applies a chart's definitions, those of its dependencies included."""
    named = [source.chart]
    named += [f"--repo={source.repository}"] if source.repository else []
    named += [f"--version={source.version}"] if source.version and not source.local else []
    return f"helm show crds {shlex.join(named)} | kubectl apply --server-side --force-conflicts -f -"


def _declared(chart: Path, enabled: Collection[str] | None) -> tuple[_Definitions, _Definitions]:
    """Return the definitions that Helm installs, and those of which that is not known."""
    own = keyed(chart_definitions.own(chart), "")
    if enabled is None:
        return own, keyed(chart_definitions.of_dependencies(chart), "")
    off = chart_definitions.switched_off(chart, enabled)
    return {**keyed(chart_definitions.of_dependencies(chart, off), ""), **own}, {}


def _told(declared: Mapping[Key, Manifest], found: Found) -> Iterator[str]:
    lines = (definitions.difference(each, found.live.get(key)) for key, each in declared.items())
    return (f"    {line}" for line in lines if line)
