"""Pulumi's own *partial failure*: an operation that failed and still left a state to be saved.

The engine saves the new properties together with the reasons, fails the update, and leaves everything that
depends on the resource alone. In its protocol this is an error whose trailing metadata hold a
``google.rpc.Status`` with an ``ErrorResourceInitFailed`` (``parseError`` in pulumi/pulumi,
``sdk/go/common/resource/plugin/provider_plugin.go``). The host of dynamic providers has no result for it. But
it calls a provider's method on the thread of the request, and an error that it reports keeps the trailing
metadata that were set before; so the context of the request is looked up in the calling frames.
"""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import FrameType

_DETAILS = "grpc-status-details-bin"


def announce(id_: str, properties: Mapping[str, Any], reason: str) -> bool:
    """Have the error that ends the present request carry the resource's new state.

    Args:
        id_: the resource's id.
        properties: its new outputs, with the ``__provider`` that the host's request had.
        reason: why the operation failed, one sentence.

    Returns:
        Whether the present request can end so; else the engine will keep the state that it has.
    """
    context = _request_context()
    if context is None:
        return False
    context.set_trailing_metadata(((_DETAILS, _details(id_, properties, reason)),))
    return True


def _request_context() -> Any:  # noqa: ANN401  # grpc has no types
    import grpc  # type: ignore[import-untyped]  # noqa: PLC0415  # loaded already where there is a request

    found = (
        value
        for frame in _callers()
        for value in frame.f_locals.values()
        if isinstance(value, grpc.ServicerContext)
    )
    return next(found, None)


def _callers() -> Iterator[FrameType]:
    frame = inspect.currentframe()
    while frame is not None:
        yield frame
        frame = frame.f_back


def _details(id_: str, properties: Mapping[str, Any], reason: str) -> bytes:
    import grpc  # noqa: PLC0415
    from pulumi.runtime.proto import provider_pb2, status_pb2  # noqa: PLC0415  # as above
    from pulumi.runtime.rpc import serialize_properties  # noqa: PLC0415

    failed = provider_pb2.ErrorResourceInitFailed(
        id=id_,
        properties=asyncio.run(serialize_properties(dict(properties), {})),
        reasons=[reason],
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=reason)
    status.details.add().Pack(failed)
    return bytes(status.SerializeToString())
