"""Which of a chart's dependencies the values leave on, and so whose definitions Helm installs. Pure.

The rules are those of ``processDependencyEnabled`` in Helm's ``pkg/chart/v2/util/dependencies.go``. Its
versions differ in what a null stands for on the way to a condition: what hangs on one is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from helm_rollback_component.core.health.objects import Manifest

    Values = Mapping[str, Any]

_MOST = 1000
"""So many charts are looked at: with aliases, a small archive can stand for any number."""
_GLOBAL = "global"
_TAGS = "tags"


@dataclass(frozen=True)
class Dependency:
    """A dependency as a chart's metadata names it.

    Attributes:
        name: the name of the chart.
        alias: the name that it has here; may be empty.
        condition: paths of values that switch it, separated by commas.
        tags: names that switch it, under ``tags`` in the values.
    """

    name: str
    alias: str = ""
    condition: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A chart and what is in it.

    Attributes:
        name: its name.
        dependencies: what its metadata names; None if they have no list of them, and then all in it is on.
        values: its default values.
        definitions: those in its folder ``crds/``.
        charts: the charts in its folder ``charts/``.
    """

    name: str
    dependencies: tuple[Dependency, ...] | None = None
    values: Values = field(default_factory=dict)
    definitions: tuple[Manifest, ...] = ()
    charts: tuple[Chart, ...] = ()


class Switch(IntEnum):
    """Whether Helm takes a chart in, the surer the higher."""

    OFF = 0
    NOT_KNOWN = 1
    ON = 2


def definitions(chart: Chart, values: Values) -> list[tuple[Manifest, Switch]]:
    """Return all definitions of a chart and of its dependencies, and whether Helm installs them.

    Args:
        chart: the chart.
        values: the merged values that are given for it.
    """
    looked_at = islice(_switched(chart, [values, *_layers(chart)], (), Switch.ON), _MOST)
    switches: dict[int, Switch] = {}
    for each, switch in looked_at:
        switches[id(each)] = max(switch, switches.get(id(each), Switch.OFF))
    return [
        (definition, switches.get(id(each), Switch.NOT_KNOWN))
        for each in _all(chart)
        for definition in each.definitions
    ]


def names_below(chart: Chart) -> frozenset[str]:
    """Return the names below which the values for the charts in a chart are."""
    return frozenset(name for name, _, _ in _instances(chart))


def _all(chart: Chart) -> Iterator[Chart]:
    yield chart
    for each in chart.charts:
        yield from _all(each)


def _switched(
    chart: Chart, layers: Sequence[Values], path: tuple[str, ...], switch: Switch
) -> Iterator[tuple[Chart, Switch]]:
    """Yield a chart, and each time that it stands for, a chart in it.

    Args:
        chart: the chart.
        layers: the values, those that win first.
        path: the names of the charts that it is in, its own last, but without that of the outermost.
        switch: whether Helm takes it in.
    """
    yield chart, switch
    if chart.dependencies is None or switch is Switch.OFF:
        yield from ((each, switch) for inner in chart.charts for each in _all(inner))
        return
    for name, each, dependency in _instances(chart):
        own = _switch(dependency, layers, path) if dependency else Switch.ON
        unclear = Switch.NOT_KNOWN if [other.name for other in chart.charts].count(each.name) > 1 else own
        yield from _switched(each, [*layers, *_layers(each)], (*path, name), min(switch, own, unclear))


def _instances(chart: Chart) -> Iterator[tuple[str, Chart, Dependency | None]]:
    """Yield the charts in a chart: each with its name there, and what names it."""
    declared = chart.dependencies or ()
    names = {each.name for each in declared}
    yield from ((each.name, each, None) for each in chart.charts if each.name not in names)
    for dependency in declared:
        for each in chart.charts:
            if each.name == dependency.name:
                yield dependency.alias or each.name, each, dependency


def _layers(chart: Chart) -> Iterator[Values]:
    """Yield the default values of a chart and, below their names, of those in it."""
    yield chart.values
    for name, each, _ in _instances(chart):
        yield {name: each.values}
        for inner in each.charts:
            yield from ({name: {inner.name: layer}} for layer in _plain_layers(inner))


def _plain_layers(chart: Chart) -> Iterator[Values]:
    yield chart.values
    for each in chart.charts:
        yield from ({each.name: layer} for layer in _plain_layers(each))


def _switch(dependency: Dependency, layers: Sequence[Values], path: tuple[str, ...]) -> Switch:
    try:
        by_condition = _by_condition(dependency, layers, path)
        on = _by_tags(dependency, layers) if by_condition is None else by_condition
    except _NotKnownError:
        return Switch.NOT_KNOWN
    return Switch.ON if on else Switch.OFF


def _by_condition(dependency: Dependency, layers: Sequence[Values], path: tuple[str, ...]) -> bool | None:
    """Return what the first condition says that is there and is a boolean."""
    for condition in filter(None, dependency.condition.strip().split(",")):
        steps = tuple(condition.split("."))
        # What is global for a chart is so for those in it.
        above = range(len(path) + 1) if steps[0] == _GLOBAL else (len(path),)
        found = (_value(layers, (*path[:length], *steps)) for length in above)
        value = next((each for each in found if each is not None), None)
        if isinstance(value, bool):
            return value
    return None


def _by_tags(dependency: Dependency, layers: Sequence[Values]) -> bool:
    found = [_value(layers, (_TAGS, tag)) for tag in dependency.tags]
    switches = [each for each in found if isinstance(each, bool)]
    return any(switches) or not switches


class _NotKnownError(Exception):
    """A null stands where versions of Helm differ."""


def _value(layers: Sequence[Values], path: tuple[str, ...]) -> Any:
    """Return the value at a path that wins; None if there is none, or a table."""
    *above, last = path
    tables = list(layers)
    for step in above:
        found = _at(tables, step)
        if not isinstance(found[0], Mapping):
            return None
        tables = [each for each in found if isinstance(each, Mapping)]
    value, *_ = _at(tables, last)
    return None if isinstance(value, Mapping) else value


def _at(tables: Sequence[Values], step: str) -> list[Any]:
    """Return what the tables have under a key, what wins first; a None if there is nothing."""
    found = [each[step] for each in tables if step in each]
    if found and found[0] is None:
        raise _NotKnownError
    return found or [None]
