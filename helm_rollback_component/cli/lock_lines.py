"""How the lock of a release is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.cli.tables import fields, sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.cli.screen import Screen
    from helm_rollback_component.results import LockStatus

_LIFE = {True: "runs", False: "has ended", None: "is on another machine: whether it runs is not known"}


def lines(screen: Screen, found: LockStatus) -> Iterator[str]:
    """Yield the lines that say who works on a release, or has left something unfinished."""
    holder = f"{found.holder}, which {_LIFE[found.alive]}" if found.holder else ""
    return fields(
        screen,
        (
            ("Locked by", holder),
            ("Since", found.since),
            ("Renewed", found.renewed),
            ("Owner", found.owner),
            ("Helm", found.helm),
            ("Pending", _pending(found)),
        ),
    )


def ended(screen: Screen, release: str, found: LockStatus) -> Iterator[str]:
    """Yield the lines that end the command; `found` is as it was before."""
    said = f"{release} is free. Nothing was deployed; the next update goes on from here."
    if found.free:
        said = f"{release} is not locked, and no operation is pending; nothing to do."
    return sentences(screen, said)


def _pending(found: LockStatus) -> str:
    return f"revision {found.revision} ({found.status}), since {found.began}" if found.revision else ""
