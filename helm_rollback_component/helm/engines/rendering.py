"""What Helm renders without deploying it: bounded in size and time, because only a preview waits for it."""

from __future__ import annotations

import json
from typing import Any

from helm_rollback_component.helm.engines.engine import EngineError
from helm_rollback_component.helm.engines.process import Patience

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
