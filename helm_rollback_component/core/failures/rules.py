"""The table that classifies Helm's messages; the first match wins."""

from __future__ import annotations

import re
from typing import Final

from helm_rollback_component.core.failures import helm_messages as helm
from helm_rollback_component.core.failures import kubernetes_messages as kubernetes
from helm_rollback_component.core.failures.rule import Rule, pattern
from helm_rollback_component.reasons import Reason

_BEFORE_ALL = pattern(
    r"cluster unreachable",
    r"create: failed to create",
    r"failed to query with labels",
    r"release not loaded",
)
_BEFORE_DEPLOYING = pattern(
    r"unable to continue with (install|update)",
    r"unable to build kubernetes objects",
    r"no matches for kind",
)

UNKNOWN: Final = Rule(re.compile(""), Reason.HELM_FAILED, stored=None)
RULES: Final = (
    *helm.cancelled(),
    *helm.process(),
    *helm.hooks_and_tests(),
    *helm.chart_and_values(),
    *helm.registries(),
    *kubernetes.cluster(),
    *helm.records(),
    *kubernetes.objects(),
    *helm.readiness(),
    *helm.fetching(),
)


def find_rule(error: str, action: str) -> Rule:
    """Return the first rule that fits Helm's `error` when it did `action`."""
    fitting = (rule for rule in RULES if not rule.actions or action in rule.actions)
    return next((rule for rule in fitting if rule.pattern.search(error)), UNKNOWN)


def nothing_stored(error: str, action: str) -> bool:
    """Whether `error` is of a kind that occurs before Helm writes a record or changes an object."""
    deploying = action in ("install", "upgrade")
    return bool(_BEFORE_ALL.search(error) or (deploying and _BEFORE_DEPLOYING.search(error)))
