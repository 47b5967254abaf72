"""From the inputs to the arguments of Helm and to the values that decisions need: chart, values, digests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.records.digests import as_stored
from helm_rollback_component.core.remediation.steps import Desired, Timeouts
from helm_rollback_component.helm.charts import chart_files, chart_texts
from helm_rollback_component.helm.engines.engine import Capability, Deployment, Options
from helm_rollback_component.inputs import value_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.core.records.digests import Digester
    from helm_rollback_component.helm.charts.fetching import LocalChart

_SWITCHES = (
    "disable_hooks",
    "disable_openapi_validation",
    "force_update",
    "skip_crds",
    "take_ownership",
    "wait_for_jobs",
)
_ONLY_WAITING = "wait_for_jobs"
_FOREIGN = 3600
"""So many seconds another client may take at least: its ``--timeout`` is nowhere to be read."""


def required_capabilities(config: HelmConfig) -> frozenset[Capability]:
    """Return what an engine must support for the config."""
    source = config.source
    asked = {name for name in _SWITCHES if getattr(config, name)}
    asked |= {name for name in ("description", "labels", "post_renderer") if getattr(config, name)}
    asked |= {name for name in ("dependency_update", "verify", "keyring") if getattr(source, name)}
    if not source.local and (source.username or source.password or source.cert_file or source.key_file):
        asked.add("repository_credentials")
    if config.wait_strategy == "watcher":
        asked.add("wait_strategy")
    return frozenset(map(Capability, asked))


def merged_values(config: HelmConfig) -> dict[str, Any]:
    """Return the value files and values as one; the values win.

    Raises:
        ValidationError: a value file cannot be read.
    """
    return value_files.merge([*value_files.read_files(config.value_files), config.values])


def deployment(
    config: HelmConfig, chart: LocalChart, timeout: int, mask: Callable[[str], str] = str
) -> Deployment:
    """Return what Helm is to deploy.

    Args:
        config: what is declared.
        chart: what it is made from.
        timeout: how long Helm waits at most, in seconds.
        mask: removes the secrets from the description: Helm takes it as an argument, and stores it for ever.
    """
    values = merged_values(config)
    options = Options(
        **{name: getattr(config, name) for name in _SWITCHES},
        description=mask(config.description),
        labels=config.labels,
        post_renderer=config.post_renderer,
        wait_strategy=_wait_strategy(config, chart, values),
    )
    return Deployment(chart.path, values, timeout, options)


def desired(config: HelmConfig, chart: LocalChart, digester: Digester, timeout: int) -> Desired:
    """Return what the inputs ask for, as decisions need it; an install or upgrade may take `timeout` seconds.

    Its digest changes with everything that a Helm action depends on: chart, values and switches, but not with
    timeouts, health rules or the way that the cluster is reached.
    """
    merged = merged_values(config)
    spec = {
        "release": config.label,
        "chart": _chart_identity(config, chart),
        "values": merged,
        "switches": {name: getattr(config, name) for name in _SWITCHES if name != _ONLY_WAITING},
        "description": config.description,
        "labels": config.labels,
        "post_renderer": config.post_renderer,
    }
    return Desired(
        digest=digester.of(spec),
        chart_name=chart.name,
        chart_version=chart.version,
        values_digest=digester.of(as_stored(merged)),
        rollback=config.rollback,
        patience=max(_FOREIGN, config.timeouts.upgrade + config.timeouts.rollback),
        timeouts=Timeouts(timeout, config.timeouts.rollback, config.timeouts.delete),
    )


def _wait_strategy(config: HelmConfig, chart: LocalChart, values: dict[str, Any]) -> str:
    if config.wait_strategy != "auto":
        return config.wait_strategy
    custom = chart_texts.name_a_custom_group(chart.path, values)
    return "legacy" if custom and not chart_texts.ask_for_a_load_balancer(chart.path, values) else ""


def _chart_identity(config: HelmConfig, chart: LocalChart) -> dict[str, str]:
    if config.source.local:
        return {
            "name": chart.name,
            "version": chart.version,
            "content": chart_files.content_digest(chart.path),
        }
    return {"source": f"{config.source.repository or ''} {config.source.chart}", "version": chart.version}
