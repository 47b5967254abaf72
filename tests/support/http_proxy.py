"""An HTTP proxy on loopback that tunnels to one server, whichever it is asked for."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.socks import Proxy, pump


@contextmanager
def http_proxy(target: tuple[str, int]) -> Iterator[Proxy]:
    """Run a proxy whose tunnels lead to `target`, for the length of the block."""
    proxy = Proxy()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            """Take CONNECT, and pass everything on."""
            head = b""
            while not head.endswith(b"\r\n\r\n") and (byte := self.request.recv(1)):
                head += byte
            proxy.asked.append(head.split(b" ")[1].decode().rpartition(":")[0])
            with socket.create_connection(target) as there:
                self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
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
