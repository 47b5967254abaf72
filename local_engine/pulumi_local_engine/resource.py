"""What the engine remembers of a resource, and its form in a state file (the CLI's checkpoint, version 3)."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pulumi_local_engine.values import Properties

Timeouts = dict[str, float]

_OPTIONAL: Final = {
    "delete": "delete",
    "id": "id",
    "init_errors": "initErrors",
    "parent": "parent",
    "protect": "protect",
    "dependencies": "dependencies",
    "provider": "provider",
    "property_dependencies": "propertyDependencies",
    "pending_replacement": "pendingReplacement",
    "additional_secret_outputs": "additionalSecretOutputs",
    "aliases": "aliases",
    "custom_timeouts": "customTimeouts",
    "retain_on_delete": "retainOnDelete",
    "created": "created",
    "modified": "modified",
    "ignore_changes": "ignoreChanges",
    "replace_on_changes": "replaceOnChanges",
}


@dataclass(slots=True, eq=False)
class Resource:
    """One resource. Two may share a URN while one replaces the other, so identity is the object's own."""

    urn: str
    type: str
    custom: bool
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)
    id: str = ""
    parent: str = ""
    provider: str = ""
    dependencies: list[str] = field(default_factory=list)
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    protect: bool = False
    retain_on_delete: bool = False
    delete: bool = False
    pending_replacement: bool = False
    additional_secret_outputs: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    init_errors: list[str] = field(default_factory=list)  # why its last operation was a partial failure
    custom_timeouts: Timeouts = field(default_factory=dict)
    ignore_changes: list[str] = field(default_factory=list)
    replace_on_changes: list[str] = field(default_factory=list)
    created: str = ""
    modified: str = ""

    def copy(self) -> Resource:
        """Return another resource with the same content."""
        return copy.copy(self)

    def needs(self) -> set[str]:
        """Return the URNs of what this resource depends on, its parent and provider apart."""
        return {*self.dependencies, *(urn for urns in self.property_dependencies.values() for urn in urns)}

    def timeout(self, operation: str) -> float:
        """Return the custom timeout for `operation` in seconds; 0 means none."""
        return self.custom_timeouts.get(operation, 0.0)

    def dump(self) -> dict[str, Any]:
        """Return the entry of a state file; secrets are still wrapped."""
        entry: dict[str, Any] = {"urn": self.urn, "custom": self.custom, "type": self.type}
        entry |= {"inputs": self.inputs, "outputs": self.outputs}
        entry |= {key: getattr(self, name) for name, key in _OPTIONAL.items() if getattr(self, name)}
        return entry

    @classmethod
    def load(cls, entry: dict[str, Any]) -> Resource:
        """Read an entry of a state file."""
        known = {name: entry[key] for name, key in _OPTIONAL.items() if key in entry}
        return cls(
            urn=entry["urn"],
            type=entry["type"],
            custom=entry["custom"],
            inputs=entry.get("inputs", {}),
            outputs=entry.get("outputs", {}),
            **known,
        )


@dataclass(frozen=True, slots=True)
class PendingOperation:
    """An operation that was in flight when the state was last written."""

    resource: Resource
    kind: str  # creating, updating, deleting

    @classmethod
    def load(cls, entry: dict[str, Any]) -> PendingOperation:
        """Read an entry of a state file."""
        return cls(Resource.load(entry["resource"]), entry["type"])


@dataclass(slots=True)
class State:
    """All that a stack has: resources in an order in which each follows its dependencies."""

    resources: list[Resource] = field(default_factory=list)
    pending: list[PendingOperation] = field(default_factory=list)
