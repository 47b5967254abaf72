"""Manifests: from YAML to the objects in it. The same document is parsed once in a process."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import yaml

from helm_rollback_component.kube.storage import documents
from helm_rollback_component.kube.storage.lru_cache import LruCache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Object = dict[str, Any]

_HEADS_KEPT = 16_000_000
_OBJECTS_KEPT = 8_000_000
"""In characters, as Python writes the values down; in memory they take some ten bytes for each."""
_ENTRY = 500
_LONGEST_DOCUMENT = 8_000_000
"""In characters. The API server takes objects of three mebibytes of JSON at most."""


def _weight(parsed: object) -> int:
    return len(str(parsed)) + _ENTRY


_heads: LruCache[bytes, _Object | None] = LruCache(_HEADS_KEPT, _weight)
_objects: LruCache[bytes, tuple[_Object, ...]] = LruCache(_OBJECTS_KEPT, _weight)
"""By the digest of a document's text."""


class UnreadableError(ValueError):
    """A document is not YAML, or not of Kubernetes objects."""


def parse(
    manifest: str,
    whole: Callable[[_Object], bool] = lambda _: True,
    on_unread: Callable[[str], None] = lambda _: None,
) -> tuple[_Object, ...]:
    """Return the objects of a manifest in order, those inside lists among them. They are not to be changed.

    A document that cannot be read is left out, the others are there.

    Args:
        manifest: any number of YAML documents.
        whole: tells by an object's head (``apiVersion``, ``kind`` and ``metadata``) whether all of it is
            needed; what else there is of the others may be missing, and is not checked.
        on_unread: takes, for each document that is left out, where it comes from, and why.
    """
    try:
        return tuple(found for text in documents.split(manifest) for found in _parsed(text, whole))
    except UnreadableError:
        return _read_at_once(manifest) or tuple(_readable(manifest, whole, on_unread))


def _readable(
    manifest: str, whole: Callable[[_Object], bool], on_unread: Callable[[str], None]
) -> Iterator[_Object]:
    for text in documents.split(manifest):
        try:
            yield from _parsed(text, whole)
        except UnreadableError as error:
            on_unread(f"{documents.source(text)}: {error}")


def _parsed(text: str, whole: Callable[[_Object], bool]) -> tuple[_Object, ...]:
    _check_length(text)
    key = hashlib.sha256(text.encode()).digest()
    head = _heads.remember(key, lambda: _head(text))
    if head is not None and not whole(head):
        return (head,)
    return _objects.remember(key, lambda: _read(text))


def _check_length(text: str) -> None:
    if len(text) > _LONGEST_DOCUMENT:
        raise UnreadableError("it is larger than an object can be")


def _head(text: str) -> _Object | None:
    """Return the head of the one object in a document, None if it may be a list or no object."""
    try:
        found = documents.head(text)
    except (yaml.YAMLError, ValueError):
        return None
    usual = found is not None and _is_object(found) and not found["kind"].endswith("List")
    return found if usual else None


def _read_at_once(manifest: str) -> tuple[_Object, ...]:
    """Return the objects of a manifest whose documents cannot be told apart by their first lines."""
    try:
        _check_length(manifest)
        return _read(manifest)
    except UnreadableError:
        return ()


def _read(text: str) -> tuple[_Object, ...]:
    try:
        found = documents.load(text)
    except ValueError as error:
        raise UnreadableError(str(error)) from None
    return tuple(each for document in found if document is not None for each in _opened(document))


def _opened(document: Any) -> Iterator[_Object]:  # noqa: ANN401  # anything that YAML can contain
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
    texts = found.get("apiVersion"), metadata.get("name"), metadata.get("namespace")
    return all(isinstance(text, str | None) for text in texts)
