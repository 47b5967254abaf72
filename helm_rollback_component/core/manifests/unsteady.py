"""What a chart makes anew each time it is rendered: random passwords, certificates, times. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.manifests.fields import Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from helm_rollback_component.core.health.objects import Key
    from helm_rollback_component.core.manifests.differences import ObjectDifference


def without_unsteady(
    found: Sequence[ObjectDifference], anew: Sequence[ObjectDifference]
) -> tuple[tuple[ObjectDifference, ...], tuple[str, ...]]:
    """Return the differences without the fields that differ at each rendering, and which fields these are.

    Args:
        found: what differs from what is deployed.
        anew: what differs between two renderings of the same.
    """
    places = {(each.key, field.path) for each in anew for field in each.fields}
    named = tuple(f"{path} of {key}" for key, path in places)
    return tuple(_steady(found, places)), tuple(sorted(named))


def _steady(found: Sequence[ObjectDifference], places: set[tuple[Key, str]]) -> Iterator[ObjectDifference]:
    for each in found:
        fields = tuple(field for field in each.fields if (each.key, field.path) not in places)
        if fields or each.change is not Change.CHANGED:
            yield replace(each, fields=fields)
