"""The custom resource definitions in a chart's folder ``crds/``, and in those of its dependencies.

Helm installs them with a first deployment, and never changes them afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.helm.charts import archives
from helm_rollback_component.inputs import go_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_FOLDER = "crds/"
_OF_MANIFESTS = (".yaml", ".yml", ".json")
_KIND = "CustomResourceDefinition"


def own(chart: Path) -> list[dict[str, Any]]:
    """Return those of the chart itself; what cannot be read is left out.

    Args:
        chart: the chart's folder or archive.
    """
    return [*_parsed(text for name, text in _texts(chart) if name.startswith(_FOLDER))]


def of_dependencies(chart: Path) -> list[dict[str, Any]]:
    """Return those of its dependencies, likewise; some of them may be switched off by the values."""
    return [*_parsed(text for name, text in _texts(chart) if not name.startswith(_FOLDER))]


def _parsed(texts: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for text in texts:
        try:
            yield from filter(_is_definition, [*go_yaml.documents(text)])
        except go_yaml.YamlError:
            continue  # Helm says what is wrong with it


def _is_definition(document: Any) -> bool:  # noqa: ANN401  # anything that YAML can contain
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
