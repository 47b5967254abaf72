"""A release that a resource in this stack still has is not taken over."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2

from helm_rollback_component.pulumi_adapter import adoption

URN = "urn:pulumi:prod::shop::kubernetes:helm.sh/v3:Release::old"
OLD = {"type": "kubernetes:helm.sh/v3:Release", "outputs": {"name": "web", "namespace": "apps"}}
NAMED_BY_PULUMI = {
    "type": "kubernetes:helm.sh/v3:Release",
    "outputs": {"status": {"name": "web", "namespace": "apps"}},
}
INPUTS = {"adopt": True, "release_name": "web", "release_namespace": "apps"}


class Monitor:
    """Answers as the engine does, or with an error."""

    def __init__(self, stored: dict[str, Any] | Exception) -> None:
        """Hold a state with these resources."""
        self.stored = stored
        self.asked: list[Any] = []

    def Invoke(self, request: Any) -> Any:  # noqa: ANN401, N802  # as generated
        """Call a function."""
        self.asked.append(request)
        if isinstance(self.stored, Exception):
            raise self.stored
        answer = resource_pb2.ResourceInvokeResponse()
        getattr(answer, "return").update({"name": "prod", "outputs": self.stored})
        return answer


def problems(monitor: Monitor, *several: dict[str, Any]) -> list[str | None]:
    """Return what is wrong with taking these releases over."""

    async def ask() -> list[str | None]:
        return [await adoption.problem_with(inputs).future() for inputs in several]

    before, loop = settings.SETTINGS, asyncio.new_event_loop()
    settings.configure(settings.Settings("shop", "prod", monitor, organization="acme"))
    try:
        return loop.run_until_complete(ask())
    finally:
        settings.configure(before)
        loop.close()


@pytest.mark.parametrize("stored", [OLD, NAMED_BY_PULUMI])
def test_it_is_refused_with_the_way_to_do_it(stored: dict[str, Any]) -> None:
    monitor = Monitor({"urn:other": {"type": "other", "outputs": {}}, URN: stored})
    (problem,) = problems(monitor, INPUTS)
    assert problem is not None
    assert URN in problem
    assert "retain_on_delete=True" in problem
    (request,) = monitor.asked
    assert request.args["stackName"] == "acme/shop/prod"


@pytest.mark.parametrize(
    "changed", [{"release_name": "api"}, {"release_namespace": "test"}, {"adopt": False}, {"adopt": None}]
)
def test_any_other_release_may_be_taken_over(changed: dict[str, Any]) -> None:
    assert problems(Monitor({URN: OLD}), {**INPUTS, **changed}) == [None]


def test_the_state_is_read_once_and_only_where_a_release_is_to_be_taken_over() -> None:
    monitor = Monitor({})
    assert problems(monitor, {**INPUTS, "adopt": False}) == [None]
    assert monitor.asked == []
    assert problems(monitor, INPUTS, {**INPUTS, "values": {}}) == [None, None]
    assert len(monitor.asked) == 1


def test_a_host_that_cannot_tell_is_no_failure() -> None:
    assert problems(Monitor(grpc.RpcError("unimplemented")), INPUTS) == [None]
