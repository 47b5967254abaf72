"""What a bad revision left and the next one declares again, judged by new tries alone. Pure.

A revision that was interrupted counts as bad here. Nothing of it is changed by applying it again, so its pods
stay. How they fail may be old news: the image may have been pushed meanwhile, or what they lacked may be
there. So they count only once they have failed again, after what was seen of them at the beginning. The
clocks of the cluster are never compared with ours.

While hooks run before the objects are applied, what such a hook is to fix may fail again and again: then the
pods from before are not judged.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.health.restored import contains

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from helm_rollback_component.core.health.baseline import Baseline
    from helm_rollback_component.core.health.model import Fault, Wait
    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.core.health.pod_status import Container

NEW_RUNS = 2
"""So often a container has to be started and to end again: the first of these starts may have been before the
new objects were applied."""

APPLIED_WITHIN = 15.0
"""Seconds: what fails in this time may have begun before the new objects were applied."""

_BACK_OFF = "ImagePullBackOff"
_BEFORE_OBJECTS = frozenset({"pre-install", "pre-upgrade"})


@dataclass(frozen=True)
class Tried:
    """What was declared of one object before.

    Attributes:
        bad: by revisions that were interrupted or found bad, and by no good one: its pod template.
        good: by good revisions.
    """

    bad: tuple[Manifest, ...]
    good: tuple[Manifest, ...] = ()


@dataclass(frozen=True)
class PullMemory:
    """What has to be remembered from one look to the next of pulls that failed before.

    Attributes:
        first: when each was first looked at, by the pod's UID and the container's name.
        said: what it said then, or later.
        again: those that have failed again.
    """

    first: Mapping[tuple[str, ...], float] = field(default_factory=dict)
    said: Mapping[tuple[str, ...], Wait] = field(default_factory=dict)
    again: frozenset[tuple[str, ...]] = frozenset()

    def after(self, seen: Iterable[Fault], now: float) -> PullMemory:
        """Return what is to be remembered after another look, which found these faults."""
        former = {_container(fault): fault.former for fault in seen if fault.former}
        first = {**dict.fromkeys(former, now), **self.first}
        failed = {
            each
            for each, said in former.items()
            if each in self.said and now >= first[each] + APPLIED_WITHIN and _again(self.said[each], said)
        }
        return PullMemory(first, {**self.said, **former}, self.again | failed)

    def counts(self, fault: Fault) -> bool:
        """Return whether a fault is one of now."""
        return fault.former is None or _container(fault) in self.again


def tried(
    bad: Iterable[Sequence[Manifest]], good: Iterable[Sequence[Manifest]], namespace: str
) -> Mapping[Key, Tried]:
    """Return what bad revisions have declared otherwise than the good ones.

    Args:
        bad: the objects of each revision since the last good one.
        good: the objects of each good one that they are compared with.
        namespace: the release's.
    """
    served, found = _contents(good, namespace), _contents(bad, namespace)
    differing = {
        key: tuple(each for each in contents if each not in served.get(key, ()))
        for key, contents in found.items()
    }
    return {key: Tried(bad_ones, served.get(key, ())) for key, bad_ones in differing.items() if bad_ones}


def tried_again(desired: Manifest, live: Manifest, key: Key, before: Baseline) -> bool:
    """Return whether an object is from before, and is as a bad revision declared it and this one does."""
    mark, known = before.marks.get(key), before.tried.get(key)
    if known is None or mark is None or mark.uid != objects.uid(live) or objects.terminating(live):
        return False
    wanted = _content(desired)
    if wanted not in known.bad or not objects.observed(live):
        return False
    there = foreign.mapping(objects.spec(live), "template")
    return not there or (contains(there, wanted) and not _still(there, wanted, known.good))


def hooks_come_first(desired: Iterable[Manifest]) -> bool:
    """Return whether one of the objects is a hook that runs before the others are applied."""
    return any(_runs_first(each) for each in objects.flatten(desired))


def has_run_again(container: Container, before: Container, *, times: int) -> bool:
    """Return whether a container has been started and has ended so often since it was seen before."""
    return container.restarts - before.restarts >= times


def has_ended_again(container: Container, before: Container) -> bool:
    """Return whether a container has ended since it was seen before, whenever it was started."""
    ended, known = (foreign.text(each.ended, "finishedAt") for each in (container, before))
    return container.restarts > before.restarts or ended != known


def _container(fault: Fault) -> tuple[str, ...]:
    return fault.about[:-1]


def _again(last: Wait, now: Wait) -> bool:
    """Whether a pull has failed between two looks: the back-off that follows a failure is none."""
    return now != last and (now.reason != _BACK_OFF or last.reason == _BACK_OFF)


def _contents(revisions: Iterable[Sequence[Manifest]], namespace: str) -> Mapping[Key, tuple[Manifest, ...]]:
    found: dict[Key, list[Manifest]] = defaultdict(list)
    for declared in revisions:
        for each in objects.flatten(declared):
            if not objects.is_hook(each) and objects.spec(each):
                found[objects.key(each, namespace)].append(_content(each))
    return {key: tuple(contents) for key, contents in found.items()}


def _content(declared: Manifest) -> Manifest:
    return foreign.mapping(objects.spec(declared), "template") or objects.spec(declared)


def _still(there: Manifest, wanted: Manifest, good: Iterable[Manifest]) -> bool:
    """Whether it is still as a good revision had it, which declared more of it."""
    return any(contains(there, each) and not contains(wanted, each) for each in good)


def _runs_first(manifest: Manifest) -> bool:
    events = objects.annotation(manifest, objects.HOOK).split(",")
    return any(event.strip() in _BEFORE_OBJECTS for event in events)
