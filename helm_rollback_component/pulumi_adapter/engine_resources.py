"""What the engine knows of resources: of those that are registered in this run, and of those in a state."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]
from pulumi.runtime import rpc, settings
from pulumi.runtime.proto import resource_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping

_GET_RESOURCE = "pulumi:pulumi:getResource"
_READ_STACK = "pulumi:pulumi:readStackResourceOutputs"


async def look_up(urn: str) -> Mapping[str, Any] | None:
    """Return ``id`` and ``state`` of the resource as protobuf values, or None where the host cannot tell."""
    try:
        answer = await _asked(_GET_RESOURCE, {"urn": urn})
    except grpc.RpcError:
        return None
    return answer.fields  # type: ignore[no-any-return]  # protobuf has no types


async def stored_resources(stack: str) -> Mapping[str, Any]:
    """Return ``type`` and ``outputs`` of the resources in a stack's state by URN; none if no host can.

    Args:
        stack: ``organization/project/stack``.

    Raises:
        LookupError: the engine could not read the state; says why.
    """
    try:
        answer = await _asked(_READ_STACK, {"stackName": stack})
    except grpc.RpcError as error:
        if error.code() is not grpc.StatusCode.UNIMPLEMENTED:
            raise LookupError(error.details()) from None
        answer = None
    found = rpc.deserialize_properties(answer, keep_unknowns=True) if answer is not None else {}
    return rpc.unwrap_rpc_secret(found.get("outputs")) or {}


async def _asked(function: str, arguments: dict[str, str]) -> Any:
    request = resource_pb2.ResourceInvokeRequest(
        tok=function, args=await rpc.serialize_properties(arguments, {})
    )
    monitor: Any = settings.get_monitor()
    answer = await asyncio.get_running_loop().run_in_executor(None, monitor.Invoke, request)
    return getattr(answer, "return")
