"""An Event about a release's Lease, for whoever looks at the cluster: ``kubectl events --for lease/…``.

It costs one request, and nothing depends on it: where it is refused, or takes long, the run goes on. A user
who may not create Events is not tried again for that namespace in this process.
"""

from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.core.remediation.announcement import Announcement
    from helm_rollback_component.kube.api.client import Cluster

CONTROLLER = "helm-rollback"
_PATIENCE = 1.0
_LONGEST_NOTE = 1024
_LONGEST_NAME = 128

_refused: set[tuple[Cluster, str]] = set()


def post(cluster: Cluster, lease: dict[str, str], announced: Announcement, note: str) -> None:
    """Create the Event, and wait no longer than a second for that.

    Args:
        cluster: where the release is.
        lease: a reference to its Lease.
        announced: what is announced.
        note: the sentence of that, without secrets.
    """
    if (cluster, lease["namespace"]) in _refused:
        return
    event = _event(lease, announced, note)
    sender = threading.Thread(target=_send, args=(cluster, event), name="lease-event", daemon=True)
    sender.start()
    sender.join(_PATIENCE)


def _send(cluster: Cluster, event: dict[str, Any]) -> None:
    namespace = event["metadata"]["namespace"]
    try:
        cluster.create(paths.events(namespace), event)
    except OperationError as error:
        if error.reason == Reason.FORBIDDEN:
            _refused.add((cluster, namespace))


def _event(lease: dict[str, str], announced: Announcement, note: str) -> dict[str, Any]:
    return {
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": {"name": f"{lease['name']}.{uuid4().hex[:16]}", "namespace": lease["namespace"]},
        "eventTime": datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "reportingController": CONTROLLER,
        "reportingInstance": (socket.gethostname() or CONTROLLER)[:_LONGEST_NAME],
        "regarding": lease,
        "reason": str(announced.reason),
        "action": announced.action,
        "type": "Warning" if announced.warning else "Normal",
        "note": _shortened(note),
    }


def _shortened(note: str) -> str:
    """Return a note that the API server takes: at most 1 kB."""
    cut = note.encode()[: _LONGEST_NOTE - len("…".encode())].decode(errors="ignore")
    return note if len(note.encode()) <= _LONGEST_NOTE else f"{cut}…"
