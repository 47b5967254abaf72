"""What can be wrong with a release's own objects, apart from their pods: a table of rules by kind. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.health.causes import may_admit_later
from helm_rollback_component.core.health.model import Fault, FaultMarks
from helm_rollback_component.core.health.pod_status import claims_of, culprit
from helm_rollback_component.core.health.pods_lacking import short_of_pods
from helm_rollback_component.core.health.volume_events import UNBOUND, last_event
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

    from helm_rollback_component.config import HealthConfig
    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.health.snapshot import Case, Snapshot

_REFUSALS = (
    ("exceeded quota", Reason.QUOTA_EXCEEDED),
    ("violates PodSecurity", Reason.POD_SECURITY_VIOLATION),
    ("denied the request", Reason.ADMISSION_DENIED),
    ("denied request", Reason.ADMISSION_DENIED),
    (" is forbidden:", Reason.FAILED_CREATE),
    (" is invalid:", Reason.FAILED_CREATE),
)
"""How the API server refuses a pod because of its content; other refusals may be transient."""

_OF_POD = re.compile(r"\bPod (\S+) in StatefulSet\b")


@dataclass(frozen=True)
class View:
    """One object that may be judged, and all that its rules may look at."""

    case: Case
    snapshot: Snapshot
    health: HealthConfig

    def fault(
        self,
        reason: str,
        what: str,
        *,
        grace: float = 0,
        culprit: tuple[str, str] = ("", ""),
        **more: Unpack[FaultMarks],
    ) -> Fault:
        """Return a fault of this object; `what` ends the sentence that begins with its name."""
        return Fault(
            reason=reason,
            message=f"{self.case.object.kind} {self.case.object.name}: {what}",
            object=self.case.object,
            about=(objects.uid(self.case.live), reason),
            grace=grace,
            pod=culprit[0],
            container=culprit[1],
            **more,
        )


def workload_faults(view: View) -> Iterator[Fault]:
    """Yield all that is wrong with an object, apart from its pods."""
    rules = _RULES_OF_NEWS if view.case.again else _RULES
    for rule in rules.get(view.case.object.kind, ()):
        yield from rule(view)


def _deadline(view: View) -> Iterator[Fault]:
    """The verdict of the Deployment controller, if it is new: ``progress.go`` may keep an old one."""
    progressing = objects.condition(view.case.live, "Progressing")
    before = view.case.mark.deadline if view.case.mark else ""
    passed = progressing.get("reason") == "ProgressDeadlineExceeded"
    if passed and foreign.text(progressing, "lastUpdateTime") != before:
        yield view.fault(
            Reason.PROGRESS_DEADLINE_EXCEEDED,
            f"made no progress within its deadline ({objects.one_line(progressing.get('message'))})",
        )


def _replica_set_refused(view: View) -> Iterator[Fault]:
    progressing = objects.condition(view.case.live, "Progressing")
    if progressing.get("reason") == "ReplicaSetCreateError":
        yield from _refused(view, foreign.text(progressing, "message"))


def _replicas_refused(view: View) -> Iterator[Fault]:
    failure = objects.condition(view.case.creator, "ReplicaFailure")
    if failure.get("status") == "True" and failure.get("reason") == "FailedCreate":
        yield from _refused(view, foreign.text(failure, "message"))


def _refused_by_events(view: View) -> Iterator[Fault]:
    """For kinds that report refused pods only in events."""
    if not short_of_pods(view.case):
        return
    pods = {*map(objects.name, view.case.siblings)}
    for event in _events(view, {"FailedCreate"}):
        if not _exists_by_now(event, pods):
            yield from _refused(view, foreign.text(event, "message"))
            return


def _refused(view: View, message: str) -> Iterator[Fault]:
    """Controllers try again about 5, 10 and 20 s after the first try: client-go, 5 ms doubled each time."""
    reason = next((reason for words, reason in _REFUSALS if words in message), "")
    if reason and not may_admit_later(message):
        yield view.fault(
            reason,
            f"the API server refuses its pods ({objects.one_line(message)})",
            grace=view.health.refused_grace,
            crowded=True,
            deferred=view.case.under_way,
        )


def _job_failed(view: View) -> Iterator[Fault]:
    """``FailureTarget`` comes before ``Failed``, while the last pods are still ending (Kubernetes 1.31)."""
    for type_ in ("Failed", "FailureTarget"):
        if objects.is_true(view.case.live, type_):
            said = objects.condition(view.case.live, type_)
            why = ": ".join(
                filter(None, (foreign.text(said, "reason"), objects.one_line(foreign.text(said, "message"))))
            )
            yield view.fault(Reason.JOB_FAILED, f"has failed ({why})", culprit=_last_failed(view.case.pods))
            return


def _last_failed(pods: Iterable[Manifest]) -> tuple[str, str]:
    """Return pod and container of the newest pod that ended badly, for its log."""
    failed = [
        (foreign.text(container.ended, "finishedAt"), objects.name(pod), container.name)
        for pod in pods
        if (container := culprit(pod))
    ]
    return max(failed, default=("", "", ""))[1:]


def _claim_unbound(view: View) -> Iterator[Fault]:
    yield from _unbound(view, view.case.live)


def _claims_of_pods(view: View) -> Iterator[Fault]:
    if not view.snapshot.claims:
        return
    used = dict.fromkeys(used for pod in view.case.pods for used in claims_of(pod))
    for claim in filter(None, map(view.snapshot.claims.get, used)):
        yield from _unbound(view, claim)


def _unbound(view: View, claim: Manifest) -> Iterator[Fault]:
    phase = objects.status(claim).get("phase")
    what = f"its claim {objects.name(claim)}" if claim is not view.case.live else "it"
    if phase == "Lost":
        yield view.fault(Reason.VOLUME_UNBOUND, f"{what} has lost its volume")
    elif phase == "Pending":
        last = last_event(claim, view.snapshot.events)
        if foreign.text(last, "reason") in UNBOUND:
            said = objects.one_line(last.get("message"))
            yield view.fault(
                Reason.VOLUME_UNBOUND, f"{what} gets no volume ({said})", grace=view.health.volume_grace
            )


def _events(view: View, reasons: set[str]) -> Iterator[Manifest]:
    """Yield the object's events that occurred since the baseline."""
    known = view.snapshot.baseline.events
    for event in view.snapshot.events.get(objects.uid(view.case.live), ()):
        if foreign.text(event, "reason") in reasons and occurrences(event) > known.get(objects.uid(event), 0):
            yield event


def occurrences(event: Manifest) -> int:
    """Return how often an event has occurred, in the old way of counting or the new one."""
    series = foreign.mapping(event, "series")
    return foreign.number(event, "count") or foreign.number(series, "count") or 1


def _exists_by_now(event: Manifest, pods: Container[str]) -> bool:
    named = _OF_POD.search(foreign.text(event, "message"))
    return named is not None and named.group(1) in pods


_RULES: dict[str, tuple[Callable[[View], Iterator[Fault]], ...]] = {
    "DaemonSet": (_refused_by_events, _claims_of_pods),
    "Deployment": (_deadline, _replica_set_refused, _replicas_refused, _claims_of_pods),
    "Job": (_job_failed, _refused_by_events, _claims_of_pods),
    "PersistentVolumeClaim": (_claim_unbound,),
    "Pod": (_claims_of_pods,),
    "ReplicaSet": (_replicas_refused, _claims_of_pods),
    "StatefulSet": (_refused_by_events, _claims_of_pods),
}

_RULES_OF_NEWS: dict[str, tuple[Callable[[View], Iterator[Fault]], ...]] = {
    "DaemonSet": (_refused_by_events,),
    "Deployment": (_deadline,),
    "Job": (_job_failed,),
    "StatefulSet": (_refused_by_events,),
}
"""Those that are not misled by what was there before: they compare it, or it is final, as a Job's failure."""
