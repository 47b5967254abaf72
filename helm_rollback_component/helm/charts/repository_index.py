"""Reading a repository's index. Nothing here touches the network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from helm_rollback_component.errors import OperationError
from helm_rollback_component.inputs import go_yaml
from helm_rollback_component.reasons import Reason


@dataclass(frozen=True)
class Listed:
    """A version of a chart in an index.

    Attributes:
        version: the version, as the index spells it.
        url: where its archive is, maybe relative to the repository.
        digest: the SHA-256 of the archive in hexadecimal, or an empty string.
    """

    version: str
    url: str
    digest: str


def listed_versions(index: str, chart: str) -> list[Listed]:
    """Return the versions of `chart` that `index` lists, in its order; none if it does not know the chart.

    Raises:
        OperationError: it is not an index.
    """
    found = _entries(cut_out(index, chart), chart) or _entries(index, chart)
    if found is None:
        raise OperationError(
            "the repository's index.yaml is not an index of charts",
            reason=Reason.REPOSITORY_INVALID,
        )
    return [_listed(entry) for entry in found if isinstance(entry, dict) and entry.get("urls")]


def cut_out(index: str, chart: str) -> str:
    """Return the part of `index` about `chart`, if the indentation shows where it is.

    Indexes grow to tens of megabytes, and YAML is parsed at about one megabyte a second.
    """
    block = re.search(
        rf"^  (['\"]?){re.escape(chart)}\1:[ \t]*\n(?:(?:  [- ].*|[ \t]*)\n)+", f"{index}\n", re.MULTILINE
    )
    return f"entries:\n{block[0]}" if block else ""


def _entries(text: str, chart: str) -> list[Any] | None:
    try:
        said = go_yaml.first_document(text)
    except go_yaml.YamlError:
        return None
    entries = said.get("entries") if isinstance(said, dict) else None
    if not isinstance(entries, dict):
        return None
    versions = entries.get(chart) or []
    return versions if isinstance(versions, list) else None


def _listed(entry: dict[str, Any]) -> Listed:
    digest = str(entry.get("digest") or "").lower().removeprefix("sha256:")
    return Listed(str(entry.get("version")), str(entry["urls"][0]), digest)
