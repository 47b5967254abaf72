"""What a release that takes ownership would take over from Pulumi's Kubernetes provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.failures.classify import classify
from helm_rollback_component.core.health import field_owners, objects
from helm_rollback_component.core.manifests.differences import keyed
from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.charts import fetching
from helm_rollback_component.helm.engines.engine import EngineError
from helm_rollback_component.kube.health import places
from helm_rollback_component.reconcile import desired

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.inputs.redaction import Redactor
    from helm_rollback_component.reconcile.session import Session


def from_kubernetes_provider(config: HelmConfig, session: Session, redact: Redactor) -> Iterator[str]:
    """Yield the objects, such as ``ConfigMap web``, of which the API server says that it wrote to them.

    Objects that are the release's already are not among them, and hooks neither: Helm makes them anew.

    Raises:
        OperationError: the chart cannot be rendered, or the cluster cannot be read.
    """
    for key, declared in _rendered(config, session, redact).items():
        live = None if objects.is_hook(declared) else _live(session, key, declared)
        if live and field_owners.is_of_kubernetes_provider(live) and not _is_ours(live, config):
            yield str(key)


def _rendered(config: HelmConfig, session: Session, redact: Redactor) -> Mapping[Key, Manifest]:
    chart = fetching.fetch(config.source, session.engine)
    deployment = desired.deployment(config, chart, config.timeouts.deploy, redact)
    try:
        release = session.engine.render(session.target, deployment, install=True)
    except EngineError as error:
        failure = classify(error.output, "install", config.release_namespace, redact)
        raise failure.as_error(OperationError, "the chart cannot be rendered", config.label) from None
    return keyed(session.records.rendered(release), config.release_namespace)


def _live(session: Session, key: Key, declared: Manifest) -> Manifest | None:
    place = places.place_of(session.cluster, declared, key)
    metadata = session.cluster.get_metadata(f"{place}/{key.name}") if place else None
    return metadata and {"metadata": metadata}


def _is_ours(live: Manifest, config: HelmConfig) -> bool:
    return objects.belongs_to(live, config.release_name, config.release_namespace)
