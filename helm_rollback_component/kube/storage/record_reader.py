"""Reading a release's records: the Secrets in which Helm keeps its revisions.

Needs these permissions in the release's namespace: ``get`` and ``list`` on Secrets; with ``watch``, a record
that is waited for is seen at once.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.health.baseline import Stored
from helm_rollback_component.core.health.objects import is_hook, resource
from helm_rollback_component.core.records.history import History, Record
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.api.error_context import about
from helm_rollback_component.kube.storage import manifests, release_codec
from helm_rollback_component.kube.storage.arrival import await_secret
from helm_rollback_component.kube.storage.placement import Placement
from helm_rollback_component.kube.storage.record_caches import KNOWN, TEXTS, VALUES
from helm_rollback_component.kube.storage.record_errors import unreadable
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from helm_rollback_component.core.cancellation import Cancellation
    from helm_rollback_component.core.records.digests import Digester
    from helm_rollback_component.kube.api.client import Cluster
    from helm_rollback_component.kube.storage.release_codec import Release
    from helm_rollback_component.results import Resource

    Whole = Callable[[dict[str, Any]], bool]

_READS_AT_ONCE = 4
_MOST_NOTED = 20
_AND_MORE = "and further ones"
_NOT_STORED = 0
"""No revision has this number."""

_Object = dict[str, Any]


class RecordReader:
    """Reads the records of one release, each version of one once. Safe to use from any thread.

    Every method may raise what `Cluster` raises, with the release named in it.

    Args:
        cluster: where the release is.
        namespace: the release's namespace.
        release: the release's name.
        digester: makes the digests in the history.
    """

    def __init__(self, cluster: Cluster, namespace: str, release: str, digester: Digester) -> None:
        self._cluster = cluster
        self._namespace = namespace
        self._release = release
        self._digester = digester
        self._versions: dict[int, tuple[str, str]] = {}
        self._stored: dict[int, Stored] = {}
        self._unread: dict[int, dict[str, None]] = {}

    def history(self) -> History:
        """Return every stored revision; only those that changed since they were last read are read."""
        with about(self._namespace, self._release):
            return self._read_of(self._listed())

    def newest(self) -> History:
        """Return the newest stored revision alone; that of a release without any is empty."""
        with about(self._namespace, self._release):
            return self._read_of(self._listed()[-1:])

    def await_record(self, revision: int, stop: Cancellation) -> bool:
        """Wait until a revision is stored and return True; or False if `stop` is requested before.

        What is stored is then known here: `objects` does not read it again.

        Raises:
            OperationError: what the cluster refused for good; transient errors are waited out.
        """
        name = release_codec.secret_name(self._release, revision)
        query = release_codec.selector(self._release, f"metadata.name={name}")
        with about(self._namespace, self._release):
            found = await_secret(self._cluster, self._namespace, query, stop)
        if found is None:
            return False
        with suppress(release_codec.UndecodableError):
            self._learn(revision, found)
        return True

    def stored(self, revision: int) -> Stored:
        """Return since when a revision is there, as far as it was read here."""
        return self._stored.get(revision, Stored())

    def manifest(self, revision: int, whole: Whole = lambda _: True) -> tuple[_Object, ...]:
        """Return the objects of a revision, each in the namespace that it is deployed to.

        A revision is read again only if it was another when its history was last read, or was not in it.
        What cannot be read is left out (`unread`). They may contain secrets, and are not to be changed.

        Args:
            revision: its number.
            whole: tells by an object's head (``apiVersion``, ``kind`` and ``metadata``) whether all of it is
                needed; of the others there may be no more than the head. Few and small ones are cheap.

        Raises:
            OperationError: also ``RevisionMissing`` or ``RecordUnreadable``.
        """
        with about(self._namespace, self._release):
            return self._objects(revision, self._texts(revision)[:1], whole)

    def objects(self, revision: int, whole: Whole = lambda _: True) -> tuple[_Object, ...]:
        """Return the objects of a revision and of its hooks; otherwise the same as `manifest`."""
        with about(self._namespace, self._release):
            return self._objects(revision, self._texts(revision), whole)

    def default_values(self, revision: int) -> dict[str, Any]:
        """Return the default values of a revision's chart; raises as `manifest` does."""
        with about(self._namespace, self._release):
            found = self._read(revision)[1]["chart"].get("values")
        return found if isinstance(found, dict) else {}

    def rendered(self, release: Release) -> tuple[_Object, ...]:
        """Return the objects, hooks included, of a release that Helm has rendered and not stored.

        Raises:
            OperationError: also ``MANIFEST_UNREADABLE`` if a part of it cannot be read.
        """
        with about(self._namespace, self._release):
            manifest, *others = release_codec.texts(release)
            hooks = filter(is_hook, self._objects(_NOT_STORED, others, lambda _: True))
            found = (*self._objects(_NOT_STORED, [manifest], lambda _: True), *hooks)
            if unread := self.unread(_NOT_STORED):
                raise OperationError("; ".join(unread), reason=Reason.MANIFEST_UNREADABLE)
            return found

    def values(self, revision: int) -> dict[str, Any]:
        """Return the values that a revision was given; they may be secret. Raises as `manifest` does."""
        with about(self._namespace, self._release):
            self._texts(revision)
            return json.loads(VALUES[self._versions[revision]])  # type: ignore[no-any-return]

    def known_values(self) -> Iterator[dict[str, Any]]:
        """Yield the values of each revision that was read; they may be secret."""
        for version in self._versions.values():
            with suppress(KeyError):
                yield json.loads(VALUES[version])

    def resources(self, revision: int) -> tuple[Resource, ...]:
        """Return which objects a revision is made of; raises as `manifest` does."""
        return tuple(resource(each, "") for each in self.manifest(revision, lambda _: False))

    def unread(self, revision: int) -> tuple[str, ...]:
        """Return what of a revision could not be read here so far: each document's source, and why."""
        return tuple(self._unread.get(revision, ()))

    def _read_of(self, listed: list[tuple[int, _Object]]) -> History:
        with ThreadPoolExecutor(_READS_AT_ONCE) as readers:
            self._versions = {revision: _version(meta) for revision, meta in listed}
            facts = list(readers.map(self._facts, listed))
        found = [fact for fact in facts if fact]
        return History(
            records=tuple(record for _, record in found if record),
            unreadable=tuple(revision for revision, record in found if record is None),
        )

    def _listed(self, *fields: str) -> list[tuple[int, _Object]]:
        """Return number and metadata of every revision in ascending order, or of those with such fields."""
        query = release_codec.selector(self._release, *fields)
        found = self._cluster.list_metadata(paths.secrets(self._namespace), **query)
        numbered = ((release_codec.revision_of(meta["name"], self._release), meta) for meta in found)
        return sorted(((number, meta) for number, meta in numbered if number), key=itemgetter(0))

    def _facts(self, listed: tuple[int, _Object]) -> tuple[int, Record | None] | None:
        """Return a revision with its record, None if it cannot be decoded; None if it is gone by now."""
        revision, meta = listed
        try:
            return revision, KNOWN[self._key(meta)]
        except KeyError:
            secret = self._cluster.get(self._path(revision))
        if secret is None:
            return None
        try:
            return revision, self._learn(revision, secret)[1]
        except release_codec.UndecodableError:
            KNOWN[self._key(secret["metadata"])] = None
            return revision, None

    def _texts(self, revision: int) -> tuple[str, ...]:
        """Return the YAML of a revision, which Helm writes once and never changes."""
        try:
            return TEXTS[self._versions[revision]]
        except KeyError:
            return release_codec.texts(self._read(revision)[1])

    def _read(self, revision: int) -> tuple[_Object, Release]:
        secret = self._cluster.get(self._path(revision))
        if secret is None:
            raise OperationError(f"revision {revision} is not stored", reason=Reason.REVISION_MISSING)
        try:
            return secret, self._learn(revision, secret)[0]
        except release_codec.UndecodableError as error:
            raise unreadable(revision, error) from None

    def _learn(self, revision: int, secret: _Object) -> tuple[Release, Record | None]:
        """Decode a record and remember what is in it; give it to history, if that is possible."""
        version = _version(secret["metadata"])
        release = release_codec.decode(secret, revision)
        TEXTS[version] = release_codec.texts(release)
        VALUES[version] = json.dumps(release.get("config") or {})
        self._versions[revision] = version
        self._stored.setdefault(revision, release_codec.stored(secret))
        record = KNOWN[self._key(secret["metadata"])] = self._record(release, secret)
        return release, record

    def _record(self, release: Release, secret: _Object) -> Record | None:
        try:
            found = release_codec.record(release, self._digester)
            return replace(
                found,
                stored_at=release_codec.stored(secret).at,
                by_kubernetes_provider=release_codec.is_of_kubernetes_provider(secret),
            )
        except release_codec.UndecodableError:
            return None

    def _objects(self, revision: int, texts: Iterable[str], whole: Whole) -> tuple[_Object, ...]:
        def note(fault: str) -> None:
            noted = self._unread.setdefault(revision, {})
            noted[fault if len(noted) < _MOST_NOTED else _AND_MORE] = None

        room, placement = manifests.Room(), Placement(self._cluster, self._namespace)
        return tuple(
            placement.of(found) for text in texts for found in manifests.parse(text, whole, note, room)
        )

    def _path(self, revision: int) -> str:
        return paths.secrets(self._namespace, release_codec.secret_name(self._release, revision))

    def _key(self, meta: _Object) -> tuple[str, str, str]:
        return (*_version(meta), self._digester.kind)


def _version(meta: _Object) -> tuple[str, str]:
    return meta["uid"], meta["resourceVersion"]
