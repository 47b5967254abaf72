"""Reading a repository's index. Nothing here touches the network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from helm_rollback_component.errors import OperationError
from helm_rollback_component.inputs import go_yaml
from helm_rollback_component.reasons import Reason

_USUAL_LAYOUT = re.compile(rb"^entries:[ \t]*\n  ['\"]?[a-zA-Z0-9]", re.MULTILINE)
_LONGEST = 16_000_000
"""In bytes, of an index that has to be parsed as a whole: that takes some seconds."""
_LONGEST_TEXT = 10_000


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


def listed_versions(index: bytes, chart: str) -> list[Listed]:
    """Return the versions of `chart` that `index` lists, in its order; none if it does not know the chart.

    Raises:
        OperationError: it is not an index.
    """
    found = _entries(cut_out(index, chart), chart)
    if not found and len(index) > _LONGEST:
        if _USUAL_LAYOUT.search(index):
            return []
        raise OperationError(
            f"the repository's index.yaml is too large to look for the chart {chart} in all of it",
            reason=Reason.REPOSITORY_INVALID,
        )
    found = found or _entries(index, chart)
    if found is None:
        raise OperationError(
            "the repository's index.yaml is not an index of charts",
            reason=Reason.REPOSITORY_INVALID,
        )
    return [listed for entry in found if (listed := _listed(entry))]


def cut_out(index: bytes, chart: str) -> bytes:
    """Return the part of `index` about `chart`, if the indentation shows where it is.

    Indexes grow to tens of megabytes, and YAML is parsed at about one megabyte a second.
    """
    name = re.escape(chart.encode())
    line = rb"(?:  [- ].*|[ \t]*+)(?:\n|\Z)"
    block = re.search(rb"^  (['\"]?)" + name + rb"\1:[ \t]*\n(?:" + line + rb")++", index, re.MULTILINE)
    return b"entries:\n" + block[0] if block else b""


def _entries(text: bytes, chart: str) -> list[Any] | None:
    try:
        said = go_yaml.first_document(text.decode(errors="replace"))
    except go_yaml.YamlError:
        return None
    entries = said.get("entries") if isinstance(said, dict) else None
    if not isinstance(entries, dict):
        return None
    versions = entries.get(chart) or []
    return versions if isinstance(versions, list) else None


def _listed(entry: Any) -> Listed | None:
    urls = entry.get("urls") if isinstance(entry, dict) else None
    if not isinstance(urls, list) or not urls or not isinstance(urls[0], str):
        return None
    digest = str(entry.get("digest") or "").lower().removeprefix("sha256:")
    listed = Listed(str(entry.get("version")), urls[0], digest)
    return listed if max(map(len, (listed.version, listed.url, listed.digest))) <= _LONGEST_TEXT else None
