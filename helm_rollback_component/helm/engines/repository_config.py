"""The repositories that a chart's dependencies come from, in the form that Helm reads them in."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from helm_rollback_component.helm.engines.values_text import values_text
from helm_rollback_component.inputs import go_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ALIASES = ("@", "alias:")
_HTTP = ("http://", "https://")


def repository_config(wanted: Iterable[str], own: str) -> str:
    """Return a repository configuration with just the repositories `wanted`; it may contain secrets.

    Args:
        wanted: what the dependencies say: URLs, or ``@name`` and ``alias:name`` of the user's own.
        own: the user's own configuration, whose entries and credentials are used where they fit.
    """
    known = _entries(own)
    entries = {entry["name"]: entry for repository in wanted for entry in _matching(repository, known)}
    return values_text({"apiVersion": "", "repositories": list(entries.values())})


def _matching(repository: str, known: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    name = next((repository.removeprefix(mark) for mark in _ALIASES if repository.startswith(mark)), None)
    if name is not None:
        yield from (entry for entry in known if entry["name"] == name)
    elif repository.startswith(_HTTP):
        same = (entry for entry in known if entry["url"].rstrip("/") == repository.rstrip("/"))
        yield next(same, {"name": f"dependency-{_short_digest(repository)}", "url": repository})


def _short_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _entries(config: str) -> list[dict[str, Any]]:
    try:
        said = go_yaml.first_document(config)
    except go_yaml.YamlError:
        return []
    listed = said.get("repositories") if isinstance(said, dict) else None
    return [
        entry
        for entry in listed or []
        if isinstance(entry, dict)
        and isinstance(entry.get("name"), str)
        and isinstance(entry.get("url"), str)
    ]
