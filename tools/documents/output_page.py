"""Every output of a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.plugin.documentation import written_below_fields, written_of_attributes
from helm_rollback_component.results import (
    Condition,
    Phase,
    ReleaseRevision,
    ReleaseStatus,
    Resource,
    RollbackState,
    RollbackStatus,
)
from tools.documents.markdown import page as page_of
from tools.documents.markdown import table

if TYPE_CHECKING:
    from enum import StrEnum

_INTRODUCTION = """
    A `HelmRelease` has these outputs, as attributes: `web.revision`, `web.rollback_status["reason"]`. In
    the state all of them are true also after a failed update. Stack outputs (`pulumi.export`) keep the
    values of the last successful update, as always in Pulumi.
"""
_OF_PHASE = """
## `phase`

A release in any phase but `Deployed` runs something else than what is declared, or nothing.
"""
_OF_CONDITIONS = """
## `conditions`

`Ready` sums them up. In the form of Kubernetes' own conditions:

| Type | True means |
|---|---|
| `Released` | the last install or upgrade succeeded |
| `TestSuccess` | the chart's tests passed; only there with `health.test` |
| `Remediated` | a rollback was made; if there was none, false with `NotNeeded`, or as `Stalled` says |
| `Ready` | what is declared runs |
| `Stalled` | no further update helps until you change something |
| `Observed` | only there where it is false: something could not be read, and Helm alone vouches for it |
"""


def page() -> str:
    """Return the page."""
    return page_of(
        "Outputs",
        _INTRODUCTION,
        f"## Of the release\n\n{_fields(ReleaseStatus)}",
        f"{_OF_PHASE}\n{_choices(Phase)}",
        f"## `rollback_status`\n\n{_fields(RollbackStatus)}\n\n{_states()}",
        f"## `history`\n\nA list, oldest first; each entry has:\n\n{_fields(ReleaseRevision)}",
        f"{_OF_CONDITIONS}\nEach has:\n\n{_fields(Condition)}",
        f"## `resources`\n\nA list; each entry has:\n\n{_fields(Resource)}",
    )


def _fields(result: type) -> str:
    texts = written_of_attributes(result)
    return table(("Output", "What it says"), ([f"`{name}`", text] for name, text in texts.items() if name))


def _choices(kind: type[StrEnum]) -> str:
    texts = written_below_fields(kind)
    return table(("Phase", "Means"), ([f"`{each}`", texts[each.name]] for each in kind))


def _states() -> str:
    states = ", ".join(f"`{each}`" for each in RollbackState)
    return f"`state` is one of {states}."
