"""The namespace that a release manages: when Pulumi would delete it, and the release with it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from helm_rollback_component.errors import Problem
from helm_rollback_component.inputs.tree import same

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MANAGE, _DELETE, _NAME = "manage_namespace", "delete_namespace", "release_namespace"


def problems(olds: Mapping[str, Any], news: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield why the namespace may not leave the program: a release that stays would be deleted with it.

    Args:
        olds: the checked inputs of the state; empty where there are none.
        news: the inputs of now.
    """
    deleted = olds.get(_MANAGE) and olds.get(_DELETE) and not news.get(_MANAGE)
    if deleted and same(olds.get(_NAME), news.get(_NAME)):
        yield Problem(
            _MANAGE,
            f"without it Pulumi deletes the namespace, as {_DELETE} says, and the release with it; "
            f"set {_DELETE}=False in an update of its own first",
        )
