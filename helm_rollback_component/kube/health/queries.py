"""Answers to what a snapshot leaves open (`core.health.queries`), not read again at every look."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.health.queries import Questions, questions
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.health.reads import events_about, pods_metadata, workloads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.health.snapshot import Snapshot
    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.kube.clock import Clock

ANSWERS_LAST = 2.0
"""Seconds for which answers to the same questions are not read again."""


class Inquirer:
    """Completes the snapshots of one release. Not safe to use from more than one thread."""

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        """Ask nothing yet."""
        self._cluster = cluster
        self._clock = clock
        self._answers = _Answers()

    def complete(self, seen: Snapshot) -> Snapshot:
        """Return the snapshot with all that has to be known of it.

        Raises:
            OperationError: what the cluster refused.
        """
        asked = questions(seen)
        if not asked:
            return seen
        if not self._answers.answer(asked, self._clock.now()):
            self._answers = self._answer(asked, seen)
        return self._answers.within(seen)

    def _answer(self, asked: Questions, seen: Snapshot) -> _Answers:
        claims = [*self._claims(asked)]
        with_claims = replace(seen, children=(*seen.children, *claims))
        about = asked.events | questions(with_claims).events
        return _Answers(
            asked=asked,
            children=(*claims, *(self._terminating(seen) if asked.crowded else ())),
            events={uid: events_about(self._cluster, namespace, uid) for namespace, uid in about},
            missing=frozenset(each for each in asked.needed if not self._exists(*each)),
            since=self._clock.now(),
        )

    def _claims(self, asked: Questions) -> Iterator[Manifest]:
        for namespace, name in asked.claims:
            found = self._cluster.get(paths.resource("v1", "persistentvolumeclaims", name, namespace))
            if found is not None:
                yield found

    def _terminating(self, seen: Snapshot) -> Iterator[Manifest]:
        for owner in workloads(seen.live.values()):
            for metadata in pods_metadata(self._cluster, owner):
                if metadata.get("deletionTimestamp"):
                    yield {"apiVersion": "v1", "kind": "Pod", "metadata": metadata}

    def _exists(self, kind: str, namespace: str, name: str) -> bool:
        where = paths.resource("v1", f"{kind.lower()}s", "", namespace)
        return bool(self._cluster.list_metadata(where, fieldSelector=f"metadata.name={name}"))


@dataclass(frozen=True)
class _Answers:
    """What was read in answer to questions, and when."""

    asked: Questions = field(default_factory=Questions)
    children: tuple[Manifest, ...] = ()
    events: dict[str, tuple[Manifest, ...]] = field(default_factory=dict)
    missing: frozenset[tuple[str, str, str]] = frozenset()
    since: float = 0.0

    def answer(self, asked: Questions, now: float) -> bool:
        return asked == self.asked and now < self.since + ANSWERS_LAST

    def within(self, seen: Snapshot) -> Snapshot:
        return replace(
            seen, children=(*seen.children, *self.children), events=self.events, missing=self.missing
        )
