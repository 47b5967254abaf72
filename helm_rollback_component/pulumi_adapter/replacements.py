"""Which releases this run of the engine replaces: what a diff found matters to the requests after it.

The old release is deleted first. So its objects are not in the way of the new one, as a preview would have
it; and where the new one is certain not to be created, the old one had better stay. A process serves one run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ANOTHER_CLUSTER = "kubeconfig"


@dataclass(frozen=True)
class Replacement:
    """A release in place of another one.

    Attributes:
        incarnation: which creation of the old one is to be deleted.
        deleted: the old one, ``namespace/name``; empty if it is on another cluster.
        inputs: the checked inputs of the new one.
    """

    incarnation: str
    deleted: str
    inputs: Mapping[str, Any]


_noted: dict[str, Replacement] = {}
"""By the URN of the new release."""


def note(olds: Mapping[str, Any], news: Mapping[str, Any], replaces: Sequence[str]) -> None:
    """Take note of what a diff found.

    Args:
        olds: the outputs of the release in the state.
        news: the checked inputs.
        replaces: the changes that replace it; none if it stays.
    """
    forget(news)
    if replaces:
        label = f"{olds['release_namespace']}/{olds['release_name']}"
        deleted = "" if _ANOTHER_CLUSTER in replaces else label
        _noted[_urn(news)] = Replacement(olds["incarnation"], deleted, news)


def forget(inputs: Mapping[str, Any]) -> None:
    """Take note that the release with these inputs is there now, whatever was in its place."""
    _noted.pop(_urn(inputs), None)


def deleted_before(inputs: Mapping[str, Any]) -> str:
    """Return which release is deleted before the one with these inputs is created; empty if none is."""
    found = _noted.get(_urn(inputs))
    return found.deleted if found else ""


def that_deletes(incarnation: str) -> Replacement | None:
    """Return for which replacement that creation of a release is to be deleted; None if for none."""
    return next((each for each in _noted.values() if each.incarnation == incarnation), None)


def _urn(inputs: Mapping[str, Any]) -> str:
    return str(inputs.get("owner", {}).get("urn"))
