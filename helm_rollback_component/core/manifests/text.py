"""The differences of two manifests as lines of text; most have at most 100 columns. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from helm_rollback_component.core.manifests.fields import Change
from helm_rollback_component.core.manifests.layout import (
    block,
    clipped,
    inline,
    shortened,
    with_short_digests,
)
from helm_rollback_component.core.manifests.line_differences import line_differences, narrowed
from helm_rollback_component.core.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from helm_rollback_component.core.manifests.differences import ObjectDifference
    from helm_rollback_component.core.manifests.fields import FieldDifference

_SIGNS = {Change.ADDED: "+", Change.REMOVED: "-", Change.CHANGED: "~", Change.REORDERED: "~"}
_VERSIONS = frozenset(
    {
        'metadata.labels["helm.sh/chart"]',
        'metadata.labels["app.kubernetes.io/version"]',
        "metadata.labels.chart",
    }
)
"""Labels that Helm's conventions of today and of before have charts give to every object."""
_DIGEST = "checksum"


@dataclass(frozen=True)
class Limits:
    """How much is told.

    Attributes:
        lines: of all objects together.
        lines_of_object: of one object.
        lines_of_field: of one field.
        width: characters of a value in a line.
        line: characters of a line that has a field and its values.
    """

    lines: int = 100
    lines_of_object: int = 24
    lines_of_field: int = 10
    width: int = 80
    line: int = 88


def summary(found: Sequence[ObjectDifference]) -> str:
    """Return how many objects become what, such as ``2 changed, 1 added``; hooks are not counted."""
    counts = Counter(each.change for each in found if not each.hook)
    order = (Change.CHANGED, Change.ADDED, Change.REMOVED)
    told = [f"{counts[change]} {change}" for change in order if counts[change]]
    return ", ".join(told) or "no object changes"


def lines(found: Sequence[ObjectDifference], namespace: str, limits: Limits | None = None) -> list[str]:
    """Return the differences as lines, what is too long shortened with a count.

    Args:
        found: what `differences` returned.
        namespace: the release's; objects in another one are told with it.
        limits: how much is told.
    """
    limits = limits or Limits()
    ordered = sorted(found, key=lambda each: each.hook)
    others = [_of_object(each, namespace, limits) for each in map(_without_versions, ordered) if each]
    labelled = sum(any(field.path in _VERSIONS for field in each.fields) for each in found)
    labels = [f"~ the labels of the chart's version in {counted(labelled, 'object')}"] if labelled else []
    return [*_within(limits.lines, others), *labels]


def field_lines(fields: Iterable[FieldDifference], limits: Limits | None = None) -> list[str]:
    """Return fields that differ as lines; arguments as `lines` has them."""
    limits = limits or Limits()
    told = [line for field in fields for line in _of_field(field, limits)]
    return _indented(shortened(told, limits.lines_of_object))


def _within(most: int, objects: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of as many objects as there is room for, at least of the first."""
    used = 0
    for place, each in enumerate(objects):
        used += len(each)
        if place and used > most:
            yield f"… and {counted(len(objects) - place, 'more object')}"
            return
        yield from each


def _without_versions(found: ObjectDifference) -> ObjectDifference | None:
    """Return a difference without the labels of the chart's version, nothing if it has only those."""
    fields = tuple(field for field in found.fields if field.path not in _VERSIONS)
    return replace(found, fields=fields) if fields or not found.fields else None


def _of_object(found: ObjectDifference, namespace: str, limits: Limits) -> list[str]:
    key = found.key
    where = f" in {key.namespace}" if key.namespace != namespace else ""
    hook = "hook " if found.hook else ""
    kept = " (stays in the cluster: helm.sh/resource-policy)" if found.kept else ""
    heading = f"{_SIGNS[found.change]} {hook}{key}{where}{kept}"
    return [heading, *field_lines(found.fields, limits)]


def _of_field(found: FieldDifference, limits: Limits) -> list[str]:
    sign, path = _SIGNS[found.change], found.path
    if found.secret:
        return [f"{sign} {path}: {found.change} (secret)"]
    if found.change is Change.REORDERED:
        return [f"{sign} {path}: the same in another order"]
    if found.change is Change.CHANGED:
        return _of_values(f"{sign} {path}:", found, limits)
    value = found.new if found.change is Change.ADDED else found.old
    return _with_value(f"{sign} {path}:", sign, [*block(value)], limits)


def _of_values(beginning: str, found: FieldDifference, limits: Limits) -> list[str]:
    old, new = found.old, found.new
    if _DIGEST in found.path and isinstance(old, str) and isinstance(new, str):
        return [f"{beginning} changed"]
    if isinstance(old, str) and isinstance(new, str) and "\n" in f"{old}{new}":
        told = (clipped(line, limits.width) for line in line_differences(old, new))
        return [beginning, *_indented(shortened([*told], limits.lines_of_field))]
    before, after = _sides(inline(old), inline(new))
    if len(line := f"{beginning} {before} → {after}") <= limits.line:
        return [line]
    sides = zip("-+", narrowed(before, after, limits.width), strict=True)
    return [beginning, *_indented(f"{sign} {clipped(side, limits.width)}" for sign, side in sides)]


def _sides(before: str, after: str) -> tuple[str, str]:
    """Return two values with their digests shortened, as long as they still differ."""
    short = with_short_digests(before), with_short_digests(after)
    return short if short[0] != short[1] else (before, after)


def _with_value(beginning: str, sign: str, value: Sequence[str], limits: Limits) -> list[str]:
    if len(value) == 1 and len(line := f"{beginning} {value[0]}") <= limits.line:
        return [line]
    told = [f"{sign} {clipped(line, limits.width)}" for line in value]
    return [beginning, *_indented(shortened(told, limits.lines_of_field))]


def _indented(inner: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in inner]
