"""What a release that takes ownership would take over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.failures.classify import classify
from helm_rollback_component.core.health import field_owners, objects
from helm_rollback_component.core.manifests.differences import keyed
from helm_rollback_component.core.manifests.takeover import TakenOver
from helm_rollback_component.core.records.owner import NOBODY
from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.charts import fetching
from helm_rollback_component.helm.engines.engine import EngineError
from helm_rollback_component.kube.health import places
from helm_rollback_component.reconcile import desired
from helm_rollback_component.reconcile.other_releases import OtherReleases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.core.records.owner import Owner
    from helm_rollback_component.inputs.redaction import Redactor
    from helm_rollback_component.reconcile.session import Session


def taken_over(
    config: HelmConfig, session: Session, owner: Owner | None, redact: Redactor
) -> Iterator[TakenOver]:
    """Yield the objects that are there and not the release's own; no hooks, as Helm makes them anew.

    Args:
        config: what is declared.
        session: the release's connections.
        owner: who declares the release; another one that it owns is the one that it replaces.
        redact: removes the secrets from the words of an error.

    Raises:
        OperationError: the chart cannot be rendered, or the cluster cannot be read.
    """
    others = OtherReleases(session.cluster)
    for key, declared in _rendered(config, session, redact).items():
        live = None if objects.is_hook(declared) else _live(session, key, declared)
        if live and not objects.belongs_to(live, config.release_name, config.release_namespace):
            yield _described(key, live, others, owner)


def _described(key: Key, live: Manifest, others: OtherReleases, owner: Owner | None) -> TakenOver:
    placed = replace(key, namespace=objects.namespace_of(live))
    found = TakenOver(placed, field_owners.managers(live), field_owners.is_of_kubernetes_provider(live))
    release = objects.release_of(live)
    if not all(release) or not others.has(release, placed):
        return found
    its_owner = others.owner(release)
    return replace(found, release=release, owner=NOBODY if owner and its_owner.may_be(owner) else its_owner)


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
