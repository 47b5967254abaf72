"""A release that a resource in this stack still has is not taken over, nor are its objects."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

import grpc  # type: ignore[import-untyped]
import pulumi
import pytest
from pulumi.runtime import rpc, settings
from pulumi.runtime.proto import provider_pb2

from helm_rollback_component.pulumi_adapter import adoption

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


T = TypeVar("T")
URN = "urn:pulumi:prod::shop::kubernetes:helm.sh/v3:Release::old"
OLD = {"type": "kubernetes:helm.sh/v3:Release", "outputs": {"name": "web", "namespace": "apps"}}
NAMED_BY_PULUMI = {
    "type": "kubernetes:helm.sh/v3:Release",
    "outputs": {"status": {"name": "web", "namespace": "apps"}},
}
WITH_A_SECRET = {
    "type": "kubernetes:helm.sh/v3:Release",
    "outputs": {"status": {rpc._special_sig_key: rpc._special_secret_sig, "value": OLD["outputs"]}},  # noqa: SLF001  # as the engine marks it
}
PLACE = {"release_name": "web", "release_namespace": "apps"}
INPUTS = {"adopt": True, **PLACE}
TO_OWN = {"take_ownership": True, **PLACE}
OBJECT = {
    "type": "kubernetes:core/v1:Service",
    "outputs": {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "apps"}},
}


class Monitor:
    """Answers as the engine does, or with an error."""

    def __init__(self, stored: dict[str, Any] | Exception) -> None:
        """Hold a state with these resources."""
        self.stored = stored
        self.asked: list[Any] = []

    def Invoke(self, request: Any) -> Any:  # noqa: N802  # as generated
        """Call a function."""
        self.asked.append(request)
        if isinstance(self.stored, Exception):
            raise self.stored
        answer = provider_pb2.InvokeResponse()  # what older SDKs have, too
        getattr(answer, "return").update({"name": "prod", "outputs": self.stored})
        return answer


def problems(monitor: Monitor, *several: dict[str, Any], name: str = "adopt") -> list[str | None]:
    """Return what is wrong with that input of these releases."""

    async def ask() -> list[str | None]:
        return [await _told(adoption.problems_with(inputs)[name]) for inputs in several]

    return run(monitor, ask)


async def _told(found: pulumi.Output[T] | None) -> T | None:
    return await found.future() if found is not None else None


def held(monitor: Monitor, inputs: dict[str, Any]) -> Any:
    """Return what is passed on to check."""

    async def ask() -> Any:
        return await _told(adoption.held(inputs))

    return run(monitor, ask)


def run(monitor: Monitor, ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine in a program that has this monitor."""
    before, loop = settings.SETTINGS, asyncio.new_event_loop()
    settings.configure(settings.Settings("shop", "prod", monitor, organization="acme"))
    try:
        return loop.run_until_complete(ask())
    finally:
        settings.configure(before)
        loop.close()


@pytest.mark.parametrize("stored", [OLD, NAMED_BY_PULUMI, WITH_A_SECRET])
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


def test_an_input_that_turns_out_to_be_false_asks_for_nothing() -> None:
    monitor = Monitor({URN: OLD})
    assert problems(monitor, {**INPUTS, "adopt": pulumi.Output.from_input(val=False)}) == [None]
    assert monitor.asked == []


class Failed(grpc.RpcError):  # type: ignore[misc]  # not typed
    """How a call failed."""

    def __init__(self, code: grpc.StatusCode) -> None:
        """Fail with that code."""
        self.code = lambda: code
        self.details = lambda: "the backend does not answer"


def test_a_host_that_cannot_tell_is_no_failure() -> None:
    assert problems(Monitor(Failed(grpc.StatusCode.UNIMPLEMENTED)), INPUTS) == [None]


def test_a_state_that_could_not_be_read_is_refused() -> None:
    (problem,) = problems(Monitor(Failed(grpc.StatusCode.UNKNOWN)), INPUTS)
    assert problem is not None
    assert "could not be read" in problem
    assert "the backend does not answer" in problem


def test_what_the_state_holds_is_passed_on_where_objects_are_to_be_taken_over() -> None:
    monitor = Monitor({"urn:other": OBJECT, URN: OLD})
    objects = [["urn:other", "", "Service", "apps", "web", ""]]
    assert held(monitor, TO_OWN) == {"objects": objects, "releases": [[URN, "web", "apps"]]}
    assert held(monitor, INPUTS) is None
    assert held(Monitor(Failed(grpc.StatusCode.UNKNOWN)), TO_OWN) is None
    assert held(Monitor({}), TO_OWN) == {}


def test_each_input_is_refused_for_what_it_does_alone() -> None:
    assert problems(Monitor({URN: OLD}), TO_OWN, name="take_ownership") == [None]
    (problem,) = problems(Monitor(Failed(grpc.StatusCode.UNKNOWN)), TO_OWN, name="take_ownership")
    assert problem is not None
    assert "could not be read" in problem
