"""The names of resources, made as the real engine makes them. Everything here is pure."""

from collections.abc import Iterator
from dataclasses import dataclass

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


def alias_urns(
    names: Names, *, type_: str, name: str, parent: str, aliases: list[Alias], renamed: dict[str, str]
) -> list[str]:
    """List the URNs that a resource may have had, those it inherits from a renamed parent included.

    `renamed` maps the URN of each resource found under an alias to that alias.
    """
    own = [
        _alias_urn(names, alias, type_=type_, name=name, parent=parent, renamed=renamed) for alias in aliases
    ]
    inherited: Iterator[str] = iter(())
    if parent in renamed:
        former, known_as = renamed[parent], name_of(parent)
        candidates = [(type_, name), *((type_of(urn), name_of(urn)) for urn in own)]
        inherited = (_inherited(names, former, known_as, *candidate) for candidate in candidates)
    return list(dict.fromkeys([*own, *inherited]))


def _alias_urn(
    names: Names, alias: Alias, *, type_: str, name: str, parent: str, renamed: dict[str, str]
) -> str:
    if alias.urn:
        return alias.urn
    former_parent = renamed.get(alias.parent, alias.parent) or parent
    where = Names(alias.stack or names.stack, alias.project or names.project)
    return where.urn("" if alias.no_parent else former_parent, alias.type or type_, alias.name or name)


def _inherited(names: Names, parent_alias: str, parent_name: str, type_: str, name: str) -> str:
    former = name_of(parent_alias) + name.removeprefix(parent_name) if name.startswith(parent_name) else name
    return names.urn(parent_alias, type_, former)
