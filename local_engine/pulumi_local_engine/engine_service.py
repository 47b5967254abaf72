"""What programs and providers find at the engine's address: the service that takes logs, and its server."""

from __future__ import annotations

from concurrent import futures
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import grpc  # type: ignore[import-untyped]
from google.protobuf import empty_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, resource_pb2_grpc

from pulumi_local_engine.hosted import CHANNEL_OPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi_local_engine.events import Events

_SEVERITIES: Final = {engine_pb2.INFO: "info", engine_pb2.WARNING: "warning", engine_pb2.ERROR: "error"}


class EngineService(engine_pb2_grpc.EngineServicer):
    """Passes log messages on as events. Debug messages are dropped, as the CLI drops them by default."""

    def __init__(self, events: Events) -> None:
        """Tell `events`."""
        self._events = events
        self._root = ""

    def Log(self, request: Any, context: Any) -> Any:  # noqa: N802  # gRPC's shape and name
        """Pass a message on."""
        del context
        severity = _SEVERITIES.get(request.severity)
        if severity:
            self._events.diagnostic(
                severity, request.urn, request.message, ephemeral=request.ephemeral, stream=request.streamId
            )
        return empty_pb2.Empty()

    def GetRootResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Return the stack's URN."""
        del request, context
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Take note of the stack's URN."""
        del context
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def RequirePulumiVersion(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Accept any requirement: there is no CLI whose version could be too old."""
        del request, context
        return engine_pb2.RequirePulumiVersionResponse()


_PER_STEP: Final = 4  # the SDK sends this many registrations for each step that may run at once
_SPARE: Final = 16


class Server:
    """Serves the engine and, once there is one, the monitor, at one address."""

    def __init__(self, engine: EngineService, parallel: int) -> None:
        """Begin with enough threads for every request that may have to wait."""
        self._threads = futures.ThreadPoolExecutor(parallel * _PER_STEP + _SPARE)
        self._server = grpc.server(self._threads, options=CHANNEL_OPTIONS)
        engine_pb2_grpc.add_EngineServicer_to_server(engine, self._server)
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def add_monitor(self, monitor: resource_pb2_grpc.ResourceMonitorServicer) -> None:
        """Serve a monitor too; call this before `running`."""
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, self._server)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serve for as long as the context lasts."""
        self._server.start()
        try:
            yield
        finally:
            self._server.stop(grace=1).wait()
            self._threads.shutdown(wait=False)
