"""The plugin's server: it prints its port, and serves until the engine ends it, or is gone."""

from __future__ import annotations

import signal
import sys
from concurrent.futures import ThreadPoolExecutor

import grpc  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2_grpc

from helm_rollback_component.plugin.host import PluginHost
from helm_rollback_component.pulumi_adapter import process_lifetime

_THREADS = 1024
"""More than the engine asks for at once (`--parallel`), so that a Cancel never waits for an operation."""
_LARGEST_MESSAGE = 400 << 20
_OPTIONS = (
    ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
    ("grpc.max_send_message_length", _LARGEST_MESSAGE),
)


def serving(host: PluginHost) -> tuple[grpc.Server, int]:
    """Return a server that has been started, and its port on this machine."""
    server = grpc.server(ThreadPoolExecutor(_THREADS, "request"), options=_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def serve(alive: int) -> None:
    """Print the port, and serve.

    Args:
        alive: a descriptor that comes to its end when the process is gone that stands for this one.
    """
    process_lifetime.end_with_process(alive)
    signal.signal(signal.SIGINT, lambda *_: process_lifetime.end_if_idle())
    server, port = serving(PluginHost())
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()
