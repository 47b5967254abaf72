"""One Kubernetes API server: JSON objects in and out, failures as this package's errors.

A `Cluster` decides nothing and knows nothing of Helm. It may be used from many threads at once.
"""

from __future__ import annotations

import functools
import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from helm_rollback_component.errors import OperationError
from helm_rollback_component.inputs.secret_values import credentials_of
from helm_rollback_component.kube.api import answers, errors, identity, kubeconfig, paths
from helm_rollback_component.kube.api.discovery import ApiKind, Discovery, server_validates_fields
from helm_rollback_component.kube.api.reads import Page, Reads
from helm_rollback_component.kube.api.writes import Writes
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from helm_rollback_component.core.cancellation import Cancellation
    from helm_rollback_component.inputs.redaction import Redactor
    from helm_rollback_component.kube.api.kubeconfig import Selected
    from helm_rollback_component.kube.api.transport import Transport

_CLUSTERS_KEPT = 32
_ABSENT = frozenset({Reason.NOT_FOUND, Reason.NAMESPACE_MISSING})
_STREAM_GRACE = 15.0
_SILENCE = 100.0
"""Seconds: an API server sends a bookmark about once a minute (``bookmarkFrequency`` in its cacher)."""

_Object = dict[str, Any]
_Objects = list[_Object]


class Cluster:
    """A Kubernetes API server, as one context of a kubeconfig reaches it.

    Every method may raise `OperationError` for one of these reasons: ``Unreachable``, ``TooManyRequests``,
    ``ServerError``, ``Conflict``, ``Expired``, ``NamespaceTerminating`` (these are temporary); ``Untrusted``,
    ``Unauthorized``, ``Forbidden``, ``MethodNotAllowed``, ``NotFound``, ``AlreadyExists``,
    ``NamespaceMissing``, ``ObjectInvalid``, ``BadRequest``, ``TooLarge``, ``CredentialPluginFailed``,
    ``UnexpectedAnswer``.
    """

    def __init__(self, selected: Selected, transport: Transport) -> None:
        self._selected = selected
        self._transport = transport
        self._reads = Reads(transport)
        self._writes = Writes(transport, self.get)
        self._discovery = Discovery(self.get)
        self._lock = threading.Lock()
        self._identity = ""
        self._validates_fields: bool | None = None

    @classmethod
    def connect(cls, kubeconfig: str, context: str | None = None) -> Cluster:
        """Return the cluster of a kubeconfig's content and context: the same object at every call.

        Nothing is sent yet.

        Raises:
            ValidationError: if the kubeconfig or the context cannot be used.
        """
        with _connecting:
            return _connect(kubeconfig, context)

    def teach(self, redact: Redactor) -> None:
        """Have the credentials masked by `redact` of the kubeconfig, and what a plugin gives later."""
        redact.learn(credentials_of({"cluster": self._selected.cluster, "user": self._selected.user}))
        self._transport.teach(redact)

    def identity(self) -> str:
        """Return what tells this cluster from any other, read once.

        It holds the UID of its kube-system namespace, where that may be read, and a digest of the server's
        address and certificate authority; see `core.records.cluster_identity`.
        """
        with self._lock:
            self._identity = self._identity or identity.identify(self.get, self._selected.cluster)
            return self._identity

    @property
    def known_identity(self) -> str:
        """What `identity` returned; empty where it was not asked yet."""
        return self._identity

    def has_address_of(self, other: Cluster) -> bool:
        """Whether both are the same server with the same certificate authority; nothing is sent."""
        one, another = (identity.fingerprint(each._selected.cluster) for each in (self, other))  # noqa: SLF001  # of this class
        return one == another

    def now(self) -> datetime:
        """Return the time by the server's clock, as its last answer told it; by ours before there was one."""
        return self._transport.server_time()

    def validates_fields(self) -> bool:
        """Return whether the server refuses unknown fields where it is asked to; its version is read once."""
        with self._lock:
            if self._validates_fields is None:
                answer = self.get(paths.VERSION) or {}
                self._validates_fields = server_validates_fields(answer)
            return self._validates_fields

    def get(self, path: str, **query: str) -> _Object | None:
        """Return an object, or None if it does not exist."""
        return self._reads.get(path, query)

    def get_metadata(self, path: str) -> _Object | None:
        """Return the ``metadata`` of an object, without the object, or None if it does not exist."""
        return self._reads.get_metadata(path)

    def list(self, path: str, **query: str) -> _Objects:
        """Return every object of a collection, each with its ``kind`` and ``apiVersion``."""
        return [found for page in self.pages(path, **query) for found in page.objects]

    def pages(self, path: str, **query: str) -> Iterator[Page]:
        """Yield one consistent list of a collection piece by piece; a ``limit`` in the query bounds each."""
        yield from self._reads.pages(path, query)

    def list_metadata(self, path: str, **query: str) -> _Objects:
        """Return the ``metadata`` of every object of a collection, without the objects."""
        return self._reads.list_metadata(path, query)

    def count(self, path: str, **query: str) -> int:
        """Return how many objects a collection has, reading one; at least 1 if the server does not say."""
        return self._reads.count(path, query)

    def create(self, path: str, body: _Object) -> _Object:
        """Create an object in the collection at `path` and return it as stored."""
        return self._writes.send("POST", path, body)

    def review(self, path: str, spec: _Object) -> _Object:
        """Return the server's answer to a review, such as of the user's rights; it is not stored."""
        return self._writes.review(path, spec)

    def try_create(self, path: str, body: _Object) -> None:
        """Have the server refuse what it would refuse to create in the collection; nothing is stored."""
        self._writes.try_create(path, body)

    def replace(self, path: str, body: _Object) -> _Object:
        """Replace an object; a ``resourceVersion`` in it makes any other version a ``Conflict``."""
        return self._writes.send("PUT", path, body)

    def patch(self, path: str, body: Any, *, content_type: str) -> _Object:
        """Patch an object; the content type says how, such as ``application/merge-patch+json``."""
        return self._writes.send("PATCH", path, body, content_type)

    def delete(self, path: str, body: _Object | None = None) -> bool:
        """Delete an object, with ``DeleteOptions`` if given; return False if it did not exist."""
        try:
            self._writes.send("DELETE", path, body or {})
        except OperationError as error:
            if error.reason in _ABSENT:
                return False
            raise
        return True

    def watch(
        self, path: str, *, timeout: int, stop: Cancellation, **query: str
    ) -> Iterator[tuple[str, _Object]]:
        """Yield ``ADDED``, ``MODIFIED``, ``DELETED`` and ``BOOKMARK`` events with their objects as they come.

        Without a ``resourceVersion`` in the query, what exists already comes first, as ``ADDED``.

        Args:
            path: the collection.
            timeout: the seconds after which it ends.
            stop: ends it at once, from any thread.
            query: such as ``labelSelector``, ``resourceVersion``.

        Raises:
            OperationError: ``Expired`` if the resource version is too old: list, and watch again;
                ``Unreachable`` also if the server is silent for longer than its bookmarks are apart.
        """
        asked = {"watch": "1", "allowWatchBookmarks": "true", "timeoutSeconds": str(timeout), **query}
        if stop.requested:
            return
        silence = min(timeout + _STREAM_GRACE, _SILENCE)
        with self._transport.stream(path, asked, silence=silence, stop=stop) as lines:
            for line in lines:
                if stop.requested:
                    return
                yield answers.event(line, path)

    def greet(self) -> None:
        """Ask once, and not again, whether the server answers at all.

        Raises:
            OperationError: as `Transport.send` does.
        """
        self._transport.ask_once(paths.VERSION, {})

    def text(self, path: str, **query: str) -> str:
        """Return an answer that is plain text, such as a pod's log; it is asked for once."""
        status, body = self._transport.ask_once(path, query)
        if status != HTTPStatus.OK:
            raise errors.refusal(status, body, f"GET {path}")
        return body.decode(errors="replace")

    def find_kind(self, api_version: str, kind: str) -> ApiKind:
        """Return how a kind is spelled in paths and whether it is namespaced.

        Raises:
            OperationError: ``UnknownKind`` if the cluster does not have it.
        """
        return self._discovery.find(api_version, kind)

    def forget_kinds(self) -> None:
        """Ask the server again which kinds it has, as one that it had may be gone."""
        self._discovery.forget()

    def object_path(self, api_version: str, kind: str, name: str, namespace: str) -> str:
        """Return the path of an object, or of the collection where `name` is empty.

        Args:
            api_version: such as ``apps/v1``.
            kind: such as ``Deployment``.
            name: the object's name.
            namespace: its namespace; used only if the kind is namespaced.

        Raises:
            OperationError: ``UnknownKind`` if the cluster does not have the kind.
        """
        found = self.find_kind(api_version, kind)
        return paths.resource(api_version, found.plural, name, namespace if found.namespaced else "")


_connecting = threading.Lock()


@functools.lru_cache(maxsize=_CLUSTERS_KEPT)
def _connect(content: str, context: str | None) -> Cluster:
    from helm_rollback_component.kube.api.transport import Transport  # noqa: PLC0415  # slow to import

    selected = kubeconfig.select(content, context)
    return Cluster(selected, Transport(selected))
