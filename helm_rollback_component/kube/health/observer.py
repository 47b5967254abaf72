"""Looking at what there is of a release's objects: `core.health.snapshot` says what it means.

What is asked for is followed by the informers, so that a look costs no request while nothing changes.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Self

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.baseline import Baseline, mark
from helm_rollback_component.core.health.dependencies import others_to_read
from helm_rollback_component.core.health.field_owners import foreign_fields, hides_fields
from helm_rollback_component.core.health.new_tries import tried_again
from helm_rollback_component.core.health.pod_status import containers_in_wait
from helm_rollback_component.core.health.readiness import needs_a_look
from helm_rollback_component.core.health.snapshot import Snapshot, applied, judged
from helm_rollback_component.core.health.unseen import OWN
from helm_rollback_component.core.health.workload_rules import occurrences
from helm_rollback_component.kube.clock import CLOCK
from helm_rollback_component.kube.health import places
from helm_rollback_component.kube.health.children import Children
from helm_rollback_component.kube.health.permitted import Permitted
from helm_rollback_component.kube.health.picture import Picture
from helm_rollback_component.kube.health.queries import Inquirer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from helm_rollback_component.core.health.baseline import Stored
    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.kube.clock import Clock
    from helm_rollback_component.kube.informers.informers import Informers

_TELL_BY_EVENTS = frozenset({"DaemonSet", "StatefulSet"})
_LARGE = ("apiextensions.k8s.io", "CustomResourceDefinition")
_READERS = 8
_TRUSTED = 20.0
"""Seconds after which all is read anew though no watch told of a change, first; a watch may stay silent."""
_UNKNOWN_KIND_WAITS = 1.5
"""Seconds until a kind that the cluster does not have is looked for again."""


def baseline(informers: Informers, namespace: str, manifests: Sequence[Manifest]) -> Baseline:
    """Return what there is now, so that none of it is counted against what is done next.

    What the user may not read is left out (`Baseline.unseen`).

    Args:
        informers: those of the cluster where the release lives.
        namespace: the release's.
        manifests: every object that the release may have now, hooks included: those of its newest revision,
            and of the deployed one if that is another.

    Raises:
        OperationError: what the cluster refused.
    """
    with Observer(informers, namespace, Baseline(), wants=followed) as observer:
        observer.refresh()
        return observer.baseline(manifests)


def followed(desired: Manifest) -> bool:
    """Return whether it matters how the object was; definitions are large, and stay as ready as they are."""
    kind = (objects.group(desired), desired.get("kind", ""))
    return judged_or_awaited(desired) and kind != _LARGE


def judged_or_awaited(desired: Manifest, *, load_balancers: bool = False) -> bool:
    """Return whether judgement or readiness depend on the object; of load balancers, if that is asked for."""
    return judged(desired) or needs_a_look(desired, load_balancers=load_balancers)


class Observer:
    """Looks at one release's objects again and again. Not safe to use from more than one thread.

    What the user may not read is left out (`Snapshot.unseen`). Every method may raise the `OperationError` by
    which the cluster refuses to tell for another reason.
    """

    def __init__(  # noqa: PLR0913  # what a look needs; all of it is named at each call
        self,
        informers: Informers,
        namespace: str,
        before: Baseline,
        *,
        wants: Callable[[Manifest], bool] = judged,
        on_change: Callable[[], None] = lambda: None,
        clock: Clock = CLOCK,
    ) -> None:
        """Look at nothing yet.

        Args:
            informers: those of the cluster where the release lives.
            namespace: the release's.
            before: what there was before.
            wants: which of the release's objects to read; what may be judged, unless told otherwise.
            on_change: called, from any thread, when another look may show something else.
            clock: tells how old an answer is that the informers do not follow.
        """
        self._cluster = informers.cluster
        self._namespace = namespace
        self._before = before
        self._wants = wants
        self._clock = clock
        self._picture = Picture(informers, on_change)
        self._permitted = Permitted(before.unseen)
        self._children = Children(self._picture, self._permitted)
        self._inquirer = Inquirer(self._cluster, self._picture, self._permitted, clock)
        self._incomplete = False
        self._trusted = _TRUSTED
        self._doubted_at = clock.now() + _TRUSTED

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self._picture.__exit__(*details)

    def expect(self, stored: Stored) -> None:
        """Look at a revision from now on that is there since then."""
        self._before = replace(self._before, stored=stored)

    def refresh(self) -> None:
        """Have the next look be at what there is from now on."""
        self._doubted_at = self._clock.now() + self._trusted
        self._picture.refresh()
        self._inquirer.refresh()

    def refresh_own(self) -> None:
        """Have the next look be at the release's own objects as they are from now on."""
        self._picture.refresh_named()

    def lacking(self) -> Iterator[str]:
        """Yield each right that the user was found to lack, one sentence each."""
        return chain(self._picture.lacking(), self._permitted.unseen.values())

    def look(self, manifests: Sequence[Manifest]) -> Snapshot:
        """Return what there is of the release's objects now."""
        if self._clock.now() >= self._doubted_at:
            self._trusted *= 2
            self.refresh()
        seen = self._with_others(
            self._seen(tuple(filter(self._wants, objects.flatten(manifests)))), manifests
        )
        live = seen.live
        found = self._inquirer.complete(
            seen, lambda: self._children.of(filter(places.is_workload, live.values()))
        )
        return replace(found, unseen=dict(self._permitted.unseen))

    def _seen(self, desired: tuple[Manifest, ...]) -> Snapshot:
        live, absent, hidden = self._live(desired)
        shown = tuple(each for each in desired if self._key(each) not in hidden)
        owners = [live[key] for each in shown if self._has_children(each, key := self._key(each), live)]
        children = (*self._children.of(owners),)
        return Snapshot(self._namespace, shown, live, children, baseline=self._before, absent=absent)

    def _with_others(self, seen: Snapshot, manifests: Sequence[Manifest]) -> Snapshot:
        """Add what failing containers may be waiting for; what may not be read, they do not wait for."""
        others = [each for each in others_to_read(seen, manifests) if not self._wants(each)]
        return self._seen((*seen.desired, *others)) if others else seen

    def baseline(self, manifests: Sequence[Manifest]) -> Baseline:
        """Return what there is now as what there was before."""
        live, *_ = self._live(tuple(filter(self._wants, objects.flatten(manifests))))
        workloads = [*filter(places.is_workload, live.values())]
        telling = [each for each in workloads if objects.kind(each) in _TELL_BY_EVENTS]
        with ThreadPoolExecutor(_READERS) as readers:
            told = chain(*readers.map(self._inquirer.events_about, telling))
        pods = [each for each in self._children.of(workloads) if objects.kind(each) == "Pod"]
        own = [each for each in live.values() if objects.kind(each) == "Pod"]
        return Baseline(
            marks={key: mark(each) for key, each in live.items()},
            pods=frozenset(map(objects.uid, (*pods, *own))),
            containers=containers_in_wait((*pods, *own)),
            ready_pods=frozenset(objects.uid(each) for each in pods if objects.is_true(each, "Ready")),
            events={objects.uid(event): occurrences(event) for event in told},
            declared=frozenset(map(self._key, objects.flatten(manifests))),
            unseen=dict(self._permitted.unseen),
            foreign={key: fields for key, each in live.items() if (fields := foreign_fields(each))},
            hidden=frozenset(key for key, each in live.items() if hides_fields(each)),
        )

    def worth_another(self) -> float:
        """Return when another look is worth the while even if nothing changes."""
        kinds = self._clock.now() + _UNKNOWN_KIND_WAITS if self._incomplete else math.inf
        return min(kinds, self._inquirer.stale_at, self._doubted_at)

    def _key(self, desired: Manifest) -> Key:
        return objects.key(desired, self._namespace)

    def _live(
        self, desired: Sequence[Manifest]
    ) -> tuple[dict[Key, Manifest], frozenset[Key], frozenset[Key]]:
        """Return those of the objects that exist, those that do not, and those that may not be read."""
        placed = self._placed(desired)
        self._permitted.bound(place for place, _ in placed)
        self._picture.begin(
            place for place, kind in placed if kind != _LARGE and not self._permitted.hidden(OWN, place)
        )
        live: dict[Key, Manifest] = {}
        absent: set[Key] = set()
        hidden: set[Key] = set()
        for (place, kind), keys in placed.items():
            ask = self._picture.read if kind == _LARGE else self._picture.named
            named = partial(ask, place, [key.name for key in keys])
            found = self._permitted.read(OWN, place, named)
            if found is None:
                hidden.update(keys)
                continue
            live |= {key: found[key.name] for key in keys if key.name in found}
            absent |= {key for key in keys if key.name not in found}
        return live, frozenset(absent), frozenset(hidden)

    def _placed(self, desired: Sequence[Manifest]) -> Mapping[tuple[str, tuple[str, str]], list[Key]]:
        """Return the objects by their place and kind; those of a kind that is not there yet are left out."""
        placed: dict[tuple[str, tuple[str, str]], list[Key]] = {}
        self._incomplete = False
        for each in desired:
            key = self._key(each)
            place = places.place_of(self._cluster, each, key)
            if place:
                placed.setdefault((place, (key.group, key.kind)), []).append(key)
            else:
                self._incomplete = True
        return placed

    def _has_children(self, desired: Manifest, key: Key, live: Mapping[Key, Manifest]) -> bool:
        """Whether its children may matter: a StatefulSet's always do, another's once it was applied."""
        if key not in live or not places.is_workload(live[key]):
            return False
        found, before = live[key], self._before
        judgeable = applied(desired, found, before.marks.get(key)) or tried_again(desired, found, key, before)
        return key.kind == "StatefulSet" or judgeable
