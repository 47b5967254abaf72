"""Reading from an API server: single objects, whole collections, and their metadata alone."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from helm_rollback_component.kube.api import answers
from helm_rollback_component.kube.api.writes import JSON

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helm_rollback_component.kube.api.transport import Transport

_PAGE = "500"
_METADATA_OF_ONE = f"{JSON};as=PartialObjectMetadata;g=meta.k8s.io;v=v1,{JSON}"
_METADATA_OF_ALL = f"{JSON};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,{JSON}"

_Object = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """A piece of a list.

    Attributes:
        objects: each with its ``kind`` and ``apiVersion``.
        version: the resource version of the whole list.
        last: whether nothing follows.
    """

    objects: list[_Object]
    version: str
    last: bool


class Reads:
    """The reads of one API server; every method may raise what a `Cluster` does."""

    def __init__(self, transport: Transport) -> None:
        """Send nothing yet."""
        self._transport = transport

    def get(self, path: str, query: Mapping[str, str], accept: str = JSON) -> _Object | None:
        """Return an object, or None if it does not exist; `accept` is what the server is to answer with."""
        status, body = self._transport.send("GET", path, query=query, headers={"Accept": accept})
        if status == HTTPStatus.NOT_FOUND:
            return None
        return answers.decode(status, body, f"GET {path}")

    def get_metadata(self, path: str) -> _Object | None:
        """Return the ``metadata`` of an object, without the object, or None if it does not exist."""
        found = self.get(path, {}, _METADATA_OF_ONE)
        return None if found is None else found["metadata"]

    def pages(self, path: str, query: Mapping[str, str]) -> Iterator[Page]:
        """Yield one consistent list of a collection piece by piece; a ``limit`` in the query bounds each."""
        for page in self._pages(path, query, JSON):
            kind = {"apiVersion": page["apiVersion"], "kind": page["kind"].removesuffix("List")}
            metadata = page.get("metadata") or {}
            yield Page(
                objects=[{**kind, **item} for item in page.get("items") or ()],
                version=metadata.get("resourceVersion", ""),
                last=not metadata.get("continue"),
            )

    def list_metadata(self, path: str, query: Mapping[str, str]) -> list[_Object]:
        """Return the ``metadata`` of every object of a collection, without the objects."""
        pages = self._pages(path, query, _METADATA_OF_ALL)
        return [item["metadata"] for page in pages for item in page.get("items") or ()]

    def count(self, path: str, query: Mapping[str, str]) -> int:
        """Return how many objects a collection has, reading one; at least 1 if the server does not say."""
        page = next(self._pages(path, {"limit": "1", **query}, _METADATA_OF_ALL))
        return len(page.get("items") or ()) + ((page.get("metadata") or {}).get("remainingItemCount") or 0)

    def _pages(self, path: str, query: Mapping[str, str], accept: str) -> Iterator[_Object]:
        following = ""
        while True:
            asked = {"limit": _PAGE, **query, **({"continue": following} if following else {})}
            status, body = self._transport.send("GET", path, query=asked, headers={"Accept": accept})
            page = answers.decode(status, body, f"GET {path}")
            yield page
            following = (page.get("metadata") or {}).get("continue", "")
            if not following:
                return
