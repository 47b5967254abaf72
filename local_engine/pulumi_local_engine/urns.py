"""The names of resources, made as the real engine makes them. Everything here is pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT_TYPE = "pulumi:pulumi:Stack"
PROVIDER_TYPE_PREFIX = "pulumi:providers:"


@dataclass(frozen=True, slots=True)
class Names:
    """The stack and project that every name of one deployment holds."""

    stack: str
    project: str

    def root(self) -> str:
        """Name the stack itself."""
        return self.urn("", ROOT_TYPE, f"{self.project}-{self.stack}")

    def urn(self, parent: str, type_: str, name: str) -> str:
        """Name a resource: the parent's chain of types (the stack's own left out), its type, its name."""
        chain = "" if not parent or qualified_type(parent) == ROOT_TYPE else f"{qualified_type(parent)}$"
        return f"urn:pulumi:{self.stack}::{self.project}::{chain}{type_}::{name}"


@dataclass(frozen=True, slots=True)
class Alias:
    """A former identity of a resource: a whole URN, or the parts that differed."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str = ""
    no_parent: bool = False


class Declared(Protocol):
    """The parts of a declaration that its names depend on."""

    @property
    def type(self) -> str:
        """The resource's type."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def parent(self) -> str:
        """The URN of its parent, or nothing."""

    @property
    def aliases(self) -> Sequence[Alias]:
        """What it may have been before."""


def qualified_type(urn: str) -> str:
    """Return the chain of types in a URN."""
    return urn.split("::", 3)[2]


def type_of(urn: str) -> str:
    """Return the resource's own type."""
    return qualified_type(urn).rsplit("$", 1)[-1]


def name_of(urn: str) -> str:
    """Return the resource's name."""
    return urn.split("::", 3)[3]


def package_of(type_: str) -> str:
    """Return the package that serves a type; for a provider's own type, the package it provides."""
    return type_.removeprefix(PROVIDER_TYPE_PREFIX).split(":", 1)[0]


def provider_reference(urn: str, id_: str) -> str:
    """Name one configured provider."""
    return f"{urn}::{id_}"


def provider_urn(reference: str) -> str:
    """Return the URN in a provider reference."""
    return reference.rsplit("::", 1)[0]


def alias_urns(names: Names, declared: Declared, former: Mapping[str, str]) -> list[str]:
    """List the URNs that a resource may have had, those it inherits from a renamed parent included.

    `former` maps the URN of each resource found under an alias to that alias.
    """
    own = [_alias_urn(names, alias, declared, former) for alias in declared.aliases]
    inherited: list[str] = []
    if declared.parent in former:
        candidates = [(declared.type, declared.name), *((type_of(urn), name_of(urn)) for urn in own)]
        inherited = [_inherited(names, declared.parent, former, *candidate) for candidate in candidates]
    return list(dict.fromkeys([*own, *inherited]))


def _alias_urn(names: Names, alias: Alias, declared: Declared, former: Mapping[str, str]) -> str:
    if alias.urn:
        return alias.urn
    parent = former.get(alias.parent, alias.parent) or declared.parent
    where = Names(alias.stack or names.stack, alias.project or names.project)
    return where.urn(
        "" if alias.no_parent else parent, alias.type or declared.type, alias.name or declared.name
    )


def _inherited(names: Names, parent: str, former: Mapping[str, str], type_: str, name: str) -> str:
    """Return what a child was called under its parent's former name, of which its own name may begin."""
    was, now = former[parent], name_of(parent)
    return names.urn(was, type_, name_of(was) + name.removeprefix(now) if name.startswith(now) else name)
