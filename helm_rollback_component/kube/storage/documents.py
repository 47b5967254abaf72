"""A manifest's text: cut into YAML documents, and what is in one of them, all of it or its head. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_STRINGS_TO_HELM = frozenset({"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value"})
_HEAD = ("apiVersion", "kind", "metadata")
_BREAKS = "\n\r\x85\u2028\u2029"
_BYTE_ORDER_MARK = "\ufeff"  # libyaml does not count it in its indexes
_SEPARATOR = re.compile(rf"\n(?=---(?:[ \t{_BREAKS}]|\Z))")

_UNSURE = re.compile(rf"[{_BREAKS}](?:apiVersion|kind|metadata|---|\.\.\.|[\"'?&*!<{{\[%])")
"""A line that may repeat or change a key of the head, or begin another document."""


class _Loader(_Base):  # type: ignore[misc]  # one of two classes, by what is built
    """Reads as Helm does: dates, and the ``=`` that some CustomResourceDefinitions hold, are strings."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # the name and shape are PyYAML's
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in _STRINGS_TO_HELM]
        for first, resolvers in _Base.yaml_implicit_resolvers.items()
    }


def split(manifest: str) -> Iterator[str]:
    """Yield the text of one document after the other.

    YAML has no scalar that contains a separator: at the start of a line it always begins a document.
    """
    begin = 0
    for found in _SEPARATOR.finditer(manifest):
        yield manifest[begin : found.end()]
        begin = found.end()
    yield manifest[begin:]


def load(text: str) -> list[Any]:
    """Return what a text holds, one value for each document in it.

    Raises:
        yaml.YAMLError: if it is not YAML.
        ValueError: the same.
    """
    return list(yaml.load_all(text, Loader=_Loader))


def head(text: str) -> dict[str, Any] | None:
    """Return a document's ``apiVersion``, ``kind`` and ``metadata``; raises as `load`.

    What stands behind them is not parsed; None if it has to be, to know them for certain.
    """
    end = None if _BYTE_ORDER_MARK in text else _end_of_head(text)
    if end is None or _UNSURE.search(text, end - 1):
        return None
    (found,) = load(text[:end])
    return {key: found[key] for key in _HEAD if key in found}


def _end_of_head(text: str) -> int | None:
    """Return the index in a document behind the last part of its head, None if it has not the usual form."""
    events = yaml.parse(text, Loader=_Loader)
    missing = set(_HEAD)
    for key, end in _entries(events) if _is_block_mapping(events) else ():
        missing.discard(key)
        if not missing:
            return end
    return None


def _is_block_mapping(events: Iterator[Any]) -> bool:
    """Tell whether a document is a mapping whose keys stand at the start of lines, by its first events."""
    before = (yaml.StreamStartEvent, yaml.DocumentStartEvent)
    root = next((event for event in events if not isinstance(event, before)), None)
    mark: Any = getattr(root, "start_mark", None)
    return isinstance(root, yaml.MappingStartEvent) and not root.flow_style and mark.column == 0


def _entries(events: Iterator[Any]) -> Iterator[tuple[str, int]]:
    """Yield each scalar key of a mapping, with the index behind its value; end at a key of another form."""
    while not isinstance(key := _last_event(events), yaml.MappingEndEvent):
        yield getattr(key, "value", ""), _last_event(events).end_mark.index


def _last_event(events: Iterator[Any]) -> Any:  # noqa: ANN401  # PyYAML's events are not typed
    """Take the events of one node, or the end of the mapping around it; return the last of them."""
    depth = 0
    while True:
        event = next(events)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth <= 0:
            return event
