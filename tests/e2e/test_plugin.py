"""The plugin as a process of its own, asked as the engine asks it, on the control plane."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]
import pytest
from google.protobuf import empty_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from helm_rollback_component.plugin.marshalling import marshal, unmarshal
from tests.support.hosted import URN, RequestError
from tests.support.namespaces import fresh_namespace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.timeout(120)]

CHART = Path(__file__).parents[2] / "stacks" / "charts" / "web"
PROGRAM = "from helm_rollback_component.plugin.server import main; main()"


@contextmanager
def plugin() -> Iterator[Any]:
    """Run the plugin, and yield what asks it."""
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
                stub = provider_pb2_grpc.ResourceProviderStub(channel)
                stub.Configure(provider_pb2.ConfigureRequest(id="1"))
                yield stub
        finally:
            process.kill()


def checked(stub: Any, given: Mapping[str, Any], olds: Any = None) -> Any:  # noqa: ANN401  # protobuf has no types
    answer = stub.Check(provider_pb2.CheckRequest(urn=URN, news=marshal(given), olds=olds))
    assert not answer.failures
    return answer.inputs


def test_a_cancel_ends_the_wait_and_restores_well_within_ten_seconds(
    ground: Ground, helm_programs: Mapping[int, Path]
) -> None:
    with fresh_namespace(ground) as namespace, plugin() as stub:
        least = {
            "releaseNamespace": namespace,
            "source": {"chart": str(CHART)},
            "kubeconfig": str(ground.kubeconfig),
            "helm": str(helm_programs[4]),
            "values": {"replicas": 1},
        }
        inputs = checked(stub, least)
        created = stub.Create(provider_pb2.CreateRequest(urn=URN, properties=inputs))
        slow = {**least, "values": {"replicas": 1, "podLabels": {"ground/play": "never-ready"}}}
        request = provider_pb2.UpdateRequest(
            id=created.id, urn=URN, olds=created.properties, news=checked(stub, slow, inputs)
        )
        update = stub.Update.future(request)
        wait_for_revision(stub, created, 2)
        asked = time.monotonic()
        Thread(target=stub.Cancel, args=(empty_pb2.Empty(),)).start()

        failure = update.exception()
        assert time.monotonic() - asked < 10
        saved = RequestError(failure).saved
        assert saved
        outputs, _ = unmarshal(saved.properties)
        assert outputs["rollbackStatus"]["reason"] == "Interrupted"
        assert outputs["rollbackStatus"]["targetRevision"] == 1
        stub.Delete(provider_pb2.DeleteRequest(id=created.id, urn=URN, properties=saved.properties))


def wait_for_revision(stub: Any, created: Any, revision: int) -> None:  # noqa: ANN401  # as above
    """Wait until a refresh finds that revision."""
    request = provider_pb2.ReadRequest(id=created.id, urn=URN, properties=created.properties)
    while unmarshal(stub.Read(request).properties)[0]["revision"] < revision:
        pass
