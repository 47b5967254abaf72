"""What was seen of a release's readiness in one action. Pure."""

from __future__ import annotations

from dataclasses import dataclass

Noted = tuple[tuple[str, int], ...]
"""What objects lack: each one's short name (`known_shortage.named`), and its `shortage`."""


@dataclass(frozen=True)
class Evidence:
    """What was seen of the objects before an action, and after it.

    Attributes:
        serving: the good revision that ran before, 0 if none did.
        before: what its objects lacked.
        left: what the objects of the revision that was judged lack, though it counts as ready.
        told: the same in words, one sentence for each object.
        unseen: why some of its objects could not be looked at, one sentence; empty if all were.
        lacking: which rights the user lacks to look at them and at what belongs to them, one sentence each.
    """

    serving: int = 0
    before: Noted = ()
    left: Noted = ()
    told: tuple[str, ...] = ()
    unseen: str = ""
    lacking: tuple[str, ...] = ()


NOTHING_SEEN = Evidence()
