"""The resources that an update is limited to, and what it leaves out for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_local_engine.registry import is_provider
from pulumi_local_engine.urns import ROOT_TYPE, provider_urn, type_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pulumi_local_engine.resource import Resource


class Targets:
    """The targets of one update; without any, everything is a target."""

    def __init__(self, urns: Iterable[str]) -> None:
        """Limit the update to resources with these URNs."""
        self._urns = list(urns)
        self._left_out: set[str] = set()

    def includes(self, urn: str) -> bool:
        """Whether a resource is created, updated and replaced: the stack and providers are at any rate."""
        return self.names(urn) or type_of(urn) == ROOT_TYPE or is_provider(type_of(urn))

    def names(self, urn: str) -> bool:
        """Whether a resource is a target itself, so that it is deleted too."""
        return not self._urns or urn in self._urns

    def leave_out(self, urn: str) -> None:
        """Take note that a resource is declared and not created."""
        self._left_out.add(urn)

    def missing(self, resource: Resource) -> str | None:
        """Return what a resource depends on and is not created, if there is such a thing.

        It is returned once, as the CLI tells it once in a preview.
        """
        used = {*resource.needs(), resource.parent, provider_urn(resource.provider)}
        found = min(used & self._left_out, default=None)
        self._left_out.discard(found or "")
        return found

    def unknown(self, known: Collection[str]) -> list[str]:
        """List the targets that are not among the URNs of the state and of the program."""
        return [urn for urn in self._urns if urn not in known]
