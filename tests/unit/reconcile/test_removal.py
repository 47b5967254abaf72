"""A release is uninstalled when its objects are seen gone; what Helm passed over, and no more, is deleted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.clock import CLOCK
from helm_rollback_component.reconcile.removal import Removal
from helm_rollback_component.reconcile.rows import Rows
from helm_rollback_component.reconcile.run_events import RunEvents
from tests.support.fake_cluster import FakeCluster, failure
from tests.support.histories import BEGAN, history
from tests.unit.kube.health.health_cluster import fail_with

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helm_rollback_component.core.failures.classify import Failure

NAMESPACE = "apps"
OURS = {"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": NAMESPACE}
GOING = {"deletionTimestamp": "2026-01-01T00:00:00Z"}
EARLIER = "2025-12-31T23:59:59Z"
KEEP = {"helm.sh/resource-policy": "keep"}
WEB = f"/api/v1/namespaces/{NAMESPACE}/configmaps/web"


def declared(name: str = "web", kind: str = "ConfigMap", **metadata: Any) -> dict[str, Any]:
    """Return an object as a manifest has it."""
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": NAMESPACE, **metadata}}


class Place:
    """A cluster with a release in it, whose revisions are made of these objects, oldest first."""

    def __init__(self, *manifests: Sequence[dict[str, Any]]) -> None:
        self.cluster = FakeCluster()
        self.said: list[str] = []
        self.lost = Cancellation()
        self._manifests = manifests or ([declared()],)

    def put(self, name: str = "web", kind: str = "ConfigMap", **metadata: Any) -> None:
        """Have an object in the cluster, the release's unless its annotations say otherwise."""
        live = declared(name, kind, **{"annotations": OURS, **metadata})
        self.cluster.create(f"/api/v1/namespaces/{NAMESPACE}/{kind.lower()}s", live)

    def await_end(self, timeout: float = 0, *, without_helm: bool = False) -> Failure | None:
        """Wait until the objects are gone."""
        removal = self.removal()
        if without_helm:
            assert removal.without_helm().endswith("the kind: Unheard")
        return removal.await_end(timeout, self.lost)

    def removal(self) -> Removal:
        """Return the objects of the release as what is to be removed."""
        context: Any = SimpleNamespace(
            informers=SimpleNamespace(cluster=self.cluster),
            storage=SimpleNamespace(manifest=lambda revision, _: self._manifests[revision - 1]),
            target=SimpleNamespace(release="web", namespace=NAMESPACE),
            health=SimpleNamespace(clock=CLOCK),
            events=RunEvents(Rows(self.said.append, self.said.append, self.said.append)),
        )
        return Removal(context, history(*("superseded" for _ in self._manifests)).records)


def test_what_is_gone_is_gone() -> None:
    assert Place().await_end() is None


def test_what_helm_passed_over_is_deleted_with_what_belongs_to_it() -> None:
    place = Place()
    place.put()
    assert place.await_end(60) is None
    assert place.cluster.paths() == []
    assert place.said == ["ConfigMap web is still there; deleting it"]


def test_earlier_is_what_was_created_before_the_first_revision_was_stored() -> None:
    place = Place([declared("old"), declared("new"), declared("kept"), declared("gone")])
    place.put("old", creationTimestamp=EARLIER, annotations={})
    place.put("kept", creationTimestamp=EARLIER, annotations=OURS | KEEP)
    place.put("new", creationTimestamp=BEGAN)
    assert [key.name for key in place.removal().earlier()] == ["old"]


def test_nothing_is_earlier_than_no_revision() -> None:
    place = Place([])
    assert Removal(place.removal()._context, ()).earlier() == ()  # noqa: SLF001  # as any run has it


def when_looked_at(times: int, act: Callable[[], object]) -> Callable[[str, str], None]:
    """Return what acts at the look of that number at the object."""
    looks: list[str] = []

    def look(verb: str, path: str) -> None:
        if (verb, path) == ("get", WEB):
            looks.append(path)
            if len(looks) == times:
                act()

    return look


def test_what_needs_time_to_go_has_it() -> None:
    place = Place()
    place.put(**GOING)
    place.cluster.before = when_looked_at(3, lambda: place.cluster.delete(WEB))
    assert place.await_end(60) is None
    assert ("delete", WEB) in place.cluster.asked
    assert place.said == []


def test_what_is_gone_is_known_only_where_it_can_be_seen() -> None:
    place = Place([declared(), declared("kept")])
    place.put()
    place.put("kept", annotations=OURS | KEEP)
    removal = place.removal()
    assert not removal.gone()
    place.cluster.delete(WEB)
    assert removal.gone()
    for reason in ("Forbidden", "Unreachable"):
        place.cluster.before = fail_with(reason)
        assert not removal.gone()


def test_what_does_not_go_in_time_is_named() -> None:
    place = Place([declared(), declared("other")])
    place.put(**GOING)
    place.put("other", **GOING)
    failed = place.await_end()
    assert failed is not None
    assert failed.reason == "UninstallTimeout"
    assert failed.message == "still there after 0 s: ConfigMap web, ConfigMap other"
    assert not failed.temporary


def test_a_lock_that_is_lost_ends_the_wait() -> None:
    place = Place()
    place.put(**GOING)
    place.lost.request()
    assert place.await_end(60) is not None


@pytest.mark.parametrize(
    "annotations",
    [
        {},
        {**OURS, "meta.helm.sh/release-name": "other"},
        {**OURS, "meta.helm.sh/release-namespace": "other"},
        {**OURS, **KEEP},
    ],
)
def test_what_belongs_to_others_or_is_to_be_kept_stays(annotations: dict[str, str]) -> None:
    place = Place()
    place.put(annotations=annotations)
    assert place.await_end() is None
    assert place.cluster.paths() == [WEB]


def test_what_the_chart_keeps_stays() -> None:
    place = Place([declared(annotations=KEEP)])
    place.put()
    assert place.await_end() is None
    assert place.cluster.paths() == [WEB]


def test_objects_of_older_revisions_go_too_unless_they_may_hold_data() -> None:
    claim = "PersistentVolumeClaim"
    place = Place([declared("old"), declared("data", claim)], [declared()])
    place.put("old")
    place.put("data", claim)
    assert place.await_end(60) is None
    assert place.cluster.paths() == [f"/api/v1/namespaces/{NAMESPACE}/persistentvolumeclaims/data"]


def test_data_that_the_newest_revision_declares_goes() -> None:
    claim = "PersistentVolumeClaim"
    place = Place([declared("data", claim)])
    place.put("data", claim)
    assert place.await_end(60) is None
    assert place.cluster.paths() == []


def test_a_kind_that_the_cluster_does_not_have_has_no_objects() -> None:
    place = Place([declared(), declared(kind="Unheard")])
    assert place.await_end() is None
    assert place.await_end(without_helm=True) is None


def test_what_may_not_be_seen_is_left_to_helm() -> None:
    place = Place([declared(), declared(kind="Unheard")])
    place.put()

    def refuse(verb: str, _: str) -> None:
        if verb == "get":
            raise failure("Forbidden")

    place.cluster.before = refuse
    assert place.await_end() is None
    with pytest.raises(OperationError, match="Forbidden"):
        place.await_end(without_helm=True)


def test_another_error_is_not_passed_over() -> None:
    place = Place()

    def fail(verb: str, _: str) -> None:
        if verb == "get":
            raise failure("ServerError", temporary=True)

    place.cluster.before = fail
    with pytest.raises(OperationError, match="ServerError"):
        place.await_end()
