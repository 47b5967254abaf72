"""Which objects a rollback creates, changes and deletes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import objects

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helm_rollback_component.core.health.objects import Manifest


@dataclass(frozen=True)
class Differences:
    """The objects that differ, such as ``Service web``, in the order of their manifests."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def differences(current: Iterable[Manifest], target: Iterable[Manifest], namespace: str) -> Differences:
    """Return what a rollback does to the objects of a release.

    Args:
        current: the objects of the latest revision, without hooks.
        target: those of the revision to restore.
        namespace: the release's.
    """
    before, after = ({objects.key(each, namespace): each for each in side} for side in (current, target))
    return Differences(
        added=tuple(str(key) for key in after if key not in before),
        changed=tuple(str(key) for key in after if key in before and after[key] != before[key]),
        removed=tuple(str(key) for key in before if key not in after),
    )
