"""What the informers know of one release's objects, and of what belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from helm_rollback_component.core.health import objects
from helm_rollback_component.kube.informers.collection import Collection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from helm_rollback_component.core.health.objects import Manifest
    from helm_rollback_component.kube.informers.informer import Informer
    from helm_rollback_component.kube.informers.informers import Informers
    from helm_rollback_component.kube.informers.store import Store

_CROWD = 500
"""Where a namespace has more objects of a kind, those of the release are selected, if that is possible."""

_FEW = 4
"""So many selectors of one kind are worth a watch each."""


class Picture:
    """What is known of one release's objects. Not safe to use from more than one thread.

    Every method may raise the `OperationError` by which the cluster refuses to tell.
    """

    def __init__(self, informers: Informers, on_change: Callable[[], None]) -> None:
        """Know nothing yet.

        Args:
            informers: those of the cluster.
            on_change: called, from any thread, when something that was asked for may have changed.
        """
        self._informers = informers
        self._tell = on_change
        self._held: dict[Collection, Informer] = {}
        self._awaited: dict[Collection, int] = {}
        self._named: set[Collection] = set()
        self._heard: set[tuple[Collection, str]] = set()
        self._fresh = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for collection, informer in self._held.items():
            informer.forget(self._changed)
            self._informers.release(collection)
        self._held.clear()
        self._named.clear()
        self._heard.clear()

    def refresh(self) -> None:
        """Have all that is known be read anew: what is asked for next is no older than now."""
        self._fresh = True
        self._read_anew(self._held)

    def refresh_named(self) -> None:
        """Have what was asked for by name be read anew: it is no older than now when it is asked for next."""
        self._read_anew(self._named)

    def _read_anew(self, collections: Iterable[Collection]) -> None:
        for collection in collections:
            self._awaited[collection] = self._held[collection].refresh()

    def begin(self, places: Iterable[str]) -> None:
        """Begin to read several places at once."""
        for place in places:
            self._hold(Collection(place, at_most=_CROWD))

    def named(self, place: str, names: Sequence[str]) -> dict[str, Manifest]:
        """Return those of the objects of these names that exist there, by name."""
        selected = [Collection(place, fields=f"metadata.name={name}") for name in names]
        return self._find(self._informed(Collection(place, at_most=_CROWD), selected, names=names), names)

    def read(self, place: str, names: Sequence[str]) -> dict[str, Manifest]:
        """Return the same, for objects that are too large to be listed: each is read by its name."""
        return self._find(self._informed(Collection(place, by_name=True), (), names=names), names)

    def owned(
        self, place: str, owners: Sequence[str], selected: Sequence[Collection]
    ) -> dict[str, tuple[Manifest, ...]]:
        """Return the objects there that these owners have, by the owner's UID.

        Args:
            place: where they are.
            owners: the UIDs of the owners.
            selected: what finds them, and not much else, where there are very many objects.
        """
        stores = self._informed(Collection(place, at_most=_CROWD), selected, owners=owners)
        return {owner: _once(each for store in stores for each in store.owned_by(owner)) for owner in owners}

    def lacking(self) -> Iterator[str]:
        """Yield each right that the user was found to lack, one sentence each."""
        for informer in self._held.values():
            yield from informer.lacking

    def _changed(self) -> None:
        """Be a listener of this picture alone: two of them may have the same `on_change`."""
        self._tell()

    def _find(self, stores: Sequence[Store], names: Sequence[str]) -> dict[str, Manifest]:
        found = ((name, store.named(name)) for name in names for store in stores)
        return {name: each for name, each in found if each is not None}

    def _informed(
        self, all_of_it: Collection, selected: Sequence[Collection], **about: Sequence[str]
    ) -> list[Store]:
        """Return where to find what is asked about, whole by now."""
        informer = self._known(all_of_it, **about)
        if not informer.crowded:
            return [informer.store]
        few = selected if 0 < len(selected) <= _FEW else [Collection(all_of_it.path)]
        for each in few:
            self._hold(each)
        return [self._known(each, **about).store for each in few]

    def _known(
        self, collection: Collection, names: Sequence[str] = (), owners: Sequence[str] = ()
    ) -> Informer:
        informer = self._hold(collection)
        for name in names:
            self._listen(collection, informer, name=name)
            self._named.add(collection)
        for owner in owners:
            self._listen(collection, informer, owner=owner)
        informer.await_reading(self._awaited[collection], whole=bool(owners))
        return informer

    def _hold(self, collection: Collection) -> Informer:
        if collection not in self._held:
            self._held[collection] = informer = self._informers.acquire(collection)
            self._awaited[collection] = informer.refresh() if self._fresh else 1
            informer.start()
        return self._held[collection]

    def _listen(self, collection: Collection, informer: Informer, **about: str) -> None:
        (what,) = about.values()
        if (collection, what) not in self._heard:
            number = informer.listen(self._changed, **about)
            self._awaited[collection] = max(number, self._awaited[collection])
            self._heard.add((collection, what))


def _once(found: Iterable[Manifest]) -> tuple[Manifest, ...]:
    return tuple({objects.name(each): each for each in found}.values())
