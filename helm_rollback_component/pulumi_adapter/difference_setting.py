"""Whether previews tell what changes in the manifests: a setting of the stack, or of the environment."""

from __future__ import annotations

import os

from helm_rollback_component.pulumi_adapter import stack_settings

SETTING = "helm-rollback:diff"
"""Stack configuration: ``false`` switches it off."""
VARIABLE = "HELM_ROLLBACK_DIFF"
"""Environment variable for the same; it counts before the stack's configuration."""


def is_on() -> bool:
    """Whether they do; so it is unless it is switched off."""
    said = os.environ.get(VARIABLE) or stack_settings.known().get(SETTING)
    return str(said).lower() not in ("false", "off", "0", "no")
