"""Objects that the same content left unready before, which then are not held against a revision. Pure.

What an object lacked is known of good revisions only: from when they were found good, or from the look at
what runs before it is replaced. An object counts against a revision unless it is declared the same as in
such a revision and lacks no more than then. Its labels and annotations, which name the chart's version, may
differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.objects import Key
from helm_rollback_component.core.health.readiness import Readiness
from helm_rollback_component.core.health.shortage import shortage
from helm_rollback_component.core.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from helm_rollback_component.core.health.baseline import Baseline
    from helm_rollback_component.core.health.evidence import Noted
    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.core.health.readiness import Unready
    from helm_rollback_component.core.health.snapshot import Snapshot

_TOLD = 3


@dataclass(frozen=True)
class Standard:
    """What is known of a good revision.

    Attributes:
        objects: its objects.
        noted: what they lacked.
    """

    objects: Sequence[Manifest]
    noted: Noted


def named(key: Key) -> str:
    """Return an object's short name: ``Widget.example.com/apps/web``."""
    kind = f"{key.kind}.{key.group}" if key.group else key.kind
    return f"{kind}/{key.namespace}/{key.name}"


def noted_before(manifests: Iterable[Manifest], namespace: str, before: Baseline) -> Noted:
    """Return which objects were not ready before an action; `namespace` is the release's."""
    marks = ((key, before.marks.get(key)) for key in _keys(manifests, namespace))
    return tuple((named(key), mark.shortage) for key, mark in marks if mark and mark.shortage)


def allowed(
    manifests: Iterable[Manifest], namespace: str, standards: Iterable[Standard]
) -> Mapping[Key, int]:
    """Return how much the objects of a revision may lack; those that may lack nothing are not in it.

    Args:
        manifests: the revision's objects.
        namespace: the release's.
        standards: the good revisions that it is compared with.
    """
    wanted = {objects.key(each, namespace): each for each in objects.flatten(manifests)}
    most: dict[Key, int] = {}
    for standard in standards:
        lacked = dict(standard.noted)
        for declared in objects.flatten(standard.objects):
            key = objects.key(declared, namespace)
            number = lacked.get(named(key), 0)
            if number and key in wanted and _content(wanted[key]) == _content(declared):
                most[key] = max(number, most.get(key, 0))
    return most


def excuse(state: Readiness, seen: Snapshot) -> Readiness:
    """Return the readiness with those objects `excused` that lack no more than `Baseline.allowed`."""
    most = seen.baseline.allowed
    if not most:
        return state
    excused = tuple(each for each in state.unready if _allowed(_key(each), seen, most))
    return Readiness(tuple(each for each in state.unready if each not in excused), excused)


def noted(state: Readiness, seen: Snapshot) -> Noted:
    """Return what the excused objects lack."""
    keys = map(_key, state.excused)
    return tuple((named(key), shortage(seen.live[key]) or 0) for key in keys)


def sentence(told: Sequence[str]) -> str:
    """Return that these objects are not counted, an empty string if there are none."""
    if not told:
        return ""
    number, (are, were) = len(told), ("is", "was") if len(told) == 1 else ("are", "were")
    named_ones = [*told[:_TOLD], *([f"{number - _TOLD} more"] if number > _TOLD else [])]
    noun = counted(number, "object")
    return f"{noun} {were} not ready before either and {are} not counted: {'; '.join(named_ones)}"


def _allowed(key: Key, seen: Snapshot, most: Mapping[Key, int]) -> bool:
    live = seen.live.get(key)
    lacks = shortage(live) if live and key in most else None
    return lacks is not None and lacks <= most[key]


def _keys(manifests: Iterable[Manifest], namespace: str) -> Iterable[Key]:
    return (objects.key(each, namespace) for each in objects.flatten(manifests) if not objects.is_hook(each))


def _key(unready: Unready) -> Key:
    found = unready.object
    return Key(found.api_version.rpartition("/")[0], found.kind, found.namespace, found.name)


def _content(declared: Manifest) -> Mapping[str, Any]:
    return {part: value for part, value in declared.items() if part not in ("metadata", "status")}
