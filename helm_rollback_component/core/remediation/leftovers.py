"""What only failed revisions had added, and Helm does not remove when a later one is deployed. Pure.

Helm compares a new revision with the last one that was *deployed* (``prepareUpgrade`` in
``pkg/action/upgrade.go``), or a restored one with the latest. Objects that only a failed revision in between
had are left, and under client-side apply its fields too: the three-way merge does not know of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.health import objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from helm_rollback_component.core.health.objects import Key, Manifest

    Step = str | tuple[str, Any]
    """A key of a mapping; or of a list, the key that its items are merged by, and the value of one's."""
    Path = tuple[Step, ...]
    Pointer = tuple[str | int, ...]

_MERGE_KEYS = ("name", "mountPath", "devicePath", "containerPort", "port", "ip", "topologyKey")
"""By which lists are merged (``patchMergeKey`` in Kubernetes' ``core/v1`` types); others are replaced."""

_ADMISSION = "admissionregistration.k8s.io"
_OWN_METADATA = ("annotations", "labels")


@dataclass(frozen=True)
class Leftover:
    """What of one object only failed revisions had.

    Attributes:
        object: the object, as the last failed revision with it had it.
        fields: its fields that the later revision does not have, by path, with their values; empty if that
            does not have the object at all.
    """

    object: Manifest
    fields: Mapping[Path, Any]


def leftovers(
    failed: Iterable[Sequence[Manifest]], declared: Sequence[Manifest], namespace: str
) -> tuple[Leftover, ...]:
    """Return what may be left of failed revisions.

    Args:
        failed: the objects of each of these revisions, hooks excluded, oldest first.
        declared: those of the revision that was deployed after them.
        namespace: the release's.
    """
    wanted = {objects.key(each, namespace): each for each in objects.flatten(declared)}
    found: dict[Key, Leftover] = {}
    for revision in failed:
        for old in objects.flatten(revision):
            key = objects.key(old, namespace)
            before = found[key].fields if key in found else {}
            found[key] = Leftover(old, {**before, **dict(_undeclared(old, wanted.get(key)))})
    return tuple(each for key, each in found.items() if key not in wanted or each.fields)


def controls_admission(leftover: Leftover) -> bool:
    """Whether it is an object that has the API server ask whether others may be changed."""
    return not leftover.fields and objects.group(leftover.object) == _ADMISSION


def removal(live: Manifest, fields: Mapping[Path, Any]) -> tuple[dict[str, Any], ...]:
    """Return the JSON patch (RFC 6902) that removes those of the fields that a live object still has.

    It is empty if there are none: another value than the failed revision's is somebody else's. It tests the
    object's version first, so that it changes nothing newer.
    """
    found = ((_find(live, path), value) for path, value in fields.items())
    there = [at[0] for at, value in found if at and _same(value, at[1])]
    if not there:
        return ()
    version = objects.meta(live).get("resourceVersion")
    last_first = sorted(there, key=_order, reverse=True)
    return (
        {"op": "test", "path": "/metadata/resourceVersion", "value": version},
        *({"op": "remove", "path": "".join(map(_escaped, each))} for each in last_first),
    )


def spelled(path: Path) -> str:
    """Return a field's path as a person writes it: ``spec.template.spec.containers[sidecar]``."""
    parts = (f"[{step[1]}]" if isinstance(step, tuple) else f".{step}" for step in path)
    return "".join(parts).removeprefix(".")


def _undeclared(old: Manifest, new: Manifest | None) -> Iterator[tuple[Path, Any]]:
    if new is None:
        return
    for key in old.keys() - {"apiVersion", "kind", "metadata", "status"}:
        yield from _missing(old[key], new.get(key), (key,))
    for key in _OWN_METADATA:
        yield from _missing(objects.meta(old).get(key), objects.meta(new).get(key), ("metadata", key))


def _missing(old: Any, new: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Yield the parts of a value that another lacks; of what the other has differently, nothing."""
    if old is None:
        return
    if new is None:
        yield path, old
        return
    had, has = _parts(old), _parts(new)
    if had is None or has is None:
        return
    for step, value in had.items():
        yield from _missing(value, has.get(step), (*path, step))


def _parts(value: Any) -> Mapping[Step, Any] | None:
    """Return the parts that are merged one by one, None if the value is replaced as a whole."""
    if isinstance(value, Mapping):
        return value
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        return None
    name = next((key for key in _MERGE_KEYS if all(key in item for item in value)), None)
    return {(name, item[name]): item for item in value} if name else None


def _find(live: Any, path: Path) -> tuple[Pointer, Any] | None:
    """Return where a field of a live object is, and its value; None if it is not there."""
    pointer: Pointer = ()
    for step in path:
        entered = _item(live, *step) if isinstance(step, tuple) else _value(live, step)
        if entered is None:
            return None
        pointer, live = (*pointer, entered[0]), entered[1]
    return pointer, live


def _value(live: Any, key: str) -> tuple[str, Any] | None:
    return (key, live[key]) if isinstance(live, Mapping) and key in live else None


def _item(live: Any, name: str, value: Any) -> tuple[int, Any] | None:
    items = enumerate(live if isinstance(live, list) else ())
    return next((each for each in items if isinstance(each[1], Mapping) and each[1].get(name) == value), None)


def _same(old: Any, live: Any) -> bool:
    """Whether a live value may be the old one: quantities are spelled anew, and defaults are added."""
    return isinstance(old, Mapping | list) or old == live


def _order(pointer: Pointer) -> list[tuple[int, str]]:
    return [(part, "") if isinstance(part, int) else (0, part) for part in pointer]


def _escaped(part: str | int) -> str:
    return "/" + str(part).replace("~", "~0").replace("/", "~1")
