"""Answers to what a snapshot leaves open (`core.health.queries`)."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.queries import questions
from helm_rollback_component.kube.health import places
from helm_rollback_component.kube.informers.collection import Collection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.health.queries import Questions
    from helm_rollback_component.core.health.snapshot import Snapshot
    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.kube.clock import Clock
    from helm_rollback_component.kube.health.permitted import Permitted
    from helm_rollback_component.kube.health.picture import Picture

ANSWERS_LAST = 2.0
"""Seconds for which it is not asked again whether something exists that nobody follows."""

_Named = tuple[str, str, str]


class Inquirer:
    """Completes the snapshots of one release. Not safe to use from more than one thread.

    Attributes:
        stale_at: when an answer may be another, though nothing that is followed has changed.
    """

    def __init__(self, cluster: Cluster, picture: Picture, permitted: Permitted, clock: Clock) -> None:
        """Ask nothing yet."""
        self.stale_at = math.inf
        self._cluster = cluster
        self._picture = picture
        self._permitted = permitted
        self._clock = clock
        self._needed: frozenset[_Named] = frozenset()
        self._missing: frozenset[_Named] = frozenset()

    def refresh(self) -> None:
        """Ask anew at the next snapshot."""
        self.stale_at = -math.inf

    def complete(self, seen: Snapshot, all_children: Callable[[], Iterable[Manifest]]) -> Snapshot:
        """Return the snapshot with all that has to be known of it.

        Args:
            seen: what is known already.
            all_children: gives the children of every workload of the release.

        Raises:
            OperationError: what the cluster refused.
        """
        asked = questions(seen)
        self._look_up(asked.needed)
        if not asked:
            return seen
        claims = [*self._claims(asked)]
        with_claims = replace(seen, children=(*seen.children, *claims))
        known = [*(all_children() if asked.crowded else seen.children), *claims]
        about = asked.events | questions(with_claims).events
        return replace(seen, children=tuple(known), events=self._events(about), missing=self._missing)

    def events_about(self, live: Manifest) -> Iterable[Manifest]:
        """Return the events about an object, read once."""
        place = places.of_core("events", objects.namespace_of(live))
        ask = partial(self._cluster.list, place, fieldSelector=f"involvedObject.uid={objects.uid(live)}")
        return self._permitted.read("events", place, ask) or ()

    def _claims(self, asked: Questions) -> Iterator[Manifest]:
        for namespace, names in _grouped(asked.claims).items():
            place = places.of_core("persistentvolumeclaims", namespace)
            ask = partial(self._picture.named, place, names)
            yield from (self._permitted.read("claims", place, ask) or {}).values()

    def _events(self, about: Iterable[tuple[str, str]]) -> Mapping[str, tuple[Manifest, ...]]:
        events: dict[str, tuple[Manifest, ...]] = {}
        for namespace, uids in _grouped(about).items():
            place = places.of_core("events", namespace)
            selected = [Collection(place, fields=f"involvedObject.uid={uid}") for uid in uids]
            ask = partial(self._picture.owned, place, uids, selected)
            events |= self._permitted.read("events", place, ask) or {}
        return events

    def _look_up(self, needed: frozenset[_Named]) -> None:
        """Find out which of these do not exist, unless that is known already, or may not be."""
        if needed == self._needed and self._clock.now() < self.stale_at:
            return
        self._needed = needed
        self._missing = frozenset(each for each in needed if not self._exists(*each))
        self.stale_at = self._clock.now() + ANSWERS_LAST if needed else math.inf

    def _exists(self, kind: str, namespace: str, name: str) -> bool:
        place = places.of_core(f"{kind.lower()}s", namespace)
        ask = partial(self._cluster.list_metadata, place, fieldSelector=f"metadata.name={name}")
        found = self._permitted.read("needed", place, ask)
        return found is None or bool(found)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return what belongs to each first part, in order."""
    grouped: dict[str, list[str]] = {}
    for first, second in sorted(pairs):
        grouped.setdefault(first, []).append(second)
    return grouped
