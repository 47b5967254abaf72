"""A SOCKS 5 proxy on loopback, which leads to one server, whichever it is asked for."""

import socket
import socketserver
import threading
from collections.abc import Iterator
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
def socks_proxy(target: tuple[str, int]) -> Iterator[Proxy]:
    """Run a proxy that leads to `target`, for the length of the block."""
    proxy = Proxy()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            """Greet, take a host and a port, and pass everything on."""
            stream = self.request.makefile("rb")
            stream.read(stream.read(2)[1])
            self.request.sendall(b"\x05\x00")
            kind = stream.read(4)[3]
            host = stream.read(stream.read(1)[0]) if kind == 3 else stream.read(4)
            stream.read(2)
            proxy.asked.append(host.decode() if kind == 3 else socket.inet_ntoa(host))
            with socket.create_connection(target) as there:
                self.request.sendall(b"\x05\x00\x00\x01" + bytes(6))
                threading.Thread(target=pump, args=(self.request, there), daemon=True).start()
                pump(there, self.request)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        proxy.address = f"127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield proxy
        finally:
            server.shutdown()


def pump(source: socket.socket, sink: socket.socket) -> None:
    """Pass everything on from one connection to the other, until either ends."""
    try:
        while piece := source.recv(1 << 16):
            sink.sendall(piece)
    except OSError:
        return
