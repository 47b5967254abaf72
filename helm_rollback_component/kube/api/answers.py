"""From an API server's answers to objects, or to the error that they tell of. Pure."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from helm_rollback_component.kube.api import errors

_Object = dict[str, Any]


def decode(status: int, body: bytes, request: str) -> _Object:
    """Return the object in an answer.

    Args:
        status: the answer's HTTP status.
        body: its body, JSON.
        request: what was asked, such as ``GET /version``.

    Raises:
        OperationError: what the status says; ``UnexpectedAnswer`` if the body is no object.
    """
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise errors.refusal(status, body, request)
    return _decoded(body, request)


def event(line: bytes, path: str) -> tuple[str, _Object]:
    """Return the kind and the object of one event of a watch.

    Raises:
        OperationError: what the event says if it is an error; ``UnexpectedAnswer`` if it is no event.
    """
    found = _decoded(line, f"GET {path}")
    kind, meant = found.get("type"), found.get("object")
    if not isinstance(kind, str) or not isinstance(meant, dict):
        raise errors.not_kubernetes(f"GET {path}")
    if kind == "ERROR":
        raise errors.refusal(
            meant.get("code", HTTPStatus.INTERNAL_SERVER_ERROR), json.dumps(meant).encode(), path
        )
    return kind, meant


def _decoded(body: bytes, request: str) -> _Object:
    try:
        found = json.loads(body)
    except ValueError:
        raise errors.not_kubernetes(request) from None
    if not isinstance(found, dict):
        raise errors.not_kubernetes(request)
    return found
