"""A failing operation of a provider hands its new state to the engine."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]
import pytest
from google.protobuf import json_format  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from helm_rollback_component.pulumi_adapter import partial_failure, request_context

if TYPE_CHECKING:
    from collections.abc import Iterator

SPAN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
REASON = "apps/web: the upgrade failed"


class Host(provider_pb2_grpc.ResourceProviderServicer):
    """Calls a provider as the SDK's host of dynamic providers does: an exception ends the request."""

    def __init__(self) -> None:
        """Have nothing to save yet."""
        self.outputs: dict[str, Any] = {}
        self.above = ""

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802  # as generated
        """Fail, with the outputs as the new state."""
        try:
            return self._update(request.id)
        except RuntimeError as error:
            context.abort(grpc.StatusCode.UNKNOWN, f"RuntimeError: {error}")

    def _update(self, id_: str) -> None:
        self.above = request_context.traceparent()
        assert partial_failure.announce(id_, self.outputs, REASON)
        raise RuntimeError(REASON)


@pytest.fixture
def host() -> Host:
    """The provider's side."""
    return Host()


@pytest.fixture
def engine(host: Host) -> Iterator[Any]:
    """The engine's side, which like the real one takes large metadata."""
    with ThreadPoolExecutor(1) as pool:
        server = grpc.server(pool)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(host, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        room = [("grpc.max_metadata_size", 2**24), ("grpc.absolute_max_metadata_size", 2**24)]
        with grpc.insecure_channel(f"127.0.0.1:{port}", options=room) as channel:
            yield provider_pb2_grpc.ResourceProviderStub(channel)
        server.stop(None).wait()


def failed(engine: Any) -> tuple[Any, Any]:
    """Return the error of an update and the ``ErrorResourceInitFailed`` in it."""
    with pytest.raises(grpc.RpcError) as raised:
        engine.Update(provider_pb2.UpdateRequest(id="apps/web"))
    metadata = dict(raised.value.trailing_metadata())
    status = status_pb2.Status.FromString(metadata["grpc-status-details-bin"])
    assert (status.code, status.message) == (grpc.StatusCode.UNKNOWN.value[0], REASON)
    detail = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    return raised.value, detail


def test_a_span_above_the_request_is_known(host: Host, engine: Any) -> None:
    failed(engine)
    assert host.above == ""
    with pytest.raises(grpc.RpcError):
        engine.Update(provider_pb2.UpdateRequest(id="apps/web"), metadata=(("traceparent", SPAN),))
    assert host.above == SPAN
    assert request_context.traceparent() == ""


def test_the_engine_gets_id_outputs_and_reason(host: Host, engine: Any) -> None:
    host.outputs = {"__provider": "p", "revision": 3, "history": [{"revision": 1}], "nothing": None}

    error, detail = failed(engine)

    assert error.details() == f"RuntimeError: {REASON}"
    assert (detail.id, list(detail.reasons)) == ("apps/web", [REASON])
    assert json_format.MessageToDict(detail.properties) == {
        "__provider": "p",
        "revision": 3.0,
        "history": [{"revision": 1.0}],
    }


def test_a_large_state_arrives_whole(host: Host, engine: Any) -> None:
    host.outputs = {"values": {str(number): "x" * 1000 for number in range(3000)}}

    _, detail = failed(engine)

    assert json.loads(json_format.MessageToJson(detail.properties)) == host.outputs


def test_outside_a_request_it_cannot_be_had() -> None:
    assert not partial_failure.announce("apps/web", {}, REASON)
