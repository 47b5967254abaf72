"""The engine's other service: what programs and providers log, and the stack's name."""

from typing import Any, Final

from google.protobuf import empty_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from pulumi_local_engine.events import Events

_SEVERITIES: Final = {engine_pb2.INFO: "info", engine_pb2.WARNING: "warning", engine_pb2.ERROR: "error"}


class EngineService(engine_pb2_grpc.EngineServicer):
    """Passes log messages on as events. Debug messages are dropped, as the CLI drops them by default."""

    def __init__(self, events: Events) -> None:
        """Tell `events`."""
        self._events = events
        self._root = ""

    def Log(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802 - gRPC's shape and name
        """Pass a message on."""
        del context
        severity = _SEVERITIES.get(request.severity)
        if severity:
            self._events.diagnostic(
                severity, request.urn, request.message, ephemeral=request.ephemeral, stream=request.streamId
            )
        return empty_pb2.Empty()

    def GetRootResource(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802
        """Return the stack's URN."""
        del request, context
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802
        """Take note of the stack's URN."""
        del context
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def RequirePulumiVersion(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802
        """Accept any requirement: there is no CLI whose version could be too old."""
        del request, context
        return engine_pb2.RequirePulumiVersionResponse()
