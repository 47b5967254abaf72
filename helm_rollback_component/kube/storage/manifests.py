"""Manifests: from YAML to the objects in it. The same document is parsed once in a process."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from helm_rollback_component.kube.storage import documents
from helm_rollback_component.kube.storage.lru_cache import LruCache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Object = dict[str, Any]

_HEADS_KEPT = 16_000_000
_CONTENTS_KEPT = 8_000_000
"""In characters of YAML; in memory they take some ten bytes for each."""
_ENTRY = 500
_LONGEST_DOCUMENT = 8_000_000
"""In characters. The API server takes objects of three mebibytes of JSON at most."""
_LONGEST_NAME = 500
_MOST_VALUES = 500_000
"""Of one revision, those behind aliases included: they take a second, and a hundred mebibytes."""
_DOCUMENT = 10
"""What a document costs besides its values, in values."""


@dataclass(frozen=True)
class _Read:
    """What was read of one document.

    Attributes:
        weight: what it takes of a cache.
        values: how many values it cost to know it.
        objects: the objects in it; of a head, one or none.
        fault: why it cannot be read, or an empty string.
    """

    weight: int
    values: int
    objects: tuple[_Object, ...] = ()
    fault: str = ""


def _weight(read: _Read) -> int:
    return read.weight


_heads: LruCache[bytes, _Read] = LruCache(_HEADS_KEPT, _weight)
_contents: LruCache[bytes, _Read] = LruCache(_CONTENTS_KEPT, _weight)
"""By the digest of a document's text."""


class UnreadableError(ValueError):
    """A document is not YAML, or not of Kubernetes objects."""


class SpentError(UnreadableError):
    """There is no room for another document."""


class Room:
    """How many values may still be read of one revision: of its manifest, and of its hooks' ones."""

    def __init__(self, left: int = _MOST_VALUES) -> None:
        self._left = left

    def take(self, values: int) -> None:
        """Take so many of them.

        Raises:
            SpentError: there are not that many left, from now on.
        """
        self._left -= values
        if self._left < 0:
            raise SpentError("the objects from here on: the revision has more values than can be read")


def parse(
    manifest: str,
    whole: Callable[[_Object], bool] = lambda _: True,
    on_unread: Callable[[str], None] = lambda _: None,
    room: Room | None = None,
) -> tuple[_Object, ...]:
    """Return the objects of a manifest in order, those inside lists among them. They are not to be changed.

    A document that cannot be read is left out, the others are there.

    Args:
        manifest: any number of YAML documents.
        whole: tells by an object's head (``apiVersion``, ``kind`` and ``metadata``) whether all of it is
            needed; what else there is of the others may be missing, and is not checked.
        on_unread: takes, for each document that is left out, where it comes from, and why.
        room: what may be read; what does not fit in it is left out. That of one revision unless given.
    """
    room = room or Room()
    found: list[_Object] = []
    faults: list[str] = []
    for text in documents.split(manifest):
        try:
            found += _parsed(text, whole, room)
        except SpentError as error:
            faults.append(str(error))
            break
        except UnreadableError as error:
            faults.append(f"{documents.source(text)}: {error}")
    together = _read_at_once(manifest, room) if faults else ()
    for fault in () if together else faults:
        on_unread(fault)
    return together or tuple(found)


def _parsed(text: str, whole: Callable[[_Object], bool], room: Room) -> tuple[_Object, ...]:
    _check_length(text)
    key = hashlib.sha256(text.encode()).digest()
    head = _heads.remember(key, lambda: _head(text))
    room.take(_DOCUMENT + head.values)
    if head.objects and not whole(head.objects[0]):
        return head.objects
    return _whole(text, key, room)


def _whole(text: str, key: bytes, room: Room) -> tuple[_Object, ...]:
    read = _contents.remember(key, lambda: _read(text))
    room.take(read.values)
    if read.fault:
        raise UnreadableError(read.fault)
    return read.objects


def _check_length(text: str) -> None:
    if len(text) > _LONGEST_DOCUMENT:
        raise UnreadableError("it is larger than an object can be")


class _Meter:
    """Counts the values of one document."""

    def __init__(self) -> None:
        self.values = 0

    def spend(self, values: int) -> None:
        """Count further ones, up to as many as a whole revision may have."""
        self.values += values
        if self.values > _MOST_VALUES:
            raise UnreadableError("it has too many values")


def _head(text: str) -> _Read:
    """Return the head of the one object in a document, nothing if it may be a list or no object."""
    meter = _Meter()
    try:
        found = documents.head(text, meter.spend)
    except (yaml.YAMLError, ValueError):
        found = None
    heads = () if found is None or not _is_object(found) or found["kind"].endswith("List") else (found,)
    return _Read(len(str(heads)) + _ENTRY, meter.values, heads)


def _read_at_once(manifest: str, room: Room) -> tuple[_Object, ...]:
    """Return the objects of a manifest whose documents cannot be told apart by their first lines."""
    try:
        _check_length(manifest)
        room.take(0)
        return _whole(manifest, hashlib.sha256(manifest.encode()).digest(), room)
    except UnreadableError:
        return ()


def _read(text: str) -> _Read:
    meter = _Meter()
    try:
        found = documents.load(text, meter.spend)
        opened = tuple(each for document in found if document is not None for each in _opened(document))
    except ValueError as error:
        return _Read(_ENTRY, meter.values, fault=str(error))
    return _Read(len(text) + _ENTRY, meter.values, opened)


def _opened(document: Any) -> Iterator[_Object]:
    if not isinstance(document, dict) or not _is_object(document):
        raise UnreadableError("it contains something that is not a Kubernetes object")
    items = document.get("items")
    if document["kind"].endswith("List") and isinstance(items, list):
        for item in items:
            yield from _opened(item)
    else:
        yield document


def _is_object(found: _Object) -> bool:
    metadata = found.get("metadata") or {}
    if not isinstance(metadata, dict) or not isinstance(found.get("kind"), str):
        return False
    texts = found["kind"], found.get("apiVersion"), metadata.get("name"), metadata.get("namespace")
    return all(text is None or (isinstance(text, str) and len(text) <= _LONGEST_NAME) for text in texts)
