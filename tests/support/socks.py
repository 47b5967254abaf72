"""A SOCKS 5 proxy on loopback, which leads to one server, whichever it is asked for."""

import socket
from contextlib import AbstractContextManager

from tests.support.tunnels import Proxy, tunnels


def socks_proxy(target: tuple[str, int]) -> AbstractContextManager[Proxy]:
    """Run a proxy that leads to `target`, for the length of the block."""
    return tunnels(target, _asked, b"\x05\x00\x00\x01" + bytes(6))


def _asked(client: socket.socket) -> str:
    """Greet, and take a host and a port."""
    stream = client.makefile("rb")
    stream.read(stream.read(2)[1])
    client.sendall(b"\x05\x00")
    kind = stream.read(4)[3]
    host = stream.read(stream.read(1)[0]) if kind == 3 else stream.read(4)
    stream.read(2)
    return host.decode() if kind == 3 else socket.inet_ntoa(host)
