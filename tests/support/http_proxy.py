"""An HTTP proxy on loopback that tunnels to one server, whichever it is asked for."""

import socket
from contextlib import AbstractContextManager

from tests.support.tunnels import Proxy, tunnels


def http_proxy(target: tuple[str, int]) -> AbstractContextManager[Proxy]:
    """Run a proxy whose tunnels lead to `target`, for the length of the block."""
    return tunnels(target, _asked, b"HTTP/1.1 200 OK\r\n\r\n")


def _asked(client: socket.socket) -> str:
    """Take CONNECT."""
    head = b""
    while not head.endswith(b"\r\n\r\n") and (byte := client.recv(1)):
        head += byte
    return head.split(b" ")[1].decode().rpartition(":")[0]
