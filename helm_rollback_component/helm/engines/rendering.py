"""What Helm renders without deploying it: bounded in size and time, because only a preview waits for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.health import foreign
from helm_rollback_component.helm.engines.engine import EngineError
from helm_rollback_component.helm.engines.process import Patience

if TYPE_CHECKING:
    from collections.abc import Mapping

RENDERING = Patience(30.0, grace=1.0)
LONGEST_RENDERED = 32 * 1024 * 1024
"""In bytes of JSON, the chart's files included, which Helm's program tells too."""


def rendered(said: str) -> dict[str, Any]:
    """Return the release that Helm has told in JSON.

    Raises:
        EngineError: it is none, or is too large.
    """
    if len(said) >= LONGEST_RENDERED:
        raise EngineError("what the chart renders is too large to be compared")
    try:
        release = json.loads(said)
    except ValueError:
        release = None
    if not isinstance(release, dict):
        raise EngineError("Helm did not tell what the chart renders")
    return release


def enabled_dependencies(release: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the names, or aliases, of the chart's dependencies that the values leave on.

    Helm takes the others out of the metadata before it renders (``chartutil.processDependencyEnabled``).
    None if the release does not tell.
    """
    metadata = foreign.mapping(foreign.mapping(release, "chart"), "metadata")
    if not metadata:
        return None
    return frozenset(foreign.text(each, "name") for each in foreign.mappings(metadata, "dependencies"))
