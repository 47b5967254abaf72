"""YAML as Helm and Kubernetes read it: values from libyaml's events, by the rules of Go's library. Pure.

Go's parser is a translation of libyaml, so what one of them takes for YAML, the other does; within brackets a
colon (`flow_colons`) and a question mark are taken as Go takes them. What the events mean is Go's own
(`go_scalars`): an anchor may be given twice, a key as well (the last one wins), keys are texts, and tags that
Go does not know are passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import yaml

from helm_rollback_component.inputs import go_scalars
from helm_rollback_component.inputs.flow_colons import PythonLoader, Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Loader: Any = getattr(yaml, "CSafeLoader", PythonLoader)
"""What reads the events: libyaml, or Python's own parser where PyYAML was built without it."""

DEEPEST = 100
"""How many levels deep values may be nested. Go allows more; nothing that Kubernetes takes is so deep."""
_MOST_NODES = 1_000_000
"""Of one document, those behind aliases included: they take a second, and a hundred mebibytes."""
_MERGE_TAG = "tag:yaml.org,2002:merge"
_UNFINISHED = object()
_MANY_NODES, _MANY_ALIASED = 1000, 100
_SMALL, _LARGE = 400_000, 4_000_000


class YamlError(ValueError):
    """A text is not YAML, or YAML that Go does not read. The message repeats nothing of the text.

    Attributes:
        line: where it breaks, counted from 1; None where that is not known.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(f"{message} in line {line}" if line else message)
        self.line = line


def first_document(text: str | bytes) -> Any:
    """Return what the first document of a text holds, None if there is none: Go reads no further.

    Raises:
        YamlError: Go would not read it either.
    """
    return next(documents(text), None)


def documents(text: str | bytes, spend: Callable[[int], None] = lambda _: None) -> Iterator[Any]:
    """Yield what each document of a text holds; raises as `first_document` does.

    An object that stands behind several aliases is one object: what is yielded is not to be changed.

    Args:
        text: what to read.
        spend: takes how many more values are read, before they are; it may raise a ValueError of its own.
    """
    try:
        yield from _documents(Reading(text), spend)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError("it is not YAML", mark.line + 1 if mark else None) from None
    except (yaml.YAMLError, UnicodeError):
        raise YamlError("it is not YAML") from None


def _documents(reading: Reading, spend: Callable[[int], None]) -> Iterator[Any]:
    """Yield the documents; where a colon is refused that Go reads, go on with another reading."""
    done = 0
    again: Reading | None = reading
    while again:
        reading, again = again, None
        try:
            for document in islice(_read(reading, spend), done, None):
                yield document
                done += 1
        except yaml.scanner.ScannerError as refusal:
            again = reading.after(refusal)
            if again is None:
                raise


def _read(reading: Reading, spend: Callable[[int], None]) -> Iterator[Any]:
    builder = _Builder(reading, spend)
    while builder.begins_document():
        yield builder.document()


@dataclass(slots=True)
class _Anchored:
    """What an anchor stands for, how many nodes that are, and how many levels."""

    value: Any = _UNFINISHED
    size: int = 0
    height: int = 0


class _Builder:
    """Makes values of the events of one text."""

    def __init__(self, reading: Reading, spend: Callable[[int], None]) -> None:
        self._spend = spend
        self._next = Loader(reading.text).get_event
        self._restored = reading.restored
        self._anchors: dict[str, _Anchored] = {}
        self._nodes = self._aliased = self._brackets = self._depth = self._reached = 0

    def begins_document(self) -> bool:
        """Tell whether another document begins, and go to its first node."""
        while not isinstance(event := self._next(), yaml.DocumentStartEvent):
            if isinstance(event, yaml.StreamEndEvent):
                return False
        return True

    def document(self) -> Any:
        """Return what the document holds."""
        self._anchors = {}
        self._nodes = self._aliased = self._brackets = self._depth = self._reached = 0
        return self._node(self._next())

    def _node(self, event: Any) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self._behind(event)
        before = self._nodes
        self._count(1, event)
        if event.anchor is None:
            return self._made(event)
        anchored = self._anchors[event.anchor] = _Anchored()
        reached, self._reached = self._reached, self._depth
        anchored.value = self._made(event)
        anchored.size = self._nodes - before
        anchored.height = self._reached - self._depth
        self._reached = max(self._reached, reached)
        return anchored.value

    def _made(self, event: Any) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        self._depth += 1
        self._brackets += bool(event.flow_style)
        self._reach(0, event)
        made = self._mapping() if isinstance(event, yaml.MappingStartEvent) else self._sequence()
        self._brackets -= bool(event.flow_style)
        self._depth -= 1
        return made

    def _scalar(self, event: Any) -> go_scalars.Scalar:
        text = event.value if event.style else self._plain(event)
        try:
            return go_scalars.resolved(text, event.tag, plain=event.implicit[0])
        except ValueError as error:
            raise YamlError(str(error), _line(event)) from None

    def _plain(self, event: Any) -> str:
        if self._brackets and "?" in event.value:
            raise YamlError("a text within brackets contains a question mark and no quotes", _line(event))
        return self._restored(event.value)

    def _sequence(self) -> list[Any]:
        items = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._node(event))
        return items

    def _mapping(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if _is_merge(event):
                found.update(self._merged(self._next()))
            else:
                key = self._key(event)
                found[key] = self._node(self._next())
        return found

    def _key(self, event: Any) -> str:
        key = self._node(event)
        if isinstance(key, str):
            return key
        try:
            return go_scalars.key_text(key)
        except ValueError as error:
            raise YamlError(str(error), _line(event)) from None

    def _merged(self, event: Any) -> dict[str, Any]:
        """Return what a merge key brings; of several mappings, the first one that has a key counts."""
        value = self._node(event)
        several = isinstance(value, list) and not isinstance(event, yaml.AliasEvent)
        merged: dict[str, Any] = {}
        for each in reversed(value) if several else (value,):
            if not isinstance(each, dict):
                raise YamlError("a merge key needs a mapping or a list of mappings", _line(event))
            merged.update(each)
        return merged

    def _behind(self, alias: Any) -> Any:
        found = self._anchors.get(alias.anchor)
        if found is None or found.value is _UNFINISHED:
            what = "an alias of no anchor" if found is None else "an anchor that contains itself"
            raise YamlError(f"there is {what}", _line(alias))
        self._count(1 + found.size, alias)
        self._reach(found.height, alias)
        self._aliased += found.size
        if self._is_too_much():
            raise YamlError("there are too many aliases", _line(alias))
        return found.value

    def _count(self, nodes: int, event: Any) -> None:
        self._spend(nodes)
        self._nodes += nodes
        if self._nodes > _MOST_NODES:
            raise YamlError("it has too many values", _line(event))

    def _reach(self, height: int, event: Any) -> None:
        self._reached = max(self._reached, self._depth + height)
        if self._reached > DEEPEST:
            raise YamlError("it is nested too deeply", _line(event))

    def _is_too_much(self) -> bool:
        """Tell whether so much stands behind aliases that Go takes it for an attack."""
        many = self._nodes > _MANY_NODES and self._aliased > _MANY_ALIASED
        grown = min(max(self._nodes - _SMALL, 0) / (_LARGE - _SMALL), 1.0)
        return many and self._aliased / self._nodes > 0.99 - 0.89 * grown  # Go's own bounds


def _is_merge(event: Any) -> bool:
    if not isinstance(event, yaml.ScalarEvent) or event.value != "<<":
        return False
    return bool(event.implicit[0]) or event.tag == _MERGE_TAG


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
