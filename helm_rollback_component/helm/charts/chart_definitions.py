"""The custom resource definitions in a chart's folder ``crds/``, and in those of its dependencies.

Helm installs them with a first deployment, and never changes them afterwards.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.health import foreign
from helm_rollback_component.core.manifests.chart_tree import Chart, Dependency
from helm_rollback_component.helm.charts import archives
from helm_rollback_component.inputs import go_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_FOLDER = "crds/"
_COUNTS = re.compile(
    r"(?:charts/[^/]+/)*(?:Chart\.yaml|requirements\.yaml|values\.yaml|crds/.+\.(?:yaml|yml|json))"
)
"""The files of a chart, and of those in it, that are read."""
_CHART_FILES = ("Chart.yaml", "requirements.yaml")
_VALUES = "values.yaml"
_LIST = "dependencies"
_PASSED_OVER = ("_", ".")
"""What begins so in the folder of the dependencies is none to Helm."""
_KIND = "CustomResourceDefinition"


def read(chart: Path) -> Chart:
    """Return a chart with its dependencies and the definitions of all; what cannot be read is left out.

    Args:
        chart: the chart's folder or archive.
    """
    return _chart(dict(_files(chart)))


def _chart(files: Mapping[str, bytes]) -> Chart:
    said, required, values = (_first(files.get(name, b"")) for name in (*_CHART_FILES, _VALUES))
    listed = next((each for each in (required, said) if isinstance(each.get(_LIST), list)), None)
    return Chart(
        name=foreign.text(said, "name"),
        dependencies=None if listed is None else tuple(map(_dependency, foreign.mappings(listed, _LIST))),
        values=values,
        definitions=tuple(_definitions(text for name, text in files.items() if name.startswith(_FOLDER))),
        charts=tuple(map(_chart, _inner(files))),
    )


def _dependency(said: Mapping[str, object]) -> Dependency:
    name, alias, condition = (foreign.text(said, key) for key in ("name", "alias", "condition"))
    return Dependency(name, alias, condition, tuple(foreign.texts(said, "tags")))


def _inner(files: Mapping[str, bytes]) -> Iterable[dict[str, bytes]]:
    """Return the files of each chart in the folder of the dependencies."""
    found: dict[str, dict[str, bytes]] = defaultdict(dict)
    for name, text in files.items():
        place, _, within = name.removeprefix(archives.DEPENDENCIES).partition("/")
        if name.startswith(archives.DEPENDENCIES) and within and not place.startswith(_PASSED_OVER):
            found[place][within] = text
    return found.values()


def _first(text: bytes) -> dict[str, Any]:
    try:
        found = go_yaml.first_document(text)
    except go_yaml.YamlError:
        return {}  # Helm says what is wrong with it
    return found if isinstance(found, dict) else {}


def _definitions(texts: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for text in texts:
        try:
            yield from filter(_is_definition, [*go_yaml.documents(text)])
        except go_yaml.YamlError:
            continue  # as above


def _is_definition(document: Any) -> bool:
    return isinstance(document, dict) and document.get("kind") == _KIND


def _files(chart: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file that counts."""
    try:
        yield from _in_folder(chart) if chart.is_dir() else _in_archive(chart.read_bytes())
    except (archives.ArchiveError, OSError):
        return  # as above


def _in_folder(chart: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(chart.rglob("*")):
        name = path.relative_to(chart).as_posix()
        if path.is_file() and _COUNTS.fullmatch(name):
            yield name, path.read_bytes()
        elif path.is_file() and archives.is_packed_dependency(name):
            yield from ((f"{name}/{inner}", text) for inner, text in _in_archive(path.read_bytes()))


def _in_archive(packed: bytes) -> Iterator[tuple[str, bytes]]:
    found = archives.nested_files(packed, lambda name: bool(_COUNTS.fullmatch(name)))
    return ((f"{within}{name}", content) for within, name, content in found)
