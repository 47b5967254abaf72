"""How a planned rollback, and one that was made, is told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from helm_rollback_component.cli.ages import age
from helm_rollback_component.cli.running import tell_lines
from helm_rollback_component.cli.screen import Colour
from helm_rollback_component.cli.tables import Cell, fields, sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.cli.screen import Screen
    from helm_rollback_component.results import ReleaseRevision, ReleaseStatus, RollbackPlan

_NAMED = 5


def planned(screen: Screen, plan: RollbackPlan) -> Iterator[str]:
    """Yield the lines of a plan; for a rollback that is not needed, that there is nothing to do."""
    if not plan.needed:
        revision = plan.target.revision
        said = f"The release already has the content of revision {revision}; nothing to do."
        return sentences(screen, said)
    rows: list[tuple[str, Cell | str]] = [
        ("State", Cell(plan.standing, Colour.UNSURE)),
        ("From", _revision(plan.replaced)),
        ("To", _revision(plan.target)),
        ("Objects", _objects(plan)),
        ("Destroys", Cell(plan.destroys, Colour.BAD)),
        ("Crosses", Cell(plan.crosses, Colour.BAD)),
        ("Managed by", plan.owner or "no stack"),
    ]
    return fields(screen, rows)


def announce(plan: RollbackPlan) -> None:
    """Tell the plan beside the result, before it is agreed to."""
    tell_lines(lambda screen: planned(screen, plan))


def made(screen: Screen, status: ReleaseStatus, plan: RollbackPlan) -> Iterator[str]:
    """Yield the lines that tell how a rollback ended, and what a stack makes of it."""
    return sentences(screen, *_made(status, plan))


def _made(status: ReleaseStatus, plan: RollbackPlan) -> Iterator[str]:
    yield (
        f"{status.release_name} has the content of revision {plan.target.revision} again, "
        f"as revision {status.revision}."
    )
    if plan.owner:
        yield (
            f"The {plan.owner} declares something else. While its inputs stay the same, its updates change "
            "nothing; they fail with your reason, at the latest after a `pulumi refresh`."
        )
        yield "To go forward, change its inputs, or only retry_trigger; to stay, declare what runs now."


def _revision(found: ReleaseRevision) -> str:
    proof = "verified" if found.verified else "not verified"
    app = f", app {found.app_version}" if found.app_version else ""
    return (
        f"revision {found.revision} ({found.status}), chart version {found.chart_version}{app}, "
        f"{age(found.deployed_at, datetime.now(UTC))} ago, {proof}"
    )


def _objects(plan: RollbackPlan) -> str:
    sides = (("changes", plan.changed), ("creates", plan.added), ("deletes", plan.removed))
    told = [f"{verb} {_named(names)}" for verb, names in sides if names]
    return "; ".join(told) or "none differs"


def _named(names: tuple[str, ...]) -> str:
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return ", ".join([*names[:_NAMED], *more])
