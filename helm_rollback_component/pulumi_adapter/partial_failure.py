"""Pulumi's own *partial failure*: an operation that failed and still left a state to be saved.

The engine saves the new properties together with the reasons, fails the update, and leaves everything that
depends on the resource alone. In its protocol this is an error whose trailing metadata hold a
``google.rpc.Status`` with an ``ErrorResourceInitFailed`` (``parseError`` in pulumi/pulumi,
``sdk/go/common/resource/plugin/provider_plugin.go``). The host of dynamic providers has no result for it. But
an error that it reports keeps the trailing metadata that were set before in the context of the request.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from helm_rollback_component.pulumi_adapter.request_context import request_context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

DETAILS = "grpc-status-details-bin"
"""The key of the trailing metadata that hold `details`."""

_taker: ContextVar[Callable[[str, Mapping[str, Any]], None] | None] = ContextVar("taker", default=None)


@contextmanager
def announced_to(take: Callable[[str, Mapping[str, Any]], None]) -> Iterator[None]:
    """Have what the block announces on this thread go to a host that ends the request with it itself.

    Args:
        take: takes the resource's id and its new outputs.
    """
    token = _taker.set(take)
    try:
        yield
    finally:
        _taker.reset(token)


def announce(id_: str, properties: Mapping[str, Any], reason: str) -> bool:
    """Have the error that ends the present request carry the resource's new state.

    Args:
        id_: the resource's id.
        properties: its new outputs, with the ``__provider`` that the host's request had.
        reason: why the operation failed, one sentence.

    Returns:
        Whether the present request can end so; else the engine will keep the state that it has.
    """
    if take := _taker.get():
        take(id_, properties)
        return True
    context = request_context()
    if context is None:
        return False
    from pulumi.runtime.rpc import serialize_properties  # noqa: PLC0415  # loaded already where there is a request

    saved = asyncio.run(serialize_properties(dict(properties), {}))
    context.set_trailing_metadata(((DETAILS, details(id_, saved, reason)),))
    return True


def details(id_: str, properties: Any, reason: str) -> bytes:
    """Return the ``google.rpc.Status`` of a partial failure.

    Args:
        id_: the resource's id.
        properties: its new outputs, a ``Struct``.
        reason: why the operation failed, one sentence.
    """
    import grpc  # type: ignore[import-untyped]  # noqa: PLC0415  # as above
    from pulumi.runtime.proto import provider_pb2, status_pb2  # noqa: PLC0415  # as above

    failed = provider_pb2.ErrorResourceInitFailed(id=id_, properties=properties, reasons=[reason])
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=reason)
    status.details.add().Pack(failed)
    return bytes(status.SerializeToString())
