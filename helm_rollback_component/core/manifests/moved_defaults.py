"""Which defaults of a chart another version of it has moved under a release that does not set them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.manifests.fields import field_differences
from helm_rollback_component.inputs.property_paths import below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.core.manifests.fields import FieldDifference

_Values = Mapping[str, Any]


def moved_defaults(old: _Values, new: _Values, given: _Values, path: str = "") -> Iterator[FieldDifference]:
    """Yield the defaults that are others than before and that count for the release.

    Args:
        old: the default values of the chart that is deployed.
        new: those of the declared one.
        given: the values of the release.
        path: where all of them stand.
    """
    ours = {key for key in given if given[key] is not None}
    before, after = ({key: side[key] for key in side if key not in ours} for side in (old, new))
    yield from field_differences(before, after, path)
    for key in ours:
        was, is_, own = old.get(key), new.get(key), given[key]
        if isinstance(was, Mapping) and isinstance(is_, Mapping) and isinstance(own, Mapping):
            yield from moved_defaults(was, is_, own, below(path, key))


def of_the_chart_itself(recorded: _Values, own: _Values, dependencies: Collection[str]) -> dict[str, Any]:
    """Return what a chart itself says of the defaults in Helm's record of it.

    The record has those of its dependencies too, each below its name (``processImportValues`` in Helm's
    ``pkg/chart/v2/util/dependencies.go``). Of them is taken what the chart of today says there as well.

    Args:
        recorded: the default values in the record.
        own: those that the chart of today has in its own ``values.yaml``.
        dependencies: the names that the chart's dependencies have in it.
    """
    return {
        key: _as_in(own[key], value) if key in dependencies else value
        for key, value in recorded.items()
        if key in own or key not in dependencies
    }


def _as_in(own: Any, recorded: Any) -> Any:
    if not isinstance(own, Mapping) or not isinstance(recorded, Mapping):
        return recorded
    return {key: _as_in(own[key], value) for key, value in recorded.items() if key in own}
