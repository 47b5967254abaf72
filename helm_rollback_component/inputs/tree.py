"""The one walk over nested inputs: mappings and lists, with anything at their leaves. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from helm_rollback_component.inputs.property_paths import below

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DROP: Final = object()
"""What a change makes of a leaf that is to be left out."""


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield path and value of each leaf: of what is neither mapping nor list, and of those that are empty.

    Args:
        value: nested mappings, lists and tuples.
        path: where `value` stands itself (`property_paths`).
    """
    for key, item in _items(value):
        yield from leaves(item, below(path, key))
    if not isinstance(value, Mapping | list | tuple) or not value:
        yield path, value


def map_leaves(
    value: Any,
    change: Callable[[Any], Any],
    *,
    key: Callable[[Any], Any] = lambda key: key,
    is_leaf: Callable[[Any], bool] = lambda _: False,
) -> Any:
    """Return `value` with each leaf replaced by what `change` makes of it; tuples become lists.

    Args:
        value: nested mappings, lists and tuples.
        change: gives what stands in a leaf's place, or `DROP`.
        key: gives what stands in place of a mapping's key.
        is_leaf: tells whether a mapping or list is not to be entered, but is a leaf itself.
    """

    def changed(part: Any) -> Any:
        if not isinstance(part, Mapping | list | tuple) or is_leaf(part):
            return change(part)
        items = ((name, changed(item)) for name, item in _items(part))
        kept = ((name, item) for name, item in items if item is not DROP)
        return {key(name): item for name, item in kept} if isinstance(part, Mapping) else [i for _, i in kept]

    return changed(value)


def same(one: Any, other: Any) -> bool:
    """Whether two nested values are the same: to Python True is 1, to a chart it is not."""
    match one:
        case Mapping():
            alike = isinstance(other, Mapping) and one.keys() == other.keys()
            return alike and all(same(item, other[key]) for key, item in one.items())
        case list() | tuple():
            alike = isinstance(other, list | tuple) and len(one) == len(other)
            return alike and all(map(same, one, other))
        case _:
            return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _items(value: Any) -> Iterator[tuple[Any, Any]]:
    match value:
        case Mapping():
            yield from value.items()
        case list() | tuple():
            yield from enumerate(value)
