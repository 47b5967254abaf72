"""The plugin as a process of its own, asked as the engine asks it, on the control plane."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]
import pytest
from google.protobuf import empty_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from helm_rollback_component.plugin.marshalling import marshal, unmarshal
from tests.e2e.space import Space, holder
from tests.support.hosted import URN, RequestError
from tests.support.namespaces import fresh_namespace
from tests.support.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.timeout(120)]

CHART = Path(__file__).parents[2] / "stacks" / "charts" / "web"
PROGRAM = "from helm_rollback_component.plugin.launch import main; main()"


@dataclass(frozen=True)
class Plugin:
    """A plugin that runs.

    Attributes:
        stub: what asks it.
        process: the process that was started.
    """

    stub: Any
    process: subprocess.Popen[str]

    def check(self, given: Mapping[str, Any], olds: Any = None) -> Any:
        """Return checked inputs."""
        answer = self.stub.Check(provider_pb2.CheckRequest(urn=URN, news=marshal(given), olds=olds))
        assert not answer.failures
        return answer.inputs


@contextmanager
def plugin() -> Iterator[Plugin]:
    """Run the plugin for the length of the block."""
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
                stub = provider_pb2_grpc.ResourceProviderStub(channel)
                stub.Configure(provider_pb2.ConfigureRequest(id="1"))
                yield Plugin(stub, process)
        finally:
            process.kill()


@dataclass(frozen=True)
class Waiting:
    """An upgrade that waits for a pod that is never ready.

    Attributes:
        plugin: carries it out.
        space: the namespace of the release.
        created: what the creation before it returned.
        answer: the upgrade's, in the future.
    """

    plugin: Plugin
    space: Space
    created: Any
    answer: Any


@contextmanager
def waiting(ground: Ground, helm: Path) -> Iterator[Waiting]:
    """Begin such an upgrade."""
    with fresh_namespace(ground) as namespace, plugin() as asked:
        least = {
            "releaseNamespace": namespace,
            "source": {"chart": str(CHART)},
            "kubeconfig": str(ground.kubeconfig),
            "helm": str(helm),
            "values": {"replicas": 1},
        }
        inputs = asked.check(least)
        created = asked.stub.Create(provider_pb2.CreateRequest(urn=URN, properties=inputs))
        slow = {**least, "values": {"replicas": 1, "podLabels": {"ground/play": "never-ready"}}}
        request = provider_pb2.UpdateRequest(
            id=created.id, urn=URN, olds=created.properties, news=asked.check(slow, inputs)
        )
        answer = asked.stub.Update.future(request)
        wait_for_revision(asked.stub, created, 2)
        yield Waiting(asked, Space(ground, namespace), created, answer)


def test_a_cancel_ends_the_wait_and_restores_well_within_ten_seconds(
    ground: Ground, helm_programs: Mapping[int, Path]
) -> None:
    with waiting(ground, helm_programs[4]) as upgrade:
        asked = time.monotonic()
        Thread(target=upgrade.plugin.stub.Cancel, args=(empty_pb2.Empty(),)).start()

        failure = upgrade.answer.exception()
        assert time.monotonic() - asked < 10
        saved = RequestError(failure).saved
        assert saved
        outputs, _ = unmarshal(saved.properties)
        assert outputs["rollbackStatus"]["reason"] == "Interrupted"
        assert outputs["rollbackStatus"]["targetRevision"] == 1
        deletion = provider_pb2.DeleteRequest(id=upgrade.created.id, urn=URN, properties=saved.properties)
        upgrade.plugin.stub.Delete(deletion)


@pytest.mark.sweep
def test_a_plugin_that_is_killed_with_its_engine_restores_and_frees_the_lock_within_ten_seconds(
    ground: Ground, helm_programs: Mapping[int, Path]
) -> None:
    with waiting(ground, helm_programs[4]) as upgrade:
        killed = time.monotonic()
        upgrade.plugin.process.kill()
        assert upgrade.plugin.process.stdout
        upgrade.plugin.process.stdout.read()  # the worker leaves its outputs at once, and goes on
        await_that(lambda: not holder(upgrade.space), "the lock to be free")
        assert time.monotonic() - killed < 10
        assert upgrade.space.statuses() == ["superseded", "failed", "deployed"]


def wait_for_revision(stub: Any, created: Any, revision: int) -> None:
    """Wait until a refresh finds that revision."""
    request = provider_pb2.ReadRequest(id=created.id, urn=URN, properties=created.properties)
    while unmarshal(stub.Read(request).properties)[0]["revision"] < revision:
        pass
