"""The gRPC server that programs and providers find the engine at."""

from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from typing import Final

import grpc  # type: ignore[import-untyped]
from pulumi.runtime.proto import engine_pb2_grpc, resource_pb2_grpc

from pulumi_local_engine.dynamic import CHANNEL_OPTIONS
from pulumi_local_engine.engine_service import EngineService

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
