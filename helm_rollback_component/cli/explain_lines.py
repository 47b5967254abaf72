"""Why a release is as it is, and what comes next, as a person and as a program reads it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.cli.status_lines import phase
from helm_rollback_component.cli.tables import fields
from helm_rollback_component.core.remediation import assessment, next_update
from helm_rollback_component.core.remediation import explanation as explanations
from helm_rollback_component.reasons import find

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helm_rollback_component.cli.next_up import NextUp
    from helm_rollback_component.cli.reading import Found
    from helm_rollback_component.cli.screen import Screen
    from helm_rollback_component.config import RollbackConfig

_TITLES = {
    "release": "Release",
    "phase": "Phase",
    "runs": "Runs",
    "newest": "Newest",
    "reason": "Reason",
    "meaning": "Meaning",
    "message": "Details",
    "remedy": "To do",
    "locked": "Now",
    "same_inputs": "Next update",
    "other_inputs": "With new inputs",
    "on_failure": "If that fails",
    "restorable": "Rollback now",
}

_ASSUMED = ", unless the program sets another strategy"
"""Where only the cluster was asked, which does not know the inputs."""

_UNFORESEEN: dict[str, Any] = {
    "same_inputs": None,
    "other_inputs": None,
    "on_failure": None,
    "restorable": None,
    "changes": None,
}


def explanation(
    found: Found, rollback: RollbackConfig | None, restorable: str, ahead: NextUp | None
) -> dict[str, Any]:
    """Return the explanation with stable keys; what is not known or does not apply is null.

    Args:
        found: what is known of the release.
        rollback: the rollback section of the inputs; None where it is not known.
        restorable: what a rollback by hand would restore, or why there is none.
        ahead: what the next update would do where the declared inputs are known.
    """
    status, ready = found.status, None if found.under_way else assessment.ready(found.status)
    word = find(ready.reason) if ready and found.claim else None
    said = explanations.parted(ready.reason, ready.message)[0] if word and ready else ""
    told: dict[str, Any] = {
        "release": f"{status.release_namespace}/{status.release_name}",
        "phase": phase(found).text,
        "runs": _runs(found),
        "newest": _newest(found),
        "reason": ready.reason if word and ready else None,
        "meaning": word.meaning if word else None,
        "message": said or None,
        "remedy": word.remedy or None if word else _way_out(found),
        "locked": _locked(found),
    }
    if found.under_way:
        return {**told, **_UNFORESEEN}
    declared = {"same_inputs": ahead.told, "changes": [*ahead.changes]} if ahead else {"changes": None}
    return {**told, **_next(found, rollback), "restorable": restorable, **declared}


def lines(screen: Screen, told: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of an explanation, and then what the next update changes in the manifests."""
    yield from fields(screen, [(title, str(told[key] or "")) for key, title in _TITLES.items()])
    if told["changes"]:
        yield from ("", "What the next update changes:", *told["changes"])


def _runs(found: Found) -> str | None:
    live = next((each for each in found.moments if each.live), None)
    if live is None:
        return None
    content = f", the content of revision {live.restores}" if live.restores else ""
    known = "known to be" if live.verified else "by Helm's word"
    return f"revision {live.revision} ({live.chart}{content}), {known} {live.verdict}"


def _newest(found: Found) -> str | None:
    """Return what became of the newest revision where it is not the one that runs."""
    newest = found.moments[-1] if found.moments else None
    if newest is None or newest.live:
        return None
    return f"revision {newest.revision} ({newest.status}): {newest.description}"


def _way_out(found: Found) -> str | None:
    """Return how an operator gets on with a release that no stack manages; None where nothing is wrong."""
    name, newest = found.status.release_name, found.history.latest
    if _newest(found) is None or newest is None or found.under_way:
        return None
    back = f"`helm-rollback rollback {name}` restores the last good revision"
    if not newest.status.value.startswith("pending-"):
        return back
    return f"if nobody works on it, `helm-rollback unlock {name}` frees it, and {back}"


def _locked(found: Found) -> str | None:
    if found.claim is None or not found.claim.holder:
        return None
    return f"{found.claim.holder_words} works on it; wait until that has ended"


def _next(found: Found, rollback: RollbackConfig | None) -> dict[str, str | None]:
    if found.claim is None:
        refused = "a stack that declares this release refuses to take it over, unless adopt is set"
        return {"same_inputs": refused, "other_inputs": None, "on_failure": None}
    foreseen = next_update.foresee(
        found.history, found.ledger, rollback or next_update.last_declared(found.ledger)
    )
    assumed = "" if rollback else _ASSUMED
    return {
        "same_inputs": foreseen.same_inputs,
        "other_inputs": foreseen.other_inputs,
        "on_failure": f"{foreseen.on_failure}{assumed}",
    }
