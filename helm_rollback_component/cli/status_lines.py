"""The status of releases, as a person and as a program reads it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.cli.ages import age
from helm_rollback_component.cli.screen import Colour
from helm_rollback_component.cli.tables import Cell, fields, table
from helm_rollback_component.core.records.owner import NOBODY
from helm_rollback_component.core.remediation import assessment, explanation
from helm_rollback_component.results import Phase, RollbackState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helm_rollback_component.cli.reading import Found
    from helm_rollback_component.cli.screen import Screen
    from helm_rollback_component.kube.claims.lease_codec import Claim
    from helm_rollback_component.results import Condition

_COLOURS = {
    Phase.DEPLOYED: Colour.GOOD,
    Phase.ROLLED_BACK: Colour.UNSURE,
    Phase.FAILED: Colour.BAD,
    Phase.STALLED: Colour.BAD,
}
_NOT_MANAGED = "not managed"
_UNDER_WAY = "in progress"


def document(found: Found) -> dict[str, Any]:
    """Return the status, who owns the release, and who works on it; without a claim there is no phase.

    While an operation is under way, phase and conditions are those of an operation that was interrupted.
    """
    claim = found.claim
    outputs = found.status.as_outputs()
    return {
        **outputs,
        "phase": outputs["phase"] if claim else None,
        "managed": claim is not None,
        "owner": _owner(claim) or None,
        "lock": _lock(claim),
        "under_way": found.under_way,
        "problem": found.problem or None,
    }


def one(screen: Screen, found: Found) -> Iterator[str]:
    """Yield the lines about one release."""
    status = found.status
    yield from fields(
        screen,
        [
            ("Name", status.release_name),
            ("Namespace", status.release_namespace),
            ("Phase", phase(found)),
            ("Revision", _revision(found)),
            ("Rollback", _rollback(found)),
            ("Why", "" if _unsaid(found) else explanation.explain(status)),
            ("Managed by", _managed_by(found.claim)),
            ("Lock", found.claim.holder_words if found.claim and found.claim.holder else ""),
            ("Objects", ", ".join(f"{each.kind}/{each.name}" for each in status.resources)),
        ],
    )
    if status.conditions and not _unsaid(found):
        why = explanation.explain(status)
        yield ""
        yield from table(
            screen,
            ("CONDITION", "STATUS", "REASON", "AGE", "MESSAGE"),
            [_condition(each, found, why) for each in status.conditions],
        )


def many(screen: Screen, listed: Iterable[Found]) -> Iterator[str]:
    """Yield the lines of a list of releases."""
    return table(
        screen,
        ("NAMESPACE", "NAME", "REVISION", "CHART VERSION", "STATUS", "PHASE", "AGE", "REASON"),
        (_listed(each) for each in listed),
    )


def phase(found: Found) -> Cell:
    """Return the phase, that an operation is under way, or that nobody manages the release."""
    if found.claim is None:
        return Cell("unknown" if found.problem else _NOT_MANAGED, Colour.FAINT)
    if found.under_way:
        return Cell(_UNDER_WAY, Colour.UNSURE)
    return Cell(found.status.phase.value, _COLOURS[found.status.phase])


def _unsaid(found: Found) -> bool:
    """Whether there are no conclusions to tell: nobody draws them, or they are not drawn yet."""
    return found.claim is None or found.under_way


def _condition(each: Condition, found: Found, told: str) -> tuple[str, ...]:
    since = age(each.last_transition_time, found.now)
    return each.type, each.status, each.reason, since, _untold(each, told)


def _untold(condition: Condition, told: str) -> str:
    """Return the message of a condition, unless it is told already."""
    said, _ = explanation.parted(condition.reason, condition.message)
    return "" if said in told else condition.message


def _listed(found: Found) -> tuple[Cell | str, ...]:
    status, latest = found.status, found.history.latest
    ready = None if found.under_way else assessment.ready(status)
    return (
        status.release_namespace,
        status.release_name,
        str(status.revision or "-"),
        status.chart_version or "-",
        status.status or "-",
        phase(found),
        age(latest.deployed_at if latest else "", found.now),
        ready.reason if ready else "",
    )


def _revision(found: Found) -> str:
    status, latest = found.status, found.history.latest
    if latest is None:
        return "none"
    chart = f"{latest.chart_name} {status.chart_version}"
    return f"{status.revision} ({status.status}), {chart}, {age(latest.deployed_at, found.now)} ago"


def _rollback(found: Found) -> str:
    last = found.status.rollback_status
    if last.state is RollbackState.NONE:
        return ""
    failed = f"revision {last.failed_revision} failed; " if last.failed_revision else ""
    what = f"the content of revision {last.target_revision} was restored as revision {last.restored_revision}"
    if last.state is RollbackState.FAILED:
        what = f"the rollback to revision {last.target_revision} failed"
    return f"{failed}{what}, {age(last.at, found.now)} ago: {last.reason}"


def _managed_by(claim: Claim | None) -> str:
    if claim is None:
        return (
            f"nobody: there is no Lease of this component, so only what Helm says is known ({_NOT_MANAGED})"
        )
    if claim.owner is None or claim.damaged:
        return "unknown: the Lease of the release cannot be read, so only what Helm says is known"
    return (
        "no stack: the release was claimed by a command or a script"
        if claim.owner == NOBODY
        else str(claim.owner)
    )


def _owner(claim: Claim | None) -> dict[str, str]:
    owner = claim.owner if claim else None
    if owner is None:
        return {}
    return {
        "organization": owner.organization,
        "project": owner.project,
        "stack": owner.stack,
        "urn": owner.urn,
    }


def _lock(claim: Claim | None) -> dict[str, Any] | None:
    if claim is None or not claim.holder:
        return None
    return {
        "holder": claim.holder,
        "acquired_at": claim.acquired,
        "renewed_at": claim.renewed,
        "duration": claim.duration,
    }
