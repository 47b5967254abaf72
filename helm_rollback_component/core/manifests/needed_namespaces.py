"""What is told before a first deployment of the namespaces that it needs. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.health import objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from helm_rollback_component.core.health.objects import Key, Manifest


def needed(release: str, others: Iterable[str], new: Mapping[Key, Manifest], *, managed: bool) -> list[str]:
    """Return the namespaces that have to be there already.

    Args:
        release: the namespace of the release.
        others: those of its objects.
        new: the rendered objects: what the chart makes itself does not have to be there.
        managed: whether the one of the release is made together with it.
    """
    made = {objects.name(each) for each in new.values() if objects.kind(each) == "Namespace"} - {release}
    left_out = made | ({release} if managed else set())
    return [each for each in dict.fromkeys([release, *sorted(others)]) if each not in left_out]


def told(missing: Sequence[str], ending: Sequence[str]) -> str:
    """Return what follows in the line of the plan; empty where none is missing.

    Args:
        missing: those that do not exist.
        ending: those that are being deleted.
    """
    parts = (
        _sentence(missing, ("does not exist yet", "do not exist yet"), "made"),
        _sentence(ending, ("is being deleted", "are being deleted"), "made anew"),
    )
    return "".join(f"; {each}" for each in parts if each)


def _sentence(names: Sequence[str], state: tuple[str, str], what: str) -> str:
    if not names:
        return ""
    one = len(names) == 1
    noun, verb, it = ("namespace", state[0], "it") if one else ("namespaces", state[1], "they")
    return f"{noun} {', '.join(names)} {verb}: {it} must be {what} before this release"
