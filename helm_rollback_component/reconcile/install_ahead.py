"""What is told before a first deployment: what it adds, what is in its way, which namespace is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.manifests import installation, needed_namespaces
from helm_rollback_component.core.remediation import first_step
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.reconcile import live_objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.inputs.redaction import Redactor
    from helm_rollback_component.kube.api.client import Cluster


def lines(
    config: HelmConfig, cluster: Cluster, rendered: Mapping[Key, Manifest], replaced: str, redact: Redactor
) -> Iterator[str]:
    """Yield the rest of the first line, and the other lines.

    Args:
        config: what is declared.
        cluster: the API server.
        rendered: all objects that the chart renders.
        replaced: the release, ``namespace/name``, that is deleted before; empty if none is.
        redact: removes the secrets from a text.
    """
    new = installation.made(rendered)
    live = live_objects.find(cluster, {key: each for key, each in new.items() if not objects.is_hook(each)})
    release = config.release_name, config.release_namespace
    found = [
        installation.present(key, each, release, take_ownership=config.take_ownership)
        for key, each in live.live.items()
        if not installation.goes_with(replaced, each)
    ]
    refused = installation.refusal(found)
    told = f"{first_step.WILL_FAIL}{refused}" if refused else installation.summary(new, found)
    yield f"; {told}{_of_namespaces(config, cluster, new)}"
    yield from installation.lines(new, found, config.release_namespace, redact)
    if live.left_out:
        yield f"whether {len(live.left_out)} more of them are there already was not looked at"


def _of_namespaces(config: HelmConfig, cluster: Cluster, new: Mapping[Key, Manifest]) -> str:
    """Return which namespaces are missing; nothing of what may not be read."""
    others = {key.namespace for key, each in new.items() if _is_namespaced(cluster, key, each)}
    missing, ending = [], []
    for name in needed_namespaces.needed(
        config.release_namespace, others, new, managed=config.manage_namespace
    ):
        try:
            found = cluster.get(paths.namespace(name))
        except OperationError:
            continue
        if found is None:
            missing.append(name)
        elif objects.terminating(found):
            ending.append(name)
    return needed_namespaces.told(missing, ending)


def _is_namespaced(cluster: Cluster, key: Key, manifest: Manifest) -> bool:
    try:
        return cluster.find_kind(foreign.text(manifest, "apiVersion"), key.kind).namespaced
    except OperationError:
        return False
