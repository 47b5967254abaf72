"""Which rights the user of the kubeconfig has on a release, and which are missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helm_rollback_component.cli.asking import Asking
from helm_rollback_component.core.remediation import predicates
from helm_rollback_component.kube.api import access, paths
from helm_rollback_component.kube.api.features import FEATURES, Feature
from helm_rollback_component.kube.claims import lease_codec
from helm_rollback_component.reconcile import needed_rights
from helm_rollback_component.reconcile.way_out import guarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helm_rollback_component.kube.api.access import Right

_CHART = "chart"
_WITHOUT_CHART = "Helm fails on these objects, and the upgrade is rolled back"
_OF_HELM = ("get", "create", "patch", "delete")


@dataclass(frozen=True)
class Granted:
    """What the user may do for one feature in one place.

    Attributes:
        feature: the feature.
        namespace: where; an empty string for the whole cluster.
        lacking: the rights that the user does not have.
    """

    feature: Feature
    namespace: str
    lacking: tuple[Right, ...]

    @property
    def fatal(self) -> bool:
        """Whether nothing works without what is missing."""
        return self.feature.required and bool(self.lacking)


class RightsReader(Asking):
    """Asks the API server what the user may do."""

    @guarded
    def of_release(self, release: str) -> list[Granted]:
        """Return what the user may do for each feature, and with the objects of the release.

        Args:
            release: its name; the objects are those that its stored revisions tell of.

        Raises:
            OperationError: the cluster does not answer.
        """
        cluster = self._connection.cluster
        cluster.get(paths.VERSION)
        where = self._connection.namespace
        found = [self._granted(each, "" if each.cluster_wide else where) for each in _of(release)]
        if not found[0].lacking:
            found[1:1] = self._on_objects(release)
        return found

    def _granted(self, feature: Feature, namespace: str) -> Granted:
        denied = access.lacking(self._connection.cluster, namespace, feature.rights)
        return Granted(feature, namespace, tuple(denied))

    def _on_objects(self, release: str) -> Iterator[Granted]:
        there = self._connection
        session = there.session(there.config(release))
        present = predicates.present(session.records.history(), session.ledger())
        needed = needed_rights.on_objects(there.cluster, session.records, present, there.namespace, *_OF_HELM)
        for namespace, rights in sorted(needed.items()):
            feature = Feature(_CHART, tuple(_apart_from_names(rights)), _WITHOUT_CHART, required=True)
            yield self._granted(feature, namespace)


def _of(release: str) -> Iterator[Feature]:
    """Yield the features; a right on the Lease of the release alone is enough."""
    lease = lease_codec.name(release)
    for each in FEATURES:
        rights = (
            replace(right, name=lease) if right.group == access.LEASES and right.verb != "create" else right
            for right in each.rights
        )
        yield replace(each, rights=tuple(rights))


def _apart_from_names(rights: Iterable[Right]) -> Iterator[Right]:
    """Yield each right once; one to create knows no names."""
    for right in rights:
        yield replace(right, name="") if right.verb == "create" else right
