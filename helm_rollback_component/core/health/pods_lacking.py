"""Whether a controller has made fewer pods than it should. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.health.snapshot import Case


def short_of_pods(case: Case) -> bool:
    """Return whether the object has fewer pods than it should, so that its events may say why."""
    rule = _SHORT.get(case.object.kind)
    return rule is not None and rule(case.live)


def _daemon_set_short(live: Manifest) -> bool:
    status = objects.status(live)
    scheduled, desired = (
        foreign.number(status, f"{which}NumberScheduled") for which in ("current", "desired")
    )
    return scheduled < desired


def _stateful_set_short(live: Manifest) -> bool:
    return foreign.number(objects.status(live), "replicas") < foreign.number(
        objects.spec(live), "replicas", 1
    )


def _job_short(live: Manifest) -> bool:
    status = objects.status(live)
    return not any(foreign.number(status, count) for count in ("active", "succeeded", "failed"))


_SHORT: dict[str, Callable[[Manifest], bool]] = {
    "DaemonSet": _daemon_set_short,
    "Job": _job_short,
    "StatefulSet": _stateful_set_short,
}
