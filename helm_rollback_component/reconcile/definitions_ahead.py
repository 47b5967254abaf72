"""What is told before an update of a chart's ``crds/``, which Helm installs once and never upgrades."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.manifests import chart_tree, definitions
from helm_rollback_component.core.manifests.chart_tree import Switch
from helm_rollback_component.core.manifests.differences import keyed
from helm_rollback_component.helm.charts import chart_definitions
from helm_rollback_component.reconcile import live_objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from helm_rollback_component.config import SourceConfig
    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.reconcile.live_objects import Found

_MAY_NOT_READ = (
    "whether the cluster has the definitions of the chart's crds/ is not known: you may not read them"
)
_NOT_UPGRADED = "Helm does not upgrade crds/, and the cluster has other definitions than the chart:"
_LEFT_ALONE = "Helm leaves definitions alone that are there already, and the chart has others:"
_BEFORE = "apply them before the update"
_APPLY = "kubectl apply --server-side --force-conflicts -f"
_Definitions = dict["Key", "Manifest"]


def of_upgrade(
    source: SourceConfig, cluster: Cluster, chart: Path, values: Mapping[str, Any]
) -> Iterator[str]:
    """Yield which definitions in the cluster are not as the chart has them, and how they are applied.

    Args:
        source: where the chart comes from.
        cluster: the API server.
        chart: the chart's folder or archive.
        values: the merged values, which may switch dependencies off.
    """
    declared = _Declared.of(chart, values)
    both = {**declared.on, **declared.not_known}
    found = live_objects.find(cluster, both)
    missing = declared.on.keys() - found.live.keys() - {*found.left_out}
    known = {key: each for key, each in both.items() if key in found.live or key in missing}
    if found.refused:
        yield _MAY_NOT_READ
    elif told := [*_told(known, found)]:
        yield from (_NOT_UPGRADED, *told, *_advice(source, declared))


def of_install(cluster: Cluster, chart: Path, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield which definitions a first deployment adds, and which ones it leaves as they are.

    Args:
        cluster: the API server.
        chart: the chart's folder or archive.
        values: the merged values, which may switch dependencies off.
    """
    certain = _Declared.of(chart, values).on
    found = live_objects.find(cluster, certain)
    there = {key: each for key, each in certain.items() if key in found.live}
    yield from (definitions.added(each) for key, each in certain.items() if key not in there)
    if told := [*_told(there, found)]:
        yield from (_LEFT_ALONE, *told)


@dataclass(frozen=True)
class _Declared:
    """A chart's definitions: those that Helm installs, those of which that is not known, the others."""

    on: _Definitions
    not_known: _Definitions
    off: _Definitions

    @classmethod
    def of(cls, chart: Path, values: Mapping[str, Any]) -> _Declared:
        found = chart_tree.definitions(chart_definitions.read(chart), values)
        on, not_known, off = (
            _by_key(each for each, switch in found if switch is wanted)
            for wanted in (Switch.ON, Switch.NOT_KNOWN, Switch.OFF)
        )
        left = {key: each for key, each in not_known.items() if key not in on}
        return cls(on, left, {key: each for key, each in off.items() if key not in {**on, **left}})


def _by_key(manifests: Iterable[Manifest]) -> _Definitions:
    """Return the definitions by their keys; of several with the same key, the first, which Helm installs."""
    return dict(reversed(keyed(reversed([*manifests]), "").items()))


def _advice(source: SourceConfig, declared: _Declared) -> Iterator[str]:
    """Yield how the definitions are applied; Helm shows those of dependencies that are off as well."""
    if not declared.off:
        yield from (f"    {_BEFORE}:", f"    {_shown(source)} | {_APPLY} -")
        return
    yield f"    {_BEFORE}; Helm also shows those of dependencies that are off, which are not to be applied:"
    yield f"    {_shown(source)} > crds.yaml  # keep only those named above"
    yield f"    {_APPLY} crds.yaml"


def _shown(source: SourceConfig) -> str:
    """Return the command that shows a chart's definitions, those of all its dependencies included."""
    named = [source.chart]
    named += [f"--repo={source.repository}"] if source.repository else []
    named += [f"--version={source.version}"] if source.version and not source.local else []
    return f"helm show crds {shlex.join(named)}"


def _told(declared: Mapping[Key, Manifest], found: Found) -> Iterator[str]:
    lines = (definitions.difference(each, found.live.get(key)) for key, each in declared.items())
    return (f"    {line}" for line in lines if line)
