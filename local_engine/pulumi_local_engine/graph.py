"""Who depends on whom among the resources of a state. Everything here is pure.

Every list is in state order: a resource follows what it depends on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_local_engine.urns import provider_urn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pulumi_local_engine.resource import Resource


def dependents(resources: Sequence[Resource], root: Resource, ignore: Iterable[str] = ()) -> list[Resource]:
    """List what depends on `root`, directly or not, through a dependency or as its provider."""
    ignored, affected, found = set(ignore), {root.urn}, []
    for candidate in resources[_index(resources, root) + 1 :]:
        if candidate.urn not in ignored and affected & _uses(candidate):
            affected.add(candidate.urn)
            found.append(candidate)
    return found


def deletion_order(resources: Sequence[Resource], condemned: Sequence[Resource]) -> list[list[Resource]]:
    """Group the condemned: each group may go at once, and only after the groups before it have gone."""
    remaining, groups = list(condemned), []
    edges = {id(res): _dependencies(resources, res) for res in remaining}
    while remaining:
        present = {id(res) for res in remaining}
        group = [res for res in remaining if not edges[id(res)] & present]
        groups.append(group)
        gone = {id(res) for res in group}
        remaining = [res for res in remaining if id(res) not in gone]
    return groups[::-1]


def requirements(resources: Sequence[Resource], root: Resource) -> set[int]:
    """Return the identities of all that `root` needs, directly or not: dependencies, parents, providers."""
    needed = {id(root)}
    for resource in reversed(resources):
        if id(resource) in needed:
            needed |= _dependencies(resources, resource)
    return needed


def without(resources: Sequence[Resource], gone: Iterable[Resource]) -> list[Resource]:
    """Return copies of `resources` without those `gone`, nor references to them; children move up."""
    missing = {id(resource) for resource in gone}
    parents: dict[str, str] = {}
    kept: list[Resource] = []
    present: set[str] = set()
    for resource in resources:
        parents[resource.urn] = parent = _nearest(resource.parent, present, parents)
        if id(resource) not in missing:
            present.add(resource.urn)
            kept.append(_pruned(resource, parent, present))
    return kept


def _nearest(parent: str, present: set[str], parents: dict[str, str]) -> str:
    while parent and parent not in present:
        parent = parents.get(parent, "")
    return parent


def _pruned(resource: Resource, parent: str, present: set[str]) -> Resource:
    pruned = resource.copy()
    pruned.parent = parent
    pruned.dependencies = [urn for urn in resource.dependencies if urn in present]
    pruned.property_dependencies = {
        key: [urn for urn in deps if urn in present] for key, deps in resource.property_dependencies.items()
    }
    return pruned


def _uses(resource: Resource) -> set[str]:
    provider = {provider_urn(resource.provider)} if resource.provider else set()
    return resource.needs() | provider


def _dependencies(resources: Sequence[Resource], resource: Resource) -> set[int]:
    """Return the identities of what `resource` needs: a component stands for its children too."""
    wanted, components, found = _uses(resource), set[str](), set[int]()
    for candidate in resources[: _index(resources, resource)]:
        within = candidate.parent in components
        if candidate.urn in wanted or candidate.urn == resource.parent or within:
            found.add(id(candidate))
        if within or (candidate.urn in wanted and not candidate.custom):
            components.add(candidate.urn)
    return found


def _index(resources: Sequence[Resource], resource: Resource) -> int:
    return next(i for i, candidate in enumerate(resources) if candidate is resource)
