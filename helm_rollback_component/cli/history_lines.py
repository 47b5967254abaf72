"""The history of a release, as a person and as a program reads it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.cli import printing
from helm_rollback_component.cli.ages import age
from helm_rollback_component.cli.screen import Colour
from helm_rollback_component.cli.tables import Cell, table
from helm_rollback_component.core.records.ledger import Verdict
from helm_rollback_component.core.remediation import timeline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.cli.reading import Found
    from helm_rollback_component.cli.screen import Screen
    from helm_rollback_component.core.remediation.timeline import Moment

_COLOURS = {
    Verdict.GOOD.value: Colour.GOOD,
    Verdict.BAD.value: Colour.BAD,
    Verdict.UNKNOWN.value: Colour.UNSURE,
}
_MAKERS = {timeline.BY_HAND: "by hand", timeline.BY_ANOTHER: "by another client"}


def document(moment: Moment) -> dict[str, Any]:
    """Return a revision with stable keys; what is not known or does not apply is null."""
    return printing.document(moment, "restores", "instead_of")


def lines(screen: Screen, found: Found) -> Iterator[str]:
    """Yield the lines of a history, oldest revision first, and where revisions are no longer stored."""
    yield from table(
        screen,
        ("", "REVISION", "AGE", "CHART", "APP VERSION", "STATUS", "VERDICT", "WHAT HAPPENED"),
        [*_rows(found)],
    )


def _rows(found: Found) -> Iterator[tuple[Cell | str, ...]]:
    expected = 1
    for moment in found.moments:
        if moment.revision > expected:
            yield _gap(expected, moment.revision - 1)
        expected = moment.revision + 1
        yield (
            "*" if moment.live else "",
            str(moment.revision),
            age(moment.deployed_at, found.now),
            moment.chart or "-",
            moment.app_version or "-",
            moment.status,
            _verdict(moment),
            what_happened(moment),
        )


def _verdict(moment: Moment) -> Cell:
    by_helm = moment.verdict == Verdict.GOOD and not moment.verified
    return Cell(f"{moment.verdict} (Helm)" if by_helm else moment.verdict, _COLOURS[moment.verdict])


def _gap(first: int, last: int) -> tuple[Cell | str, ...]:
    numbers = str(first) if first == last else f"{first}-{last}"
    return "", numbers, "-", "-", "-", "-", Cell("-", Colour.FAINT), "no longer stored"


def what_happened(moment: Moment) -> str:
    """Return what became of a revision, in one line."""
    if moment.status == timeline.UNREADABLE:
        return "its record cannot be decoded"
    parts = [_event(moment)]
    if moment.point_of_no_return:
        parts.append("point of no return: nothing rolls back across it")
    return "; ".join(filter(None, parts))


def _event(moment: Moment) -> str:
    maker = _maker(moment)
    if moment.restores:
        because = f", as revision {moment.instead_of} failed" if moment.instead_of else ""
        said = moment.why or ("" if moment.made_by == timeline.BY_HAND else moment.reason)
        reason = f": {said}" if said else ""
        failed = "" if moment.verdict != Verdict.BAD else " failed"
        return f"rollback to revision {moment.restores}{failed}{maker}{because}{reason}"
    if moment.verdict == Verdict.BAD and moment.reason:
        return f"failed{maker}: {moment.reason}"
    return f"{moment.description}{f' ({maker.strip()})' if maker else ''}"


def _maker(moment: Moment) -> str:
    if moment.requested_by:
        return f" by {moment.requested_by}"
    return f" {_MAKERS[moment.made_by]}" if moment.made_by in _MAKERS else ""
