"""The custom resource definitions in a chart's folder ``crds/``, and in those of its dependencies.

Helm installs them with a first deployment, and never changes them afterwards.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from helm_rollback_component.helm.charts import archives
from helm_rollback_component.helm.charts.chart_files import read_metadata
from helm_rollback_component.inputs import go_yaml

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

_FOLDER = "crds/"
_OF_MANIFESTS = (".yaml", ".yml", ".json")
_PACKED = re.compile(r"-v?\d.*\.(tgz|tar\.gz)")
_KIND = "CustomResourceDefinition"


def own(chart: Path) -> list[dict[str, Any]]:
    """Return those of the chart itself; what cannot be read is left out.

    Args:
        chart: the chart's folder or archive.
    """
    return [*_parsed(text for name, text in _texts(chart) if name.startswith(_FOLDER))]


def of_dependencies(chart: Path, off: Collection[str] = ()) -> list[dict[str, Any]]:
    """Return those of its dependencies, likewise.

    Args:
        chart: the chart's folder or archive.
        off: the names of dependencies that the values switch off: Helm leaves their definitions out.
    """
    others = ((name, text) for name, text in _texts(chart) if not name.startswith(_FOLDER))
    return [*_parsed(text for name, text in others if not any(_is_within(name, each) for each in off))]


def switched_off(chart: Path, enabled: Collection[str]) -> frozenset[str]:
    """Return the names of the chart's dependencies that the values switch off.

    Args:
        chart: the chart's folder or archive.
        enabled: the names, or aliases, of those that Helm has rendered.

    Raises:
        ValidationError: there is no chart.
    """
    declared = read_metadata(chart).subcharts
    on = {name for name, alias in declared if (alias or name) in enabled}
    return frozenset(name for name, _ in declared) - on


def _is_within(name: str, dependency: str) -> bool:
    """Return whether a file is one of that dependency, which may be packed as ``name-version.tgz``."""
    folder = name.removeprefix(archives.DEPENDENCIES).partition("/")[0]
    return folder == dependency or bool(_PACKED.fullmatch(folder.removeprefix(dependency)))


def _parsed(texts: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for text in texts:
        try:
            yield from filter(_is_definition, [*go_yaml.documents(text)])
        except go_yaml.YamlError:
            continue  # Helm says what is wrong with it


def _is_definition(document: Any) -> bool:
    return isinstance(document, dict) and document.get("kind") == _KIND


def _texts(chart: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file with definitions."""
    try:
        yield from _in_folder(chart) if chart.is_dir() else _in_archive(chart.read_bytes())
    except (archives.ArchiveError, OSError):
        return  # as above


def _in_folder(chart: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(chart.rglob("*")):
        name = path.relative_to(chart).as_posix()
        if path.is_file() and _counts(name):
            yield name, path.read_bytes()
        elif path.is_file() and archives.is_packed_dependency(name):
            yield from ((f"{name}/{inner}", text) for inner, text in _in_archive(path.read_bytes()))


def _in_archive(packed: bytes) -> Iterator[tuple[str, bytes]]:
    found = archives.nested_files(packed, _counts)
    return ((f"{within}{name}", content) for within, name, content in found)


def _counts(name: str) -> bool:
    within = name.startswith(_FOLDER) or (name.startswith(archives.DEPENDENCIES) and f"/{_FOLDER}" in name)
    return within and name.endswith(_OF_MANIFESTS)
