"""The SDK's own host of dynamic providers, as a process that the engine speaks real gRPC to."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final, TypeVar

import grpc  # type: ignore[import-untyped]
from pulumi.runtime import proto
from pulumi.runtime.proto import provider_pb2_grpc, status_pb2

from pulumi_local_engine.process import ChildProcess, Launcher, ProcessEndedError
from pulumi_local_engine.provider import (
    Call,
    Checked,
    CheckFailure,
    Diff,
    Live,
    PartialFailureError,
    ProviderError,
)
from pulumi_local_engine.urns import name_of, type_of
from pulumi_local_engine.values import Properties, mark_like
from pulumi_local_engine.wire import from_wire, to_wire

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE: Final = "pulumi-python"
_LARGEST_STATE: Final = 16 * 1024 * 1024  # bytes, as the real engine takes them
CHANNEL_OPTIONS: Final = [
    ("grpc.max_receive_message_length", 400 * 1024 * 1024),
    ("grpc.max_send_message_length", 400 * 1024 * 1024),
    ("grpc.max_metadata_size", _LARGEST_STATE),  # in which a partial failure sends the new state
    ("grpc.absolute_max_metadata_size", _LARGEST_STATE),
]
_CHANGES: Final = {
    proto.DiffResponse.DIFF_NONE: False,
    proto.DiffResponse.DIFF_SOME: True,
}
_DETAILS: Final = "grpc-status-details-bin"
T = TypeVar("T")


class DynamicProvider:
    """Serves all dynamic resources of a run. Its process starts with the first request and ends with `close`.

    The host takes no secrets: they are sent plain, and what comes back under the same names is marked.
    """

    def __init__(self, launcher: Launcher, config: Properties) -> None:
        """Use `config`, the stack's whole configuration under its namespaced keys."""
        self._launcher = launcher
        self._config = config
        self._lock = threading.Lock()
        self._process: ChildProcess | None = None
        self._channel: Any = None
        self._stub: Any = None

    def check(self, call: Call, olds: Properties, news: Properties) -> Checked:
        """Ask the provider's `check`."""
        request = proto.CheckRequest(
            **_names(call),
            olds=to_wire(olds, secrets=False, unknowns=call.preview),
            news=to_wire(news, secrets=False, unknowns=call.preview),
        )
        answer = self._ask(lambda stub: stub.Check(request))
        failures = [CheckFailure(failure.property, failure.reason) for failure in answer.failures]
        return Checked(mark_like(from_wire(answer.inputs), news), failures)

    def diff(self, call: Call, old_inputs: Properties, old_outputs: Properties, news: Properties) -> Diff:
        """Ask the provider's `diff`."""
        request = proto.DiffRequest(
            **_names(call),
            id=call.id,
            olds=to_wire(old_outputs, secrets=False, unknowns=call.preview),
            old_inputs=to_wire(old_inputs, secrets=False, unknowns=call.preview),
            news=to_wire(news, secrets=False, unknowns=call.preview),
            ignoreChanges=call.ignore_changes,
        )
        answer = self._ask(lambda stub: stub.Diff(request))
        return Diff(
            _CHANGES.get(answer.changes),
            list(answer.replaces),
            list(answer.diffs),
            answer.deleteBeforeReplace,
        )

    def create(self, call: Call, inputs: Properties) -> Live:
        """Create, or in a preview expect the inputs as outputs: the host has no preview of its own."""
        if call.preview:
            return Live("", inputs)
        request = proto.CreateRequest(
            **_names(call), properties=to_wire(inputs, secrets=False, unknowns=False), timeout=call.timeout
        )
        try:
            answer = self._ask(lambda stub: stub.Create(request), Live(call.id, inputs))
        except PartialFailureError as failure:
            _require_id(failure.live.id, call)
            raise
        _require_id(answer.id, call)
        return Live(answer.id, mark_like(from_wire(answer.properties), inputs))

    def update(
        self, call: Call, old_inputs: Properties, old_outputs: Properties, news: Properties
    ) -> Properties:
        """Update, or in a preview expect the inputs as outputs."""
        if call.preview:
            return news
        request = proto.UpdateRequest(
            **_names(call),
            id=call.id,
            olds=to_wire(old_outputs, secrets=False, unknowns=False),
            old_inputs=to_wire(old_inputs, secrets=False, unknowns=False),
            news=to_wire(news, secrets=False, unknowns=False),
            timeout=call.timeout,
            ignoreChanges=call.ignore_changes,
        )
        answer = self._ask(lambda stub: stub.Update(request), Live(call.id, news))
        return mark_like(from_wire(answer.properties), news)

    def delete(self, call: Call, inputs: Properties, outputs: Properties) -> None:
        """Delete."""
        request = proto.DeleteRequest(
            **_names(call),
            id=call.id,
            properties=to_wire(outputs, secrets=False, unknowns=False),
            old_inputs=to_wire(inputs, secrets=False, unknowns=False),
            timeout=call.timeout,
        )
        self._ask(lambda stub: stub.Delete(request))

    def read(self, call: Call, inputs: Properties, outputs: Properties) -> Live:
        """Read what exists; inputs that the provider returns take the place of the old ones."""
        request = proto.ReadRequest(
            **_names(call),
            id=call.id,
            properties=to_wire(outputs, secrets=False, unknowns=False),
            inputs=to_wire(inputs, secrets=False, unknowns=False),
            timeout=call.timeout,
        )
        known = Live(call.id, outputs, inputs)
        return _live(self._ask(lambda stub: stub.Read(request), known), known)

    def moved(self, old_config: Properties) -> bool:
        """Return False: the configuration of dynamic providers never forces a replacement."""
        del old_config
        return False

    def close(self) -> None:
        """End the process."""
        with self._lock:
            if self._channel is not None:
                self._channel.close()
            if self._process is not None:
                self._process.stop()
            self._channel = self._process = self._stub = None

    def _ask(self, request: Callable[[Any], T], known: Live | None = None) -> T:
        """Send a request. One with `known` may fail partially; what is secret there is so in the answer."""
        try:
            return request(self._started())
        except grpc.RpcError as error:
            raise _failure(error, known) from None
        except ProcessEndedError as error:
            raise ProviderError(str(error)) from None

    def _started(self) -> Any:  # noqa: ANN401  # a gRPC stub
        with self._lock:
            if self._stub is None:
                self._process = self._launcher.start_provider(PACKAGE)
                port = self._process.first_line()
                self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=CHANNEL_OPTIONS)
                stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
                stub.Configure(self._configure_request(), wait_for_ready=True)
                self._stub = stub
            return self._stub

    def _configure_request(self) -> Any:  # noqa: ANN401  # a protobuf message
        return proto.ConfigureRequest(
            args=to_wire(self._config, secrets=True, unknowns=True),
            acceptSecrets=True,
            acceptResources=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
        )


def _failure(error: grpc.RpcError, known: Live | None) -> ProviderError:
    detail = _init_failure(error)
    if known is None or detail is None:
        return ProviderError(error.details())
    return PartialFailureError(_live(detail, known), detail.reasons)


def _init_failure(error: grpc.RpcError) -> Any:  # noqa: ANN401  # a protobuf message, or None
    """Return the detail of an error that says what exists in spite of it."""
    status = status_pb2.Status.FromString(dict(error.trailing_metadata() or ()).get(_DETAILS, b""))
    detail = proto.ErrorResourceInitFailed()
    return next((detail for packed in status.details if packed.Unpack(detail)), None)


def _live(answer: Any, known: Live) -> Live:  # noqa: ANN401  # a protobuf message
    """Read what exists, with what is secret in `known` marked."""
    inputs = mark_like(from_wire(answer.inputs), known.inputs or {}) if answer.HasField("inputs") else None
    return Live(answer.id, mark_like(from_wire(answer.properties), known.outputs), inputs)


def _require_id(id_: str, call: Call) -> None:
    if not id_:
        raise ProviderError(f"plugin returned empty resource.ID from create '{call.urn}'")


def _names(call: Call) -> dict[str, Any]:
    return {"urn": call.urn, "name": name_of(call.urn), "type": type_of(call.urn)}
