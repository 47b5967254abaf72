"""What a user's test gets of the mocks, beyond a release's own outputs."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockResourceArgs

from helm_rollback_component import HelmRelease
from helm_rollback_component.component import RELEASE_TYPE
from helm_rollback_component.errors import ValidationError
from helm_rollback_component.testing.mocks import HelmReleaseMocks, RolledBack


class Bucket(pulumi.CustomResource):
    """A resource that has nothing to do with Helm."""

    size: pulumi.Output[int]

    def __init__(self, name: str, **inputs: Any) -> None:
        """Declare one."""
        super().__init__("test:index:Bucket", name, inputs)


class BiggerMocks(HelmReleaseMocks):
    """Gives every other resource a size, as a user may."""

    def resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        """Return id and outputs."""
        id_, outputs = super().resource(args)
        return id_, {"size": 7, **outputs}


@pytest.mark.parametrize("outcomes", [["web"], "web"])
def test_outcomes_are_given_by_name(outcomes: Any) -> None:
    with pytest.raises(ValidationError, match=r"^outcomes: is of type .*; use a dictionary of "):
        HelmReleaseMocks(outcomes)


@pytest.mark.parametrize("outcome", ["failed", RolledBack])
def test_an_outcome_is_one_that_there_is(outcome: Any) -> None:
    with pytest.raises(ValidationError, match=r"^web: is of type .*; use Deployed"):
        HelmReleaseMocks({"web": outcome})


def run(mocks: HelmReleaseMocks) -> dict[str, Any]:
    """Run a program with a bucket, a release whose values come from it, and a call."""
    outputs: dict[str, Any] = {}

    def program() -> pulumi.Output[None]:
        bucket = Bucket("bucket", size=None)
        args: Any = {
            "release_namespace": "apps",
            "source": {"chart": "./web"},
            "values": {"size": bucket.size},
            "kubeconfig": "clusters:\n- x\n",
        }
        release = HelmRelease("web", args)
        answer = pulumi.runtime.invoke("test:index:ask", {"what": 1}).value
        return pulumi.Output.all(
            bucket=bucket.id,
            size=bucket.size,
            phase=release.phase,
            version=release.chart_version,
            answer=answer,
        ).apply(outputs.update)

    pulumi.runtime.set_mocks(mocks)
    pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]
    return outputs


def test_other_resources_have_their_inputs_as_outputs_and_calls_answer_nothing() -> None:
    assert run(HelmReleaseMocks()) == {
        "bucket": "bucket-id",
        "size": None,
        "phase": "Deployed",
        "version": "1.0.0",
        "answer": {},
    }


def test_a_thread_without_an_event_loop_is_given_one() -> None:
    def loop() -> asyncio.AbstractEventLoop:
        HelmReleaseMocks()
        return asyncio.get_event_loop()

    with ThreadPoolExecutor(1) as threads, closing(threads.submit(loop).result()) as found:
        assert not found.is_running()


def test_other_resources_may_be_given_outputs() -> None:
    assert run(BiggerMocks())["size"] == 7


def test_bad_inputs_are_refused_as_the_provider_refuses_them() -> None:
    inputs = {"release_name": "web", "source": {"chart": "./web"}}
    with pytest.raises(ValidationError, match="release_namespace: required, but missing"):
        HelmReleaseMocks().new_resource(MockResourceArgs(RELEASE_TYPE, "web-release", inputs))
