"""The objects of a collection as they were last seen, found by name and by owner."""

from __future__ import annotations

import threading
from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from helm_rollback_component.core.health.objects import Manifest

    Listener = Callable[[], None]


_NAME, _OWNER = "name", "owner"


class Store:
    """Objects by name and by owner, and who wants to know of their changes. Safe to use from any thread.

    An object's owner is its controller; an event's, the object that it is about. Listeners are called in the
    thread that makes the change, and must be quick.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._objects: dict[str, Manifest] = {}
        self._owned: defaultdict[str, dict[str, Manifest]] = defaultdict(dict)
        self._listeners: defaultdict[tuple[str, str], set[Listener]] = defaultdict(set)

    def named(self, name: str) -> Manifest | None:
        """Return the object of that name, if there is one."""
        return self._objects.get(name)

    def owned_by(self, uid: str) -> tuple[Manifest, ...]:
        """Return the objects of an owner."""
        with self._lock:
            return tuple(self._owned.get(uid, {}).values())

    def names(self) -> frozenset[str]:
        """Return the names that somebody listens to."""
        with self._lock:
            return frozenset(name for what, name in self._listeners if what == _NAME)

    def listen(self, listener: Listener, *, name: str = "", owner: str = "") -> bool:
        """Have `listener` called when the object of that name, or one of that owner, has changed.

        Returns:
            Whether nobody has listened to that until now.
        """
        about = (_NAME, name) if name else (_OWNER, owner)
        with self._lock:
            unheard = about not in self._listeners
            self._listeners[about].add(listener)
        return unheard

    def forget(self, listener: Listener) -> None:
        """Call the listener no more."""
        with self._lock:
            for those in self._listeners.values():
                those.discard(listener)
            self._listeners = defaultdict(
                set, {about: those for about, those in self._listeners.items() if those}
            )

    def put(self, found: Manifest) -> None:
        """Take an object as it is now."""
        self._tell(self._change([found], []))

    def drop(self, name: str) -> None:
        """Take it that there is no object of that name any more."""
        self._tell(self._change([], [name]))

    def replace(self, found: Iterable[Manifest]) -> None:
        """Take these as all objects that there are."""
        new = list(found)
        gone = self._objects.keys() - {objects.name(each) for each in new}
        self._tell(self._change(new, gone))

    def _change(self, new: Iterable[Manifest], gone: Iterable[str]) -> set[Listener]:
        with self._lock:
            changed = [*map(self._remove, gone), *chain(*map(self._add, new))]
            return {listener for each in changed for listener in self._interested(each)}

    def _add(self, found: Manifest) -> tuple[Manifest, ...]:
        """Return the object as it was and as it is, nothing if that is the same."""
        name = objects.name(found)
        known = self._objects.get(name)
        if known is not None and _version(known) == _version(found):
            return ()
        before = self._remove(name)
        self._objects[name] = found
        for owner in _owners(found):
            self._owned[owner][name] = found
        return before, found

    def _remove(self, name: str) -> Manifest:
        found = self._objects.pop(name, {})
        for owner in _owners(found):
            self._owned[owner].pop(name, None)
            if not self._owned[owner]:
                del self._owned[owner]
        return found

    def _interested(self, changed: Manifest) -> Iterator[Listener]:
        yield from self._listeners.get((_NAME, objects.name(changed)), ())
        for owner in _owners(changed):
            yield from self._listeners.get((_OWNER, owner), ())

    def _tell(self, listeners: Iterable[Listener]) -> None:
        for listener in listeners:
            listener()


def _version(found: Manifest) -> tuple[str, str]:
    return objects.uid(found), foreign.text(objects.meta(found), "resourceVersion")


def _owners(found: Manifest) -> tuple[str, ...]:
    if objects.kind(found) == "Event":
        return (foreign.text(foreign.mapping(found, "involvedObject"), "uid"),)
    controller = objects.controller_uid(found)
    return (controller,) if controller else ()
