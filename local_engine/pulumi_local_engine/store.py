"""The files of one stack: its state, its configuration and its lock."""

from __future__ import annotations

import fcntl
import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from pulumi_local_engine.resource import PendingOperation, Resource, State
from pulumi_local_engine.values import (
    SECRET_SIGNATURE,
    SIGNATURE_KEY,
    UNKNOWN,
    UNKNOWN_SENTINEL,
    Secret,
    Value,
    unwrap,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pulumi_local_engine.crypt import Cipher

STATE_VERSION: Final = 3


class LockedError(Exception):
    """Another update of the same stack is running."""


def stack_folder(states: Path, project: str, stack: str) -> Path:
    """Return the folder of one stack, which is made if need be and kept out of version control."""
    folder = states / project / stack
    folder.mkdir(parents=True, exist_ok=True)
    (states / ".gitignore").write_text("*\n")
    return folder


class Store:
    """Reads and writes the files of one stack in a folder of its own."""

    def __init__(self, folder: Path, cipher: Cipher) -> None:
        """Use `folder`, which must exist."""
        self._folder = folder
        self._cipher = cipher
        self._written: dict[int, _Written] = {}

    @property
    def state_path(self) -> Path:
        """Where the state is; the file has no secret in the clear."""
        return self._folder / "state.json"

    def read_state(self) -> State:
        """Return the state as last written; an absent file is an empty state."""
        if not self.state_path.exists():
            return State()
        return load_state(json.loads(self.state_path.read_text())["deployment"], self._cipher.decrypt)

    def write_state(self, state: State) -> None:
        """Replace the state at once, so that a kill leaves either the old or the new."""
        resources = [self._text(resource) for resource in state.resources]
        pending = [
            f'{{"type": {json.dumps(operation.kind)}, "resource": {self._text(operation.resource)}}}'
            for operation in state.pending
        ]
        self._written = {id(resource): self._written[id(resource)] for resource in _all_of(state)}
        _replace(
            self.state_path,
            f'{{"version": {STATE_VERSION}, "deployment": {{{json.dumps(_head())[1:-1]}, '
            f'"resources": [{", ".join(resources)}], "pending_operations": [{", ".join(pending)}]}}}}',
        )

    def _text(self, resource: Resource) -> str:
        """Return a resource's entry, the same text as last time while the resource is the same."""
        entry, known = resource.dump(), self._written.get(id(resource))
        if known is None or known.entry != entry:
            text = json.dumps(freeze(entry, self._cipher.encrypt))
            known = self._written[id(resource)] = _Written(resource, entry, text)
        return known.text

    def read_config(self) -> dict[str, Value]:
        """Return the configuration set on this stack."""
        path = self._folder / "config.json"
        raw = json.loads(path.read_text()) if path.exists() else {}
        return {key: thaw(value, self._cipher.decrypt) for key, value in raw.items()}

    def write_config(self, config: dict[str, Value]) -> None:
        """Replace the configuration."""
        _replace(self._folder / "config.json", json.dumps(freeze(config, self._cipher.encrypt), indent=4))

    def remove(self) -> None:
        """Remove every file of the stack, its folder too."""
        for path in self._folder.iterdir():
            path.unlink()
        self._folder.rmdir()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the stack's lock, which dies with the process that holds it."""
        with (self._folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LockedError("the stack is currently locked by another update") from None
            yield


@dataclass(frozen=True, slots=True)
class _Written:
    resource: Resource  # kept, so that its id stays its own
    entry: dict[str, Any]
    text: str


def dump_state(state: State) -> dict[str, Any]:
    """Return a deployment in the shape of `pulumi stack export`, its secrets marked but in the clear."""
    deployment = _head()
    if state.resources:
        deployment["resources"] = [freeze(resource.dump(), None) for resource in state.resources]
    if state.pending:
        deployment["pending_operations"] = [
            {"resource": freeze(operation.resource.dump(), None), "type": operation.kind}
            for operation in state.pending
        ]
    return deployment


def _head() -> dict[str, Any]:
    return {
        "manifest": {"time": datetime.now(UTC).isoformat(), "magic": "", "version": ""},
        "secrets_providers": {"type": "local-engine"},
    }


def _all_of(state: State) -> Iterator[Resource]:
    yield from state.resources
    yield from (operation.resource for operation in state.pending)


def load_state(deployment: dict[str, Any], decrypt: Callable[[str], str]) -> State:
    """Read a deployment that `dump_state` made."""
    return State(
        [Resource.load(thaw(entry, decrypt)) for entry in deployment.get("resources", [])],
        [PendingOperation.load(thaw(entry, decrypt)) for entry in deployment.get("pending_operations", [])],
    )


def freeze(value: Value, encrypt: Callable[[str], str] | None) -> Value:
    """Turn a value into JSON, each secret into its ciphertext, or marked plaintext without `encrypt`."""
    if isinstance(value, Secret):
        plain = json.dumps(freeze(unwrap(value.value), None), separators=(",", ":"), sort_keys=True)
        hidden = {"ciphertext": encrypt(plain)} if encrypt else {"plaintext": plain}
        return {SIGNATURE_KEY: SECRET_SIGNATURE, **hidden}
    if isinstance(value, dict):
        return {key: freeze(item, encrypt) for key, item in value.items()}
    if isinstance(value, list):
        return [freeze(item, encrypt) for item in value]
    return UNKNOWN_SENTINEL if value is UNKNOWN else value


def thaw(value: Value, decrypt: Callable[[str], str]) -> Value:
    """Undo `freeze`."""
    if isinstance(value, dict) and value.get(SIGNATURE_KEY) == SECRET_SIGNATURE:
        plain = value["plaintext"] if "plaintext" in value else decrypt(value["ciphertext"])
        return Secret(thaw(json.loads(plain), decrypt))
    if isinstance(value, dict):
        return {key: thaw(item, decrypt) for key, item in value.items()}
    if isinstance(value, list):
        return [thaw(item, decrypt) for item in value]
    return UNKNOWN if value == UNKNOWN_SENTINEL else value


def _replace(path: Path, content: str) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_text(content)
    temporary.replace(path)
