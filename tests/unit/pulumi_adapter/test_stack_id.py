"""What a program learns of the stack that it runs in, from hosts that tell and from others."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from pulumi.runtime import settings
from pulumi.runtime.proto import provider_pb2
from pulumi.runtime.rpc import UNKNOWN

from helm_rollback_component.pulumi_adapter.stack_id import stack_id


class Monitor:
    """Answers as the engine does, or with an error."""

    def __init__(self, answer: str | Exception) -> None:
        """Answer every call so."""
        self.answer = answer
        self.asked: list[Any] = []

    def Invoke(self, request: Any) -> Any:  # noqa: N802  # as generated
        """Call a function."""
        self.asked.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        answer = provider_pb2.InvokeResponse()  # what older SDKs have, too
        getattr(answer, "return").update({"id": self.answer, "state": {}})
        return answer


def learn(monitor: Monitor) -> list[str]:
    """Return what two releases of a program learn."""

    async def ask() -> list[str]:
        return [await stack_id(), await stack_id()]

    before, loop = settings.SETTINGS, asyncio.new_event_loop()
    settings.configure(settings.Settings("shop", "prod", monitor))
    try:
        return loop.run_until_complete(ask())
    finally:
        settings.configure(before)
        loop.close()


@pytest.mark.parametrize("answer", ["1-2-3", UNKNOWN])
def test_a_program_asks_once(answer: str) -> None:
    monitor = Monitor(answer)
    assert learn(monitor) == [answer] * 2
    (request,) = monitor.asked
    assert request.tok == "pulumi:pulumi:getResource"
    assert request.args["urn"] == "urn:pulumi:prod::shop::pulumi:providers:pulumi::default"


def test_a_host_that_cannot_tell_is_no_failure() -> None:
    assert learn(Monitor(grpc.RpcError("unimplemented"))) == ["", ""]
