"""What the engine knows of a resource that is registered in this run, asked of its ``getResource``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]
from pulumi.runtime import rpc, settings
from pulumi.runtime.proto import resource_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping

_GET_RESOURCE = "pulumi:pulumi:getResource"


async def look_up(urn: str) -> Mapping[str, Any] | None:
    """Return ``id`` and ``state`` of the resource as protobuf values, or None where the host cannot tell."""
    request = resource_pb2.ResourceInvokeRequest(
        tok=_GET_RESOURCE, args=await rpc.serialize_properties({"urn": urn}, {})
    )
    monitor: Any = settings.get_monitor()
    try:
        answer = await asyncio.get_running_loop().run_in_executor(None, monitor.Invoke, request)
    except grpc.RpcError:
        return None
    found: Mapping[str, Any] = getattr(answer, "return").fields
    return found
