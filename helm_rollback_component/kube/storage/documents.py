"""A manifest's text: cut into YAML documents, and what is in one of them, all of it or its head. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from helm_rollback_component.inputs import go_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HEAD = ("apiVersion", "kind", "metadata")
_BREAKS = "\n\r\x85\u2028\u2029"
_BYTE_ORDER_MARK = "\ufeff"  # libyaml does not count it in its indexes
_SEPARATOR = re.compile(rf"\n(?=---(?:[ \t{_BREAKS}]|\Z))")

_SOURCE = re.compile(r"^# Source: (.{1,500})", re.MULTILINE)
_UNSURE = re.compile(rf"[{_BREAKS}](?:apiVersion|kind|metadata|---|\.\.\.|[\"'?&*!<{{\[%])")
"""A line that may repeat or change a key of the head, or begin another document."""


def split(manifest: str) -> Iterator[str]:
    """Yield the text of one document after the other.

    YAML has no scalar that contains a separator: at the start of a line it always begins a document.
    """
    begin = 0
    for found in _SEPARATOR.finditer(manifest):
        yield manifest[begin : found.end()]
        begin = found.end()
    yield manifest[begin:]


def source(text: str) -> str:
    """Return where a document comes from, as Helm notes it in the first line: ``web/templates/a.yaml``."""
    found = _SOURCE.search(text)
    return found[1].strip() if found else "a document without a source"


def load(text: str, spend: Callable[[int], None] = lambda _: None) -> list[Any]:
    """Return what a text holds, one value for each document in it.

    Args:
        text: what to read.
        spend: takes how many more values are read; it may raise a ValueError of its own.

    Raises:
        ValueError: if it is not YAML.
    """
    return list(go_yaml.documents(text, spend))


def head(text: str, spend: Callable[[int], None] = lambda _: None) -> dict[str, Any] | None:
    """Return a document's ``apiVersion``, ``kind`` and ``metadata``.

    What stands behind them is not parsed; None if it has to be, to know them for certain. There are no
    aliases in them.

    Args:
        text: the document.
        spend: as in `load`.

    Raises:
        ValueError: if it is not YAML.
        yaml.YAMLError: the same.
    """
    end = None if _BYTE_ORDER_MARK in text else _end_of_head(text, spend)
    if end is None or _UNSURE.search(text, end - 1):
        return None
    (found,) = load(text[:end], spend)
    return {key: found[key] for key in _HEAD if key in found}


def _end_of_head(text: str, spend: Callable[[int], None]) -> int | None:
    """Return the index in a document behind the last part of its head, None if it has not the usual form."""
    events = _counted(yaml.parse(text, Loader=go_yaml.Loader), spend)
    missing = set(_HEAD)
    for key, end in _entries(events) if _is_block_mapping(events) else ():
        missing.discard(key)
        if not missing:
            return end
    return None


def _counted(events: Iterator[Any], spend: Callable[[int], None]) -> Iterator[Any]:
    """Yield the events as long as none stands for others: what they are worth is their number."""
    for event in events:
        spend(1)
        if isinstance(event, yaml.AliasEvent):
            raise go_yaml.YamlError("it has an alias")
        yield event


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


def _last_event(events: Iterator[Any]) -> Any:
    """Take the events of one node, or the end of the mapping around it; return the last of them."""
    depth = 0
    while depth <= go_yaml.DEEPEST:
        event = next(events)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth <= 0:
            return event
    raise go_yaml.YamlError("it is nested too deeply")
