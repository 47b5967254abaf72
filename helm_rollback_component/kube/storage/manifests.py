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


def _weight(parsed: object) -> int:
    return len(str(parsed)) + _ENTRY


_heads: LruCache[bytes, _Object | None] = LruCache(_HEADS_KEPT, _weight)
_objects: LruCache[bytes, tuple[_Object, ...]] = LruCache(_OBJECTS_KEPT, _weight)
"""By the digest of a document's text."""


class UnreadableError(ValueError):
    """A manifest is not YAML, or not of Kubernetes objects."""


def parse(manifest: str, whole: Callable[[_Object], bool] = lambda _: True) -> tuple[_Object, ...]:
    """Return the objects of a manifest in order, those inside lists among them. They are not to be changed.

    Args:
        manifest: any number of YAML documents.
        whole: tells by an object's head (``apiVersion``, ``kind`` and ``metadata``) whether all of it is
            needed; what else there is of the others may be missing, and is not checked.

    Raises:
        UnreadableError: if there is anything else in it.
    """
    try:
        return tuple(found for text in documents.split(manifest) for found in _parsed(text, whole))
    except (yaml.YAMLError, ValueError):
        return _read(manifest)


def _parsed(text: str, whole: Callable[[_Object], bool]) -> tuple[_Object, ...]:
    key = hashlib.sha256(text.encode()).digest()
    head = _heads.remember(key, lambda: _head(text))
    if head is not None and not whole(head):
        return (head,)
    return _objects.remember(key, lambda: _read(text))


def _head(text: str) -> _Object | None:
    """Return the head of the one object in a document, None if it may be a list or no object."""
    found = documents.head(text)
    kind, metadata = (found.get("kind"), found.get("metadata")) if found else (None, None)
    usual = isinstance(kind, str) and not kind.endswith("List") and isinstance(metadata, dict)
    return found if usual else None


def _read(text: str) -> tuple[_Object, ...]:
    try:
        found = documents.load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableError(_where(error)) from None
    return tuple(each for document in found if document is not None for each in _opened(document))


def _opened(document: Any) -> Iterator[_Object]:  # noqa: ANN401  # anything that YAML can contain
    if not isinstance(document, dict) or not isinstance(document.get("kind"), str):
        raise UnreadableError("it contains something that is not a Kubernetes object")
    items = document.get("items")
    if document["kind"].endswith("List") and isinstance(items, list):
        for item in items:
            yield from _opened(item)
    else:
        yield document


def _where(error: Exception) -> str:
    """Return where the YAML breaks, without repeating what stands there."""
    mark = getattr(error, "problem_mark", None)
    return f"it is not YAML in line {mark.line + 1}" if mark else "it is not YAML"
