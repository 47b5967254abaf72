"""What a program asks for: a registration request, checked for what the engine leaves out, and its URN."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pulumi_local_engine.resource import Resource, Timeouts
from pulumi_local_engine.urns import Alias, Names, alias_urns
from pulumi_local_engine.wire import from_wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pulumi_local_engine.values import Properties

_LEFT_OUT: Final = {
    "remote": "remote components",
    "importId": "the `import_` option",
    "transforms": "transforms",
    "deletedWith": "the `deleted_with` option",
    "replace_with": "the `replace_with` option",
    "state_migrations": "state migrations",
}
_UNIT_SECONDS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_DURATION_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(h|ms|m|s|us|µs|ns)")


class UnsupportedError(Exception):
    """The program uses something that this engine leaves out."""

    def __init__(self, what: str) -> None:
        """Say what it is and where it works."""
        super().__init__(f"LocalEngine leaves out {what}; run this program with the Pulumi CLI")


@dataclass(frozen=True, slots=True)
class Goal:
    """One resource as the program declares it."""

    type: str
    name: str
    custom: bool
    properties: Properties = field(default_factory=dict)
    parent: str = ""
    provider: str = ""
    providers: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    protect: bool | None = None
    retain_on_delete: bool | None = None
    delete_before_replace: bool | None = None
    dependencies: list[str] = field(default_factory=list)
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    ignore_changes: list[str] = field(default_factory=list)
    replace_on_changes: list[str] = field(default_factory=list)
    additional_secret_outputs: list[str] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)
    custom_timeouts: Timeouts = field(default_factory=dict)

    def resource(self, urn: str, old: Resource | None) -> Resource:
        """Return the resource that is to be, before any provider has been asked."""
        return Resource(
            urn=urn,
            type=self.type,
            custom=self.custom,
            inputs=self.properties,
            parent=self.parent,
            provider=self.provider,
            dependencies=self.dependencies,
            property_dependencies=self.property_dependencies,
            protect=bool(self.protect),
            retain_on_delete=bool(self.retain_on_delete),
            additional_secret_outputs=self.additional_secret_outputs,
            aliases=[old.urn] if old and old.urn != urn else [],
            custom_timeouts=self.custom_timeouts,
            ignore_changes=self.ignore_changes,
            replace_on_changes=self.replace_on_changes,
            created=old.created if old else "",
            modified=old.modified if old else "",
        )


def read_goal(request: Any) -> Goal:
    """Read a RegisterResourceRequest; raise UnsupportedError for what the engine leaves out."""
    for name, what in _LEFT_OUT.items():
        if getattr(request, name, None):
            raise UnsupportedError(what)
    if request.HasField("replacement_trigger"):
        raise UnsupportedError("the `replacement_trigger` option")
    properties = from_wire(request.object)
    chosen = request.deleteBeforeReplaceDefined or request.deleteBeforeReplace
    return Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        properties=properties,
        parent=request.parent,
        provider=request.provider,
        providers=dict(request.providers),
        version=request.version,
        protect=request.protect if request.HasField("protect") else None,
        retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
        delete_before_replace=request.deleteBeforeReplace if chosen else None,
        dependencies=sorted(request.dependencies),
        property_dependencies=_property_dependencies(request, properties),
        ignore_changes=list(request.ignoreChanges),
        replace_on_changes=list(request.replaceOnChanges),
        additional_secret_outputs=list(request.additionalSecretOutputs),
        aliases=_aliases(request),
        custom_timeouts=_timeouts(request.customTimeouts),
    )


def _property_dependencies(request: Any, properties: Properties) -> dict[str, list[str]]:
    if not request.propertyDependencies:
        return {key: sorted(request.dependencies) for key in properties}
    return {key: sorted(entry.urns) for key, entry in request.propertyDependencies.items()}


def _aliases(request: Any) -> list[Alias]:
    return [*(Alias(urn=urn) for urn in request.aliasURNs), *(_alias(entry) for entry in request.aliases)]


def _alias(entry: Any) -> Alias:
    if entry.urn:
        return Alias(urn=entry.urn)
    spec = entry.spec
    return Alias(
        name=spec.name,
        type=spec.type,
        stack=spec.stack,
        project=spec.project,
        parent=spec.parentUrn,
        no_parent=spec.noParent,
    )


def _timeouts(message: Any) -> Timeouts:
    texts = {name: getattr(message, name) for name in ("create", "update", "delete", "read")}
    return {name: parse_duration(text) for name, text in texts.items() if text}


def parse_duration(text: str) -> float:
    """Return the seconds of a duration such as `1h30m` or `1.5s`."""
    parts = list(_DURATION_PART.finditer(text))
    if not parts or "".join(part.group() for part in parts) != text:
        raise ValueError(f"{text!r} is not a duration such as 5m or 1h30m")
    return sum(float(part[1]) * _UNIT_SECONDS[part[2]] for part in parts)


class IdentityError(Exception):
    """A name is taken, or a parent is missing; the URN is that of the resource that is at fault."""

    def __init__(self, urn: str, message: str) -> None:
        """Tell what is wrong with which resource."""
        super().__init__(message)
        self.urn = urn


class Identities:
    """The URNs of one run: those in the state, those seen so far, and what was known under another name."""

    def __init__(self, names: Names, olds: Iterable[Resource]) -> None:
        """Begin with the resources in the state; those that await their deletion have lost their names."""
        self._names = names
        self._olds = {resource.urn: resource for resource in olds if not resource.delete}
        self._seen: set[str] = set()
        self._former: dict[str, str] = {}  # URN to the one that the resource had in the state

    def name(self, goal: Goal) -> str:
        """Return the URN of what is declared, which must be new to this run."""
        urn = self._names.urn(goal.parent, goal.type, goal.name)
        if goal.parent and goal.parent not in self._seen:
            raise IdentityError(urn, f"could not find parent resource {goal.parent}")
        if urn in self._seen:
            raise IdentityError(urn, f"Duplicate resource URN '{urn}'; try giving it a unique name")
        self._seen.add(urn)
        return urn

    def find(self, urn: str, goal: Goal) -> Resource | None:
        """Return the resource in the state that is meant, if there is one."""
        candidates = [urn, *alias_urns(self._names, goal, self._former)]
        found = next((self._olds[one] for one in candidates if one in self._olds), None)
        if found is not None and found.urn != urn:
            self._claim(urn, found.urn)
        return found

    def was(self, urn: str) -> str:
        """Return the URN that a resource had in the state."""
        return self._former.get(urn, urn)

    def is_claimed(self, urn: str) -> bool:
        """Whether a resource with another URN has turned out to be the one that had this URN."""
        return urn in self._former.values()

    def _claim(self, urn: str, former: str) -> None:
        if former in self._seen or self.is_claimed(former):
            raise IdentityError(
                urn, f"Duplicate resource alias '{former}' applied to resource with URN '{urn}'"
            )
        self._former[urn] = former
