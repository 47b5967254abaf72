"""Which inputs differ, down to the single value, as the engine shows and compares them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi.runtime.proto import provider_pb2

from helm_rollback_component.inputs.property_paths import below
from helm_rollback_component.inputs.tree import same

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_KIND = provider_pb2.PropertyDiff
_REPLACING = {
    _KIND.ADD: _KIND.ADD_REPLACE,
    _KIND.DELETE: _KIND.DELETE_REPLACE,
    _KIND.UPDATE: _KIND.UPDATE_REPLACE,
}


def detailed(
    olds: Mapping[str, Any], news: Mapping[str, Any], replacing: Collection[str]
) -> dict[str, provider_pb2.PropertyDiff]:
    """Return the difference of each value, by its path.

    Args:
        olds: the inputs that were deployed, as the program knows them.
        news: those of now.
        replacing: the paths of the inputs whose change replaces the release.
    """
    return {
        path: _KIND(kind=_REPLACING[kind] if _within(path, replacing) else kind, inputDiff=True)
        for path, kind in _differences(olds, news, "")
    }


def _differences(old: Any, new: Any, path: str) -> Iterator[tuple[str, Any]]:
    before, after = _items(old), _items(new)
    if before is None or after is None or type(old) is not type(new):
        yield from [] if same(old, new) else [(path, _KIND.UPDATE)]
        return
    for key in (*before, *(key for key in after if key not in before)):
        where = below(path, key)
        if key in before and key in after:
            yield from _differences(before[key], after[key], where)
        else:
            yield where, _KIND.DELETE if key in before else _KIND.ADD


def _items(value: Any) -> dict[Any, Any] | None:
    match value:
        case dict():
            return value
        case list():
            return dict(enumerate(value))
        case _:
            return None


def _within(path: str, parents: Collection[str]) -> bool:
    return any(path == parent or path.startswith((f"{parent}.", f"{parent}[")) for parent in parents)
