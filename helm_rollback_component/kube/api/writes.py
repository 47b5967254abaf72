"""Writes to an API server, which may arrive twice: whether what is refused was done already, is looked at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, assert_never

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import answers, refused_writes
from helm_rollback_component.kube.api.refused_writes import Fate

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.kube.api.transport import Transport

JSON = "application/json"
_LOOKS = 2
"""How often a write is sent again that was refused although nothing speaks against it."""

_Object = dict[str, Any]


class Writes:
    """Sends writes to one API server. Safe to use from any thread.

    Args:
        transport: the way to it.
        get: reads an object by its path.
    """

    def __init__(self, transport: Transport, get: Callable[[str], _Object | None]) -> None:
        self._transport = transport
        self._get = get

    def send(self, method: str, path: str, body: Any, content_type: str = JSON) -> _Object:
        """Send a write, and return the object in the answer, or what a first try of it has left.

        Raises:
            OperationError: what `client.Cluster` names.
        """
        for _ in range(_LOOKS):
            try:
                return self._once(method, path, body, content_type)
            except OperationError as error:
                done = self._done_already(method, path, body, error)
            if done is not None:
                return done
        return self._once(method, path, body, content_type)

    def try_create(self, path: str, body: _Object) -> None:
        """Have the server check an object that is not stored; raises what speaks against it."""
        self._once("POST", f"{path}?dryRun=All", body, JSON)

    def review(self, path: str, spec: _Object) -> _Object:
        """Have the server review something; the answer is not stored, so there is nothing to look for."""
        return self._once("POST", path, {"spec": spec}, JSON)

    def _once(self, method: str, path: str, body: Any, content_type: str) -> _Object:
        headers, content = {"Content-Type": content_type}, json.dumps(body).encode()
        status, answer = self._transport.send(method, path, content=content, headers=headers)
        return answers.decode(status, answer, f"{method} {path}")

    def _done_already(self, method: str, path: str, body: Any, error: OperationError) -> _Object | None:
        """Return what a refused write has left, None if it is to be sent again; else raise the refusal."""
        where = refused_writes.where_to_look(method, path, body, error.reason)
        if where is None:
            raise error
        try:
            found = self._get(where)
        except OperationError:
            raise error from None
        fate = refused_writes.judge(method, body, found)
        match fate:
            case Fate.DONE:
                return found or {}
            case Fate.NOT_DONE:
                return None
            case Fate.REFUSED:
                raise error
            case _:
                assert_never(fate)
