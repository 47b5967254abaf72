"""The state while an update runs: what it began with, what it has done so far, what is in flight."""

from __future__ import annotations

import dataclasses
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pulumi_local_engine.resource import PendingOperation, Resource, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pulumi_local_engine.values import Properties


class Snapshot:
    """Merges the resources of the running update into those it began with, and saves after each change.

    A method returns when what it recorded is saved. Of many that wait for that, one saves for all.
    The order keeps every resource behind what it depends on: first those done in this update, then the rest.
    """

    def __init__(self, base: State, save: Callable[[State], None]) -> None:
        """Begin with `base`. `save` is called under a lock."""
        self._base = base
        self._save = save
        self._lock = threading.Lock()
        self._saving = threading.Lock()
        self._changes = self._saved = 0
        self._new: list[Resource] = []
        self._done: set[int] = set()
        self._in_flight: dict[int, PendingOperation] = {}
        self._renamed: dict[str, str] = {}
        self._frozen = False

    def begin(self, resource: Resource, kind: str) -> None:
        """Record that an operation on `resource` is in flight."""
        with self._changing():
            self._in_flight[id(resource)] = PendingOperation(resource, kind)

    def end(self, resource: Resource, *, new: Resource | None = None, old: Resource | None = None) -> None:
        """Record that the operation on `resource` ended: `new` now exists, `old` does not any more."""
        with self._changing():
            self._in_flight.pop(id(resource), None)
            self._record(new, old)

    def keep(self, old: Resource, new: Resource) -> None:
        """Record that nothing was done to `old`, which is `new` from now on."""
        if old.dump() != new.dump():
            self.end(new, new=new, old=old)
            return
        with self._lock:
            self._record(new, old)

    def drop(self, resource: Resource) -> None:
        """Record that `resource` is no longer tracked."""
        with self._changing():
            self._record(None, resource)

    def set_outputs(self, resource: Resource, outputs: Properties) -> None:
        """Record the outputs of a resource that is there already."""
        if outputs != resource.outputs:
            with self._changing():
                resource.outputs = outputs

    def freeze(self) -> None:
        """Write nothing more: the engine goes down, and what is in flight must stay on record."""
        with self._saving:
            self._frozen = True

    def state(self) -> State:
        """Return the merged state."""
        with self._lock:
            return self._merged()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Make the block one change, and save it."""
        with self._lock:
            yield
            self._changes += 1
            change = self._changes
        with self._saving:
            if self._saved < change and not self._frozen:
                self._write()

    def _write(self) -> None:
        with self._lock:
            changes, state = self._changes, self._merged()
        self._save(state)
        self._saved = changes

    def _record(self, new: Resource | None, old: Resource | None) -> None:
        if old is not None:
            self._done.add(id(old))
        if new is not None:
            self._new.append(new)
            self._renamed |= dict.fromkeys(new.aliases, new.urn)

    def _merged(self) -> State:
        kept = [res for res in [*self._new, *self._base.resources] if id(res) not in self._done]
        creating = [operation for operation in self._base.pending if operation.kind == "creating"]
        return State([self._follow(res) for res in kept], [*self._in_flight.values(), *creating])

    def _follow(self, resource: Resource) -> Resource:
        if not self._renamed:
            return resource
        now = self._renamed.get  # references to a former name follow the resource
        urn, _, id_ = resource.provider.rpartition("::")
        return dataclasses.replace(
            resource,
            aliases=[],  # nothing goes by a former name any more
            parent=now(resource.parent, resource.parent),
            provider=f"{now(urn, urn)}::{id_}" if urn else "",
            dependencies=[now(dep, dep) for dep in resource.dependencies],
            property_dependencies={
                key: [now(dep, dep) for dep in deps] for key, deps in resource.property_dependencies.items()
            },
        )
