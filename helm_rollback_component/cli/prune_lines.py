"""How the revisions are told that are deleted, or would be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from helm_rollback_component.cli.ages import age
from helm_rollback_component.cli.tables import sentences, table
from helm_rollback_component.core.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from helm_rollback_component.cli.screen import Screen
    from helm_rollback_component.results import ReleaseRevision


def asked(release: str, found: Sequence[ReleaseRevision]) -> str:
    """Return the question that is asked before revisions are deleted."""
    return f"Delete {_counted(found)} of {release} ({', '.join(str(each.revision) for each in found)})?"


def lines(screen: Screen, found: Sequence[ReleaseRevision], *, dry_run: bool) -> Iterator[str]:
    """Yield the lines of the result."""
    if not found:
        yield from sentences(screen, "No revision can go; nothing to do.")
        return
    now = datetime.now(UTC)
    rows = [
        (str(each.revision), each.status, each.chart_version, age(each.deployed_at, now)) for each in found
    ]
    yield from table(screen, ("REVISION", "STATUS", "CHART VERSION", "AGE"), rows)
    yield f"{_counted(found)} would be deleted." if dry_run else f"{_counted(found)} deleted."


def _counted(found: Sequence[ReleaseRevision]) -> str:
    return counted(len(found), "revision")
