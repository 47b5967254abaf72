"""Records what becomes of a release: which pods there are, how they do, and which revision is the newest."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from helm_rollback_component.errors import OperationError
from tools.demo.place import Place

_INTERVAL = 0.1


@dataclass(frozen=True)
class Pod:
    """A pod at one moment."""

    name: str
    tag: str
    ready: bool
    reason: str


@dataclass(frozen=True)
class Moment:
    """A release at one moment."""

    at: float
    pods: tuple[Pod, ...]
    revision: int
    status: str


class Recorder:
    """Records one release, from the moment that it is started until it is stopped."""

    def __init__(self, place: Place, release: str) -> None:
        """Record nothing yet."""
        self._place = place
        self._release = release
        self._moments: list[Moment] = []
        self._over = threading.Event()

    @property
    def moments(self) -> list[Moment]:
        """What was recorded so far."""
        return list(self._moments)

    @property
    def begin(self) -> float:
        """When the revision changed for the first time, or now if it has not."""
        first = self._moments[0].revision if self._moments else 0
        changed = (moment.at for moment in self._moments if moment.revision != first)
        return next(changed, time.time())

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record while the block runs."""
        thread = threading.Thread(target=self._record, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _record(self) -> None:
        last = False
        while not last:
            last = self._over.wait(_INTERVAL)
            with suppress(OperationError):  # a moment that could not be seen is left out
                self._moments.append(self._look())

    def _look(self) -> Moment:
        records = self._place.objects("v1", "Secret", labelSelector=f"owner=helm,name={self._release}")
        labels = [record["metadata"]["labels"] for record in records]
        newest = max(labels, key=lambda one: int(one["version"]))
        pods = self._place.objects("v1", "Pod", labelSelector=f"app.kubernetes.io/instance={self._release}")
        return Moment(
            at=time.time(),
            pods=tuple(_pod(pod) for pod in pods if "deletionTimestamp" not in pod["metadata"]),
            revision=int(newest["version"]),
            status=newest["status"],
        )


def restored(moments: list[Moment], failed: int, tag: str) -> float | None:
    """Return when the release was back: a later revision is deployed, all pods are old ones, and ready."""
    for moment in moments:
        back = moment.revision > failed and moment.status == "deployed"
        if back and moment.pods and all(pod.ready and pod.tag == tag for pod in moment.pods):
            return moment.at
    return None


def least_ready(moments: list[Moment], tag: str) -> int:
    """Return how many pods with that tag were ready at the worst moment."""
    return min(sum(pod.ready and pod.tag == tag for pod in moment.pods) for moment in moments)


def _pod(pod: dict[str, Any]) -> Pod:
    status = pod.get("status", {})
    ready = any(one["type"] == "Ready" and one["status"] == "True" for one in status.get("conditions", ()))
    waiting = [one.get("state", {}).get("waiting", {}) for one in status.get("containerStatuses", ())]
    image: str = pod["spec"]["containers"][0]["image"]
    return Pod(
        name=pod["metadata"]["name"],
        tag=image.rpartition(":")[2],
        ready=ready,
        reason=next((one["reason"] for one in waiting if one.get("reason")), ""),
    )
