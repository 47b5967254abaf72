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

import pulumi
from pulumi.runtime import mocks, settings

from helm_rollback_component.pulumi_adapter.engine_resources import look_up

_PROVIDER = "pulumi:providers:pulumi::default"

_asked: WeakKeyDictionary[Any, asyncio.Future[str]] = WeakKeyDictionary()
"""The answers, by the monitor of the program's run."""


def stack_id() -> asyncio.Future[str]:
    """Return the stack's id: empty where the host has none, unknown in a preview before there is one."""
    monitor = settings.get_monitor()
    if monitor not in _asked:
        _asked[monitor] = asyncio.ensure_future(_ask(monitor))
    return _asked[monitor]


async def _ask(monitor: Any) -> str:
    if isinstance(monitor, mocks.MockMonitor):
        return ""
    found = await look_up(f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{_PROVIDER}")
    return str(found["id"].string_value) if found else ""
