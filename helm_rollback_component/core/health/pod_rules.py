"""What can be wrong with one pod of the newest revision: a table of rules. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.health.container_rules import container_faults
from helm_rollback_component.core.health.pod_status import culprit, unschedulable
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from helm_rollback_component.core.health.model import Fault
    from helm_rollback_component.core.health.sight import Sight
    from helm_rollback_component.core.health.snapshot import Case

AUTOSCALER_AT_WORK = frozenset({"TriggeredScaleUp", "Nominated"})
"""Events by which cluster-autoscaler and Karpenter say that they add a node for the pod."""

_CLAIMS_FIRST = "unbound immediate PersistentVolumeClaim"  # a fault of a claim is reported for the claim


def pod_faults(sight: Sight) -> Iterator[Fault]:
    """Yield all that is wrong with a pod."""
    if sight.in_trouble:
        yield from container_faults(sight)
    for rule in _RULES:
        yield from rule(sight)


def _no_node(sight: Sight) -> Iterator[Fault]:
    refused = unschedulable(sight.pod)
    said = foreign.text(refused, "message")
    if not refused or _CLAIMS_FIRST in said:
        return
    events = sight.snapshot.events.get(objects.uid(sight.pod))
    node_comes = events is None or any(foreign.text(each, "reason") in AUTOSCALER_AT_WORK for each in events)
    makes_room = bool(foreign.text(objects.status(sight.pod), "nominatedNodeName"))  # by preemption
    yield sight.fault(
        Reason.UNSCHEDULABLE,
        f"fits on no node{f' ({objects.one_line(said)})' if said else ''}",
        grace=sight.health.unschedulable_grace,
        crowded=True,
        deferred=node_comes or makes_room or sight.case.under_way or not _asked_for(sight.case),
    )


def _asked_for(case: Case) -> bool:
    """Whether the release itself asks for so many pods, or none is ready yet; else an autoscaler may."""
    asked, has = (
        foreign.spelled_number(objects.spec(each), "replicas") for each in (case.desired, case.live)
    )
    return not case.any_ready or asked == has


def _failed(sight: Sight) -> Iterator[Fault]:
    """Only a pod without a controller: one that is itself an object of the release or of a hook."""
    status = objects.status(sight.pod)
    if sight.case.object.kind == "Pod" and status.get("phase") == "Failed":
        why = objects.one_line(status.get("reason"))
        failed = culprit(sight.pod)
        yield sight.fault(
            Reason.POD_FAILED,
            f"has failed{f' ({why})' if why else ''}",
            grace=0,
            container=failed.name if failed else "",
        )


_RULES: tuple[Callable[[Sight], Iterator[Fault]], ...] = (_failed, _no_node)
