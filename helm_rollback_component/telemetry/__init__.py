"""What leaves a run besides its result: lines, an Event in the cluster, and OpenTelemetry if asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from helm_rollback_component.reconcile.lease_events import LeaseEvents
from helm_rollback_component.reconcile.rows import Rows
from helm_rollback_component.reconcile.run_events import RunEvents
from helm_rollback_component.telemetry import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helm_rollback_component.reconcile.run_events import RunEvent
    from helm_rollback_component.reconcile.session import Session
    from helm_rollback_component.reconcile.way_out import WayOut


def run_events(
    session: Session,
    way_out: WayOut,
    progress: Callable[[str], None],
    note: Callable[[str], None],
    warn: Callable[[str], None],
) -> RunEvents:
    """Return the stream of what happens to one release, with all that observes it.

    Args:
        session: the release's connections.
        way_out: takes the secrets out of every text.
        progress: takes one line for each step that begins and each change of what is waited for.
        note: takes one text for each thing that was changed, or seen, and that no result tells.
        warn: takes one sentence for each thing that the user should know although nothing failed.
    """
    rows = Rows(*map(way_out.telling, (progress, note, warn)))
    found = settings.read(os.environ)
    recorders = _recorders(found, session, way_out, way_out.telling(warn)) if found else ()
    return RunEvents(rows, LeaseEvents(session, way_out.mask), *recorders)


_told: set[str] = set()
"""What was told in this process already."""


def _recorders(
    found: settings.Settings, session: Session, way_out: WayOut, warn: Callable[[str], None]
) -> tuple[Callable[[RunEvent], None], ...]:
    problems: Sequence[str]
    made: tuple[Callable[[RunEvent], None], ...] = ()
    try:
        from helm_rollback_component.telemetry.cluster import naming_cluster  # noqa: PLC0415  # only if asked for
        from helm_rollback_component.telemetry.export import exporting  # noqa: PLC0415  # only if it is asked for

        telemetry = exporting(found)
        problems, made = telemetry.problems, (naming_cluster(telemetry.recorder(way_out.mask), session),)
    except Exception as error:  # noqa: BLE001  # whatever is wrong with a variable, no release suffers
        problems = (f"nothing is exported by OpenTelemetry: {settings.what_to_do(error)}",)
    for problem in problems:
        if problem not in _told:
            _told.add(problem)
            warn(problem)
    return made
