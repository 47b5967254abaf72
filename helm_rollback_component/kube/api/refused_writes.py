"""Whether a write that was refused had been done before: its first answer may have been lost. Pure.

Writes are sent again where an answer was lost, so the second one may find what the first has left; and a
gateway may invent a conflict. What is there tells.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

from helm_rollback_component.reasons import Reason

_Object = dict[str, Any]

_SERVERS = frozenset(
    {"creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"}
)
"""Fields of ``metadata`` that the server sets."""
_CONFLICTS = frozenset({Reason.CONFLICT, Reason.ALREADY_EXISTS})


class Fate(Enum):
    """What became of a write that was refused."""

    DONE = auto()
    """It was done before."""
    NOT_DONE = auto()
    """It was not done, and nothing there speaks against it."""
    REFUSED = auto()
    """What is there speaks against it."""


def where_to_look(method: str, path: str, body: Any, reason: str) -> str | None:
    """Return the path of the object that tells, None if the refusal stands.

    Args:
        method: of the write; a patch says for itself what it expects.
        path: that it was sent to.
        body: that was sent.
        reason: of the refusal.
    """
    if reason not in _CONFLICTS or method == "PATCH":
        return None
    return f"{path}/{body['metadata']['name']}" if method == "POST" else path


def judge(method: str, body: _Object, found: _Object | None) -> Fate:
    """Return what became of a write that met a conflict.

    Args:
        method: ``POST``, ``PUT`` or ``DELETE``.
        body: that was sent: an object, or ``DeleteOptions``.
        found: what is there now, None if nothing is.
    """
    if found is None:
        return {"POST": Fate.NOT_DONE, "DELETE": Fate.DONE}.get(method, Fate.REFUSED)
    if method == "DELETE":
        return Fate.NOT_DONE if _is_meant(body.get("preconditions") or {}, found) else Fate.REFUSED
    if _made_of(body, found, anew=method == "POST"):
        return Fate.DONE
    version = body["metadata"].get("resourceVersion")
    return Fate.NOT_DONE if version == found["metadata"]["resourceVersion"] else Fate.REFUSED


def _is_meant(preconditions: _Object, found: _Object) -> bool:
    return all(found["metadata"].get(key) == value for key, value in preconditions.items())


def _made_of(sent: _Object, found: _Object, *, anew: bool) -> bool:
    """Whether an object is what was sent; to a new one the server may have added fields at its top."""
    has = {key: value for key, value in found.items() if key in sent or not anew}
    return {**has, "metadata": _own(found)} == {**sent, "metadata": _own(sent)}


def _own(found: _Object) -> _Object:
    return {key: value for key, value in found["metadata"].items() if key not in _SERVERS}
