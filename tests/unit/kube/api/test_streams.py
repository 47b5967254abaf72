"""Streams are cut into lines, and broken off from other threads."""

import socket
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.kube.api import streams


@given(st.lists(st.binary(max_size=5)), st.integers(1, 7))
def test_lines_do_not_depend_on_the_chunks(parts: list[bytes], size: int) -> None:
    whole = b"\n".join(parts)
    chunks = [whole[start : start + size] for start in range(0, len(whole), size)]
    assert list(streams.lines(chunks)) == [line for line in whole.split(b"\n") if line]


def test_only_line_feeds_cut() -> None:
    line = '{"a": "\u2028\u0085\x0c"}'.encode()
    assert list(streams.lines([line + b"\n" + line])) == [line, line]


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(10)
        yield ours, theirs


class TestBreakingOff:
    def test_a_blocked_read_returns(self, pair: tuple[socket.socket, socket.socket]) -> None:
        stop = Cancellation()
        with streams.broken_off(pair[0], stop):
            threading.Timer(0.05, stop.request).start()
            assert pair[0].recv(1) == b""

    def test_afterwards_the_connection_is_left_alone(self, pair: tuple[socket.socket, socket.socket]) -> None:
        stop = Cancellation()
        with streams.broken_off(pair[0], stop):
            assert not stop.requested
        stop.request()
        pair[1].send(b"x")
        assert pair[0].recv(1) == b"x"

    def test_a_connection_that_is_closed_already_is_no_trouble(
        self, pair: tuple[socket.socket, socket.socket]
    ) -> None:
        stop = Cancellation()
        pair[0].close()
        stop.request()
        with streams.broken_off(pair[0], stop):
            pass


def test_a_connection_is_kept_alive() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as ours,
    ):
        streams.keep_alive(ours)
        assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) == 2
