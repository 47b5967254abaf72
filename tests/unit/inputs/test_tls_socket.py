"""A connection that is reset before its handshake leaves no socket open."""

from __future__ import annotations

import gc
import socket
import ssl
import struct
import warnings

import pytest

from helm_rollback_component.inputs.tls_socket import ClosingSocket
from tests.support.waiting import await_that

_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


def _reset(connection: socket.socket) -> bool:
    """Return whether the kernel knows by now that the other end has reset the connection."""
    try:
        connection.getpeername()
    except OSError:
        return True
    return False


def test_it_is_closed_at_once() -> None:
    context = ssl.create_default_context()
    context.sslsocket_class = ClosingSocket
    with socket.create_server(("127.0.0.1", 0)) as server:
        connection = socket.create_connection(server.getsockname())
        accepted, _ = server.accept()
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
        accepted.close()
        await_that(lambda: _reset(connection), "the reset")
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            with pytest.raises(OSError, match="reset by peer"):
                context.wrap_socket(connection, server_hostname="localhost")
            gc.collect()
    assert [str(each.message) for each in told] == []
