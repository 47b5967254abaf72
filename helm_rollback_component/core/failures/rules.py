"""The table that classifies Helm's messages; the first match wins.

Rules whose messages quote the words of others (a template, a policy, an object's status) come first: what
they quote may look like the message of any other rule.
"""

from __future__ import annotations

import re
from typing import Final

from helm_rollback_component.core.failures import helm_messages as helm
from helm_rollback_component.core.failures import kubernetes_messages as kubernetes
from helm_rollback_component.core.failures.rule import Rule
from helm_rollback_component.reasons import Reason

UNKNOWN: Final = Rule(re.compile(""), Reason.HELM_FAILED)
RULES: Final = (
    *helm.chart_and_values(),
    *kubernetes.admission(),
    *helm.cancelled(),
    *helm.process(),
    *helm.left_behind(),
    *helm.hooks_and_tests(),
    *helm.not_ready(),
    *helm.registries(),
    *kubernetes.cluster(),
    *helm.records(),
    *kubernetes.objects(),
    *helm.readiness(),
    *helm.fetching(),
)


def find_rule(error: str, action: str) -> tuple[Rule, re.Match[str]]:
    """Return the first rule that fits Helm's `error` when it did `action`, and what it has found in it."""
    fitting = (rule for rule in (*RULES, UNKNOWN) if not rule.actions or action in rule.actions)
    found = ((rule, rule.pattern.search(error)) for rule in fitting)
    return next((rule, match) for rule, match in found if match)
