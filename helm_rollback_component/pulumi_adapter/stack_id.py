"""What tells a stack from every other one, also from one of equal names in another backend.

The engine makes a default provider for Pulumi's own functions when a program first calls one of them. It has
a random id, which is in the stack's state before the call is answered, stays when the stack is renamed,
exported and imported, and goes with ``pulumi destroy``. Calling ``getResource`` for that very provider makes
it and tells its id.
"""

from __future__ import annotations

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

import grpc  # type: ignore[import-untyped]
import pulumi
from pulumi.runtime import mocks, rpc, settings
from pulumi.runtime.proto import resource_pb2

_GET_RESOURCE = "pulumi:pulumi:getResource"
_PROVIDER = "pulumi:providers:pulumi::default"

_asked: WeakKeyDictionary[Any, asyncio.Future[str]] = WeakKeyDictionary()
"""The answers, by the monitor of the program's run."""


def stack_id() -> asyncio.Future[str]:
    """Return the stack's id: empty where the host has none, unknown in a preview before there is one."""
    monitor = settings.get_monitor()
    if monitor not in _asked:
        _asked[monitor] = asyncio.ensure_future(_ask(monitor))
    return _asked[monitor]


async def _ask(monitor: Any) -> str:  # noqa: ANN401  # grpc has no types
    if isinstance(monitor, mocks.MockMonitor):
        return ""
    urn = f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{_PROVIDER}"
    request = resource_pb2.ResourceInvokeRequest(
        tok=_GET_RESOURCE, args=await rpc.serialize_properties({"urn": urn}, {})
    )
    try:
        answer = await asyncio.get_running_loop().run_in_executor(None, monitor.Invoke, request)
    except grpc.RpcError:
        return ""
    return str(getattr(answer, "return").fields["id"].string_value)
