"""A proxy on loopback that leads to one server, whichever it is asked for."""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Proxy:
    """A proxy that runs.

    Attributes:
        address: its host and port.
        asked: the hosts that it was asked for.
    """

    address: str = ""
    asked: list[str] = field(default_factory=list)


@contextmanager
def tunnels(
    target: tuple[str, int], asked: Callable[[socket.socket], str], granted: bytes
) -> Iterator[Proxy]:
    """Run a proxy for the length of the block.

    Args:
        target: host and port of the server to which every tunnel leads.
        asked: takes what a client says first, and returns the host that it asks for.
        granted: what a client is answered once its tunnel is there.
    """
    proxy = Proxy()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            """Take what is asked for, and pass everything on."""
            proxy.asked.append(asked(self.request))
            with socket.create_connection(target) as there:
                self.request.sendall(granted)
                threading.Thread(target=_pump, args=(self.request, there), daemon=True).start()
                _pump(there, self.request)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        proxy.address = f"127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield proxy
        finally:
            server.shutdown()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Pass everything on from one connection to the other, until either ends."""
    try:
        while piece := source.recv(1 << 16):
            sink.sendall(piece)
    except OSError:
        return
