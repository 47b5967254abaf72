"""A provider that is a process of its own, which the engine speaks real gRPC to."""

from __future__ import annotations

import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

import grpc  # type: ignore[import-untyped]
from google.protobuf import empty_pb2  # type: ignore[import-untyped]
from pulumi.runtime import proto
from pulumi.runtime.proto import provider_pb2_grpc, status_pb2

from pulumi_local_engine.process import ChildProcess, ProcessEndedError
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


class HostedProvider:
    """Serves resources of a run. Its process starts with the first request and ends with `close`.

    One that takes no secrets is sent them plain, and what comes back under the same names is marked. One that
    foresees nothing is not asked in a preview what will be: the inputs take the place of the outputs.
    """

    secrets = False
    foresees = False
    ended_by = signal.SIGINT

    def __init__(self, start: Callable[[], ChildProcess], config: Properties) -> None:
        """Start the process with `start`, and configure it with `config`."""
        self._start = start
        self._config = config
        self._lock = threading.Lock()
        self._process: ChildProcess | None = None
        self._channel: Any = None
        self._stub: Any = None

    def check(self, call: Call, olds: Properties, news: Properties) -> Checked:
        """Ask the provider's `check`."""
        request = proto.CheckRequest(
            **_names(call),
            olds=self._send(olds, call),
            news=self._send(news, call),
        )
        answer = self._ask(lambda stub: stub.Check(request))
        failures = [CheckFailure(failure.property, failure.reason) for failure in answer.failures]
        return Checked(self._read(answer.inputs, news), failures)

    def diff(self, call: Call, old_inputs: Properties, old_outputs: Properties, news: Properties) -> Diff:
        """Ask the provider's `diff`."""
        request = proto.DiffRequest(
            **_names(call),
            id=call.id,
            olds=self._send(old_outputs, call),
            old_inputs=self._send(old_inputs, call),
            news=self._send(news, call),
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
        """Create; in a preview, return what is foreseen."""
        if call.preview and not self.foresees:
            return Live("", inputs)
        request = proto.CreateRequest(
            **_names(call),
            properties=self._send(inputs, call),
            timeout=call.timeout,
            preview=call.preview,
        )
        try:
            answer = self._ask(lambda stub: stub.Create(request), Live(call.id, inputs))
        except PartialFailureError as failure:
            _require_id(failure.live.id, call)
            raise
        if not call.preview:
            _require_id(answer.id, call)
        return Live(answer.id, self._read(answer.properties, inputs))

    def update(
        self, call: Call, old_inputs: Properties, old_outputs: Properties, news: Properties
    ) -> Properties:
        """Update; in a preview, return what is foreseen."""
        if call.preview and not self.foresees:
            return news
        request = proto.UpdateRequest(
            **_names(call),
            id=call.id,
            olds=self._send(old_outputs, call),
            old_inputs=self._send(old_inputs, call),
            news=self._send(news, call),
            timeout=call.timeout,
            ignoreChanges=call.ignore_changes,
            preview=call.preview,
        )
        answer = self._ask(lambda stub: stub.Update(request), Live(call.id, news))
        return self._read(answer.properties, news)

    def delete(self, call: Call, inputs: Properties, outputs: Properties) -> None:
        """Delete."""
        request = proto.DeleteRequest(
            **_names(call),
            id=call.id,
            properties=self._send(outputs, call),
            old_inputs=self._send(inputs, call),
            timeout=call.timeout,
        )
        self._ask(lambda stub: stub.Delete(request))

    def read(self, call: Call, inputs: Properties, outputs: Properties) -> Live:
        """Read what exists; inputs that the provider returns take the place of the old ones."""
        request = proto.ReadRequest(
            **_names(call),
            id=call.id,
            properties=self._send(outputs, call),
            inputs=self._send(inputs, call),
            timeout=call.timeout,
        )
        known = Live(call.id, outputs, inputs)
        return self._live(self._ask(lambda stub: stub.Read(request), known), known)

    def moved(self, old_config: Properties) -> bool:
        """Return False: a configuration never forces a replacement."""
        del old_config
        return False

    def cancel(self) -> None:
        """Ask for a good end of what is under way."""
        stub = self._stub
        if stub is not None:
            with suppress(grpc.RpcError):
                stub.Cancel(empty_pb2.Empty())

    def close(self) -> None:
        """End the process."""
        with self._lock:
            if self._channel is not None:
                self._channel.close()
            if self._process is not None:
                self._process.stop(self.ended_by)
            self._channel = self._process = self._stub = None

    def _ask(self, request: Callable[[Any], T], known: Live | None = None) -> T:
        """Send a request. One with `known` may fail partially; what is secret there is so in the answer."""
        try:
            return request(self._started())
        except grpc.RpcError as error:
            raise self._failure(error, known) from None
        except ProcessEndedError as error:
            raise ProviderError(str(error)) from None

    def _started(self) -> Any:
        with self._lock:
            if self._stub is None:
                self._process = self._start()
                port = self._process.first_line()
                self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=CHANNEL_OPTIONS)
                stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
                self._introduce(stub)
                self._stub = stub
            return self._stub

    def _introduce(self, stub: Any) -> None:
        """Say to the new process what it has to know."""
        stub.Configure(self._configuration(), wait_for_ready=True)

    def _configuration(self, **more: Any) -> Any:
        return proto.ConfigureRequest(
            args=to_wire(self._config, secrets=True, unknowns=True),
            acceptSecrets=True,
            acceptResources=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
            **more,
        )

    def _send(self, properties: Properties, call: Call) -> Any:
        return to_wire(properties, secrets=self.secrets, unknowns=call.preview)

    def _read(self, answered: Any, given: Properties) -> Properties:
        """Return what came back; what is secret in `given` is so there too, if it was sent plain."""
        found = from_wire(answered)
        return found if self.secrets else mark_like(found, given)

    def _failure(self, error: grpc.RpcError, known: Live | None) -> ProviderError:
        detail = _init_failure(error)
        if known is None or detail is None:
            return ProviderError(error.details())
        return PartialFailureError(self._live(detail, known), detail.reasons)

    def _live(self, answer: Any, known: Live) -> Live:
        """Read what exists."""
        inputs = self._read(answer.inputs, known.inputs or {}) if answer.HasField("inputs") else None
        return Live(answer.id, self._read(answer.properties, known.outputs), inputs)


def _init_failure(error: grpc.RpcError) -> Any:
    """Return the detail of an error that says what exists in spite of it."""
    status = status_pb2.Status.FromString(dict(error.trailing_metadata() or ()).get(_DETAILS, b""))
    detail = proto.ErrorResourceInitFailed()
    return next((detail for packed in status.details if packed.Unpack(detail)), None)


def _require_id(id_: str, call: Call) -> None:
    if not id_:
        raise ProviderError(f"plugin returned empty resource.ID from create '{call.urn}'")


def _names(call: Call) -> dict[str, Any]:
    return {"urn": call.urn, "name": name_of(call.urn), "type": type_of(call.urn)}
