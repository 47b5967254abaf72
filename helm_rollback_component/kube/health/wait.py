"""Waiting until a release that was applied is ready, and watching whether it stays so."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import soak as soaking
from helm_rollback_component.core.health.blocked_rollback import obstruction
from helm_rollback_component.core.health.judge import Baseline, HealthSettings, Verdict
from helm_rollback_component.core.health.objects import flatten, meta, name, resource, uid
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.health import container_logs
from helm_rollback_component.kube.health.examiner import Examiner, Finding, looks
from helm_rollback_component.kube.health.observer import Observer, judged_or_awaited
from helm_rollback_component.kube.health.polling import Pace
from helm_rollback_component.results import Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from helm_rollback_component.core.health.judge import Fault, Snapshot
    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.kube.api.streams import Stop


def wait_ready(  # noqa: PLR0913, PLR0917  # one call says all there is to say
    cluster: Cluster,
    namespace: str,
    objects: Sequence[Manifest],
    settings: HealthSettings,
    timeout: float,
    on_progress: Callable[[str], None],
    stop: Stop,
    before: Baseline | None = None,
) -> Verdict | None:
    """Wait until a release that was applied is ready, and return None; or return why it is not.

    A pod of another template that keeps a StatefulSet from getting there is deleted (`core.obstruction`).

    Args:
        cluster: where the release lives.
        namespace: the release's.
        objects: the objects of the revision that was applied.
        settings: how patient to be.
        timeout: how long to wait, in seconds; then the verdict's reason is ``ReadinessTimeout``.
        on_progress: called with one short line whenever what is waited for has changed.
        stop: ends the wait; then the verdict's reason is ``Cancelled``.
        before: what there was before the objects were applied, which then is not held against them.
            Without it every pod of the newest templates is.

    Raises:
        OperationError: what the cluster refused; what may pass is tried again until time is out.
    """
    pace = Pace(stop, until=time.monotonic() + timeout)
    observer = Observer(cluster, namespace, before or Baseline(), wants=judged_or_awaited)
    examiner = Examiner(observer, settings, on_progress)
    clearing = _Clearing(cluster, settings, on_progress)
    finding = None
    for finding in looks(pace, lambda: examiner.look(objects)):
        if finding.judgement.verdict is not None:
            return container_logs.attach(cluster, finding.judgement.verdict)
        if finding.readiness.ready:
            return None
        clearing.clear(finding.snapshot)
    return _cancelled(objects, namespace) if pace.stopped else _late(finding, timeout, objects, namespace)


def soak(  # noqa: PLR0913, PLR0917  # one call says all there is to say
    cluster: Cluster,
    namespace: str,
    objects: Sequence[Manifest],
    settings: HealthSettings,
    on_progress: Callable[[str], None],
    stop: Stop,
) -> Verdict | None:
    """Watch a ready release for a while, and return None if it stays as good; or return why it does not.

    A container that lost its readiness near the end has its grace to get it back.

    Args:
        cluster: where the release lives.
        namespace: the release's.
        objects: the objects of its newest revision.
        settings: how patient to be, and how long to watch (`HealthSettings.soak`; 0 for not at all).
        on_progress: called with one short line whenever what is waited for has changed.
        stop: ends the watch; then the verdict's reason is ``Cancelled``.

    Raises:
        OperationError: what the cluster refused; what may pass is tried again until time is out.
    """
    ending = time.monotonic() + settings.soak
    examiner = Examiner(Observer(cluster, namespace, Baseline()), settings, on_progress)
    worse = _Worse(settings)
    pace = Pace(stop, until=ending + settings.grace if settings.soak else 0)
    for finding in looks(pace, lambda: examiner.look(objects, also=worse.than_at_first)):
        if finding.judgement.verdict is not None:
            return container_logs.attach(cluster, finding.judgement.verdict)
        if time.monotonic() >= ending and finding.judgement.due > ending + settings.grace:
            return None
        pace.due = min(finding.judgement.due, ending)
    return _cancelled(objects, namespace) if pace.stopped else None


class _Worse:
    """What has become worse since the first look."""

    def __init__(self, settings: HealthSettings) -> None:
        self._settings = settings
        self._began: soaking.Start | None = None

    def than_at_first(self, seen: Snapshot) -> Iterable[Fault]:
        if self._began is None:
            self._began = soaking.start(seen)
        return soaking.degradation(seen, self._began, self._settings)


class _Clearing:
    """Deletes the pods that keep a StatefulSet from going back."""

    def __init__(self, cluster: Cluster, settings: HealthSettings, tell: Callable[[str], None]) -> None:
        self._cluster = cluster
        self._settings = settings
        self._tell = tell
        self._since: Mapping[str, float] = {}

    def clear(self, seen: Snapshot) -> None:
        found = obstruction(seen, self._settings, time.monotonic(), self._since)
        self._since = found.since
        for pod in found.pods:
            self._delete(pod)

    def _delete(self, pod: Manifest) -> None:
        path = paths.pods(meta(pod).get("namespace", ""), name(pod))
        precisely = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": uid(pod)}}
        try:
            self._cluster.delete(path, precisely)
        except OperationError as error:
            self._tell(f"Pod {name(pod)} holds up its StatefulSet and cannot be deleted: {error.message}")
        else:
            self._tell(f"Pod {name(pod)} held up its StatefulSet and was deleted")


def _late(finding: Finding | None, timeout: float, objects: Sequence[Manifest], namespace: str) -> Verdict:
    waiting = finding.readiness.waiting_for if finding else ()
    unready = finding.readiness.unready if finding else ()
    return Verdict(
        reason="ReadinessTimeout",
        message=f"not ready after {timeout:g} s: {'; '.join(waiting)}",
        object=unready[0] if unready else _first(objects, namespace),
    )


def _cancelled(objects: Sequence[Manifest], namespace: str) -> Verdict:
    return Verdict("Cancelled", "the wait was cancelled", _first(objects, namespace))


def _first(objects: Sequence[Manifest], namespace: str) -> Resource:
    first = next(flatten(objects), None)
    return resource(first, namespace) if first else Resource("", "", "", namespace)
