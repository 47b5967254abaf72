"""The last words of a container that failed, where the cluster still has them."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import log_lines
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.core.health.model import HealthVerdict
    from helm_rollback_component.kube.api.client import Cluster

_BYTES = 1 << 20
"""Enough for the last lines of nearly every log: the kubelet cuts off their end where it is not."""

_PATIENCE = 1.0

_OF_LAST_RUN = frozenset(
    {Reason.CONTAINER_RESTARTED, Reason.CRASH_LOOP_BACK_OFF, Reason.OOM_KILLED, Reason.RUN_CONTAINER_ERROR}
)
_OF_THIS_RUN = frozenset({Reason.JOB_FAILED, Reason.POD_FAILED, Reason.READINESS_LOST})


def attach(cluster: Cluster, verdict: HealthVerdict) -> HealthVerdict:
    """Return the verdict with its container's last lines, if it has run and they come within a second."""
    if not verdict.container or verdict.reason not in _OF_LAST_RUN | _OF_THIS_RUN:
        return verdict
    found: list[str] = []
    reader = threading.Thread(target=_read, args=(cluster, verdict, found), name="health-log", daemon=True)
    reader.start()
    reader.join(_PATIENCE)
    return replace(verdict, log=tuple(found))


def _read(cluster: Cluster, verdict: HealthVerdict, found: list[str]) -> None:
    path = f"{paths.pods(verdict.object.namespace, verdict.pod)}/log"
    previous = "true" if verdict.reason in _OF_LAST_RUN else "false"
    try:
        text = cluster.text(
            path,
            container=verdict.container,
            previous=previous,
            tailLines=str(log_lines.COUNT),
            limitBytes=str(_BYTES),
        )
    except OperationError:
        return
    found += log_lines.last_lines(text)
