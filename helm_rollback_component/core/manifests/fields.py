"""Which fields of an object differ between two manifests. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.manifests import alignment
from helm_rollback_component.core.manifests.alignment import ABSENT
from helm_rollback_component.inputs.property_paths import below
from helm_rollback_component.inputs.tree import same

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Change(StrEnum):
    """What became of an object, or of a field of one."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    REORDERED = "reordered"
    """The same elements of a list, in another order."""


@dataclass(frozen=True)
class FieldDifference:
    """A field that differs.

    Attributes:
        path: such as ``spec.containers[web].image``: an element of a list by its name, or by another key
            (``ports[port=80]``), else by its place.
        change: what became of it.
        old: the value before, JSON-like; None where there was none, and of a secret.
        new: the value after; None where there is none, and of a secret.
        secret: whether it differs in something secret, and so neither value is told.
    """

    path: str
    change: Change
    old: Any = None
    new: Any = None
    secret: bool = False


def field_differences(old: Any, new: Any, path: str = "") -> Iterator[FieldDifference]:
    """Yield the fields that differ; a null in a mapping counts as nothing, as for the API server."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in {**old, **new}:
            before, after = (_present(side.get(key)) for side in (old, new))
            yield from field_differences(before, after, below(path, str(key)))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_lists(old, new, path)
    elif not same(old, new):
        yield _difference(path, old, new)


def _difference(path: str, old: Any, new: Any) -> FieldDifference:
    if old is ABSENT:
        return FieldDifference(path, Change.ADDED, new=new)
    if new is ABSENT:
        return FieldDifference(path, Change.REMOVED, old=old)
    return FieldDifference(path, Change.CHANGED, old, new)


def _of_lists(old: Sequence[Any], new: Sequence[Any], path: str) -> Iterator[FieldDifference]:
    key = alignment.key_of(old, new) if old and new else None
    if key is None:
        for place, before, after in alignment.by_content(old, new):
            yield from field_differences(before, after, f"{path}[{place}]")
        return
    found = [*_of_keyed(key, old, new, path)]
    yield from found
    if not found and not same(old, new) and [each[key] for each in old] != [each[key] for each in new]:
        yield FieldDifference(path, Change.REORDERED)


def _of_keyed(key: str, old: Sequence[Any], new: Sequence[Any], path: str) -> Iterator[FieldDifference]:
    for value, before, after in alignment.by_key(key, old, new):
        step = f"{value}" if key == "name" else f"{key}={value}"
        yield from field_differences(before, after, f"{path}[{step}]")


def _present(value: Any) -> Any:
    return ABSENT if value is None else value
