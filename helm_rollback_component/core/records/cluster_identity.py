"""Which cluster a release lives on: identities of several kinds, as one text, and how two of them compare.

Pure. The text holds ``uid:<UID of kube-system>`` and ``server:<digest of address and authority>``, each where
it could be had. Who asks decides what can be had, so only like is compared with like.
"""

from __future__ import annotations

from enum import Enum, auto

UID = "uid"
"""Proves both: clusters with the same are one cluster, with others two."""
SERVER = "server"
"""Proves only that it is the same: a cluster may get another address, or be reached through a tunnel."""


class Comparison(Enum):
    """What the identities of two clusters say."""

    SAME = auto()
    ANOTHER = auto()
    ANOTHER_ADDRESS = auto()
    INCOMPARABLE = auto()


def spell(identities: dict[str, str]) -> str:
    """Return the text for identities by kind."""
    return " ".join(f"{kind}:{value}" for kind, value in identities.items())


def compare(stored: str, found: str) -> Comparison:
    """Return what the identity in a state and that of a cluster say of each other."""
    before, now = _kinds(stored), _kinds(found)
    if UID in before and UID in now:
        return Comparison.SAME if before[UID] == now[UID] else Comparison.ANOTHER
    if SERVER in before and SERVER in now:
        return Comparison.SAME if before[SERVER] == now[SERVER] else Comparison.ANOTHER_ADDRESS
    return Comparison.INCOMPARABLE


def merge(stored: str, found: str) -> str:
    """Return all that is known of one cluster; what was found counts before what was stored."""
    return spell({**_kinds(stored), **_kinds(found)})


def uid_in(text: str) -> str:
    """Return the UID of kube-system in an identity, empty where it is not known."""
    return _kinds(text).get(UID, "")


def _kinds(text: str) -> dict[str, str]:
    return {kind: value for kind, _, value in (word.partition(":") for word in text.split())}
