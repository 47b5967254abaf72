"""What must be deleted before its time, because what it depends on is deleted before it is replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_local_engine import graph, steps
from pulumi_local_engine.provider import Call
from pulumi_local_engine.steps import Choice
from pulumi_local_engine.urns import provider_urn
from pulumi_local_engine.values import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pulumi_local_engine.registry import Registry
    from pulumi_local_engine.resource import Resource


class ProtectedDependantError(Exception):
    """A protected resource would have to go."""


class DependentDeletions:
    """Finds the dependants that a deletion before replacement takes along, and remembers them."""

    def __init__(self, olds: Sequence[Resource], registry: Registry) -> None:
        """Look among the resources in the state."""
        self._olds = olds
        self._registry = registry
        self._gone: set[int] = set()
        self._to_recreate: set[str] = set()

    def with_root(self, root: Resource, planned: Collection[str]) -> list[Resource]:
        """Return the dependants of `root` that must go before it, in state order; none is among `planned`."""
        falling = {root.urn}
        found: list[Resource] = []
        for resource in graph.dependents(self._olds, root, planned):
            if id(resource) not in self._gone and self._falls(resource, falling):
                self._refuse_protected(resource, root)
                falling.add(resource.urn)
                found.append(resource)
        self._registry.ensure_for(self._olds, [*found, root])
        self._gone |= {id(resource) for resource in [*found, root]}
        self._to_recreate |= {resource.urn for resource in found}
        return found

    def is_gone(self, resource: Resource) -> bool:
        """Whether its deletion has been planned already."""
        return id(resource) in self._gone

    def take_back(self, urn: str) -> bool:
        """Whether the resource went before its time and is declared after all, so is to be made again."""
        found = urn in self._to_recreate
        self._to_recreate.discard(urn)
        return found

    def _falls(self, resource: Resource, falling: set[str]) -> bool:
        """Whether the provider would replace this resource if what comes from the falling were unknown."""
        if not resource.custom:
            return False
        if resource.provider and provider_urn(resource.provider) in falling:
            return True
        affected = {key for key, deps in resource.property_dependencies.items() if falling & set(deps)}
        if not affected & set(resource.inputs):
            return False
        self._registry.ensure_for(self._olds, [resource])
        news = {key: UNKNOWN if key in affected else value for key, value in resource.inputs.items()}
        call = Call(resource.urn, resource.id, preview=True, ignore_changes=resource.ignore_changes)
        provider = self._registry.serving(resource)
        diff = steps.resolve(
            provider.diff(call, resource.inputs, resource.outputs, news), resource.inputs, news
        )
        return steps.decide(diff, resource.replace_on_changes).choice is Choice.REPLACE

    @staticmethod
    def _refuse_protected(resource: Resource, root: Resource) -> None:
        if resource.protect:
            raise ProtectedDependantError(
                f'unable to replace resource "{resource.urn}" as part of replacing "{root.urn}" '
                "as it is currently marked for protection"
            )
