"""Reads that end in nothing where the user may not read: a missing right costs what needs it, and no more.

What could not be read before an action is not read after it either, so that nothing that was there already
counts as new when a right is granted in between.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from helm_rollback_component.core.health.unseen import OWN
from helm_rollback_component.errors import OperationError
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from helm_rollback_component.core.health.unseen import Unseen

LACKING = frozenset({Reason.FORBIDDEN, Reason.METHOD_NOT_ALLOWED})
"""The reasons by which an API server says that the user may not do something."""

_MOST_PLACES = 150
"""Each is watched by a thread, over a connection."""
_TOO_MANY = (
    f"the release's objects are of more than {_MOST_PLACES} kinds and namespaces; the others are not seen"
)

_Read = TypeVar("_Read")


class Permitted:
    """What the user was found to be allowed to read. Not safe to use from more than one thread.

    Attributes:
        unseen: what may not be read.
    """

    def __init__(self, unseen: Unseen) -> None:
        """Begin with what is known already."""
        self.unseen = dict(unseen)

    def read(self, what: str, place: str, ask: Callable[[], _Read]) -> _Read | None:
        """Return what `ask` gives; None where the user may not read that, which is asked once.

        Raises:
            OperationError: what the cluster refused for another reason.
        """
        if (what, place) in self.unseen:
            return None
        try:
            return ask()
        except OperationError as error:
            if error.temporary or error.reason not in LACKING:
                raise
            self.unseen[what, place] = error.message
            return None

    def bound(self, places: Iterable[str]) -> None:
        """Do not read the release's own objects at more places than can be watched."""
        for place in islice(places, _MOST_PLACES, None):
            self.unseen[OWN, place] = _TOO_MANY

    def hidden(self, what: str, place: str) -> bool:
        """Whether this may not be read there."""
        return (what, place) in self.unseen
