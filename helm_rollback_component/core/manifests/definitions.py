"""How the custom resource definitions of a chart differ from the cluster's, in names and versions. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.inputs.tree import same

if TYPE_CHECKING:
    from helm_rollback_component.core.health.objects import Manifest


def difference(declared: Manifest, live: Manifest | None) -> str:
    """Return how a definition of the chart differs from the cluster's, as a line; empty if it does not.

    What the API server adds to it, such as defaults and the status, is no difference.

    Args:
        declared: as the chart has it.
        live: as the cluster has it; None where it is missing.
    """
    name, versions = objects.name(declared), _versions(declared)
    if live is None:
        return f"- {name} ({versions}) is missing in the cluster"
    if contains(objects.spec(live), objects.spec(declared)):
        return ""
    before = _versions(live)
    told = f"versions {before} → {versions}" if before != versions else f"other content of {versions}"
    return f"~ {name}: {told}"


def added(declared: Manifest) -> str:
    """Return the line of a definition that a first deployment adds."""
    return f"+ CustomResourceDefinition {objects.name(declared)} ({_versions(declared)}), from crds/"


def contains(live: Any, declared: Any) -> bool:
    """Return whether all that is declared is live; nothing, false and empty are what is left out there."""
    if isinstance(declared, Mapping) and isinstance(live, Mapping):
        return all(contains(live.get(key), each) for key, each in declared.items())
    if isinstance(declared, list) and isinstance(live, list):
        alike = len(declared) == len(live)
        return alike and all(map(contains, live, declared))
    return same(live, declared) or (live in _LEFT_OUT and _is_nothing(declared))


_LEFT_OUT = (None, "", False)


def _is_nothing(declared: Any) -> bool:
    if isinstance(declared, Mapping | list):
        items = declared.values() if isinstance(declared, Mapping) else declared
        return all(map(_is_nothing, items))
    return declared in _LEFT_OUT or (declared == 0 and not isinstance(declared, bool))


def _versions(definition: Manifest) -> str:
    listed = foreign.mappings(objects.spec(definition), "versions")
    return ", ".join(filter(None, (foreign.text(each, "name") for each in listed))) or "no version"
