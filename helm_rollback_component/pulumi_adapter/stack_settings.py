"""What a stack's configuration says to a provider, also where no program runs: in a refresh, a destroy."""

from __future__ import annotations

import json
import os

CONFIGURATION = "PULUMI_CONFIG"
"""The stack's configuration, which the engine puts into the environment of a provider (a JSON object)."""


def delete_unreachable() -> bool:
    """Whether ``kubernetes:deleteUnreachable`` lets go what a cluster that is gone holds."""
    configured = json.loads(os.environ.get(CONFIGURATION) or "{}")
    return str(configured.get("kubernetes:deleteUnreachable")).lower() == "true"
