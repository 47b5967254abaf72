"""Streams are cut into lines, and broken off from other threads."""

import math
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.kube.api import streams

Pair = tuple[socket.socket, socket.socket]


@given(st.lists(st.binary(max_size=5)), st.integers(1, 7))
def test_lines_do_not_depend_on_the_chunks(parts: list[bytes], size: int) -> None:
    whole = b"\n".join(parts)
    chunks = [whole[start : start + size] for start in range(0, len(whole), size)]
    assert list(streams.lines(chunks)) == [line for line in whole.split(b"\n") if line]


def test_only_line_feeds_cut() -> None:
    line = '{"a": "\u2028\u0085\x0c"}'.encode()
    assert list(streams.lines([line + b"\n" + line])) == [line, line]


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(10)
        yield ours, theirs


@pytest.fixture
def open_streams() -> streams.Streams:
    return streams.Streams()


def chunks(connection: socket.socket) -> Iterator[bytes]:
    while chunk := connection.recv(100):
        yield chunk


def in_a_moment(act: Callable[[], None]) -> None:
    """Act from another thread, as likely as not while this one reads."""
    threading.Timer(0.05, act).start()


class TestEnding:
    def test_a_blocked_read_returns(self, pair: Pair, open_streams: streams.Streams) -> None:
        stop = Cancellation()
        with open_streams.follow(pair[0], chunks(pair[0]), stop) as lines:
            in_a_moment(stop.request)
            assert list(lines) == []

    def test_afterwards_the_connection_is_left_alone(self, pair: Pair, open_streams: streams.Streams) -> None:
        stop = Cancellation()
        with open_streams.follow(pair[0], (), stop):
            assert not stop.requested
        stop.request()
        open_streams.doubt(math.inf)
        pair[1].send(b"x")
        assert pair[0].recv(1) == b"x"

    def test_a_connection_that_is_closed_already_is_no_trouble(
        self, pair: Pair, open_streams: streams.Streams
    ) -> None:
        stop = Cancellation()
        pair[0].close()
        stop.request()
        with open_streams.follow(pair[0], (), stop):
            pass


class TestDoubt:
    def test_what_has_been_silent_since_then_ends(self, pair: Pair, open_streams: streams.Streams) -> None:
        with open_streams.follow(pair[0], chunks(pair[0]), Cancellation()) as lines:
            pair[1].send(b"one\n")
            assert next(lines) == b"one"
            since = time.monotonic() + 1
            in_a_moment(lambda: open_streams.doubt(since))
            assert list(lines) == []

    def test_what_was_heard_since_then_goes_on(self, pair: Pair, open_streams: streams.Streams) -> None:
        with open_streams.follow(pair[0], chunks(pair[0]), Cancellation()) as lines:
            since = time.monotonic()
            pair[1].send(b"one\ntwo\n")
            assert next(lines) == b"one"
            open_streams.doubt(since)
            pair[1].send(b"three\n")
            assert [next(lines), next(lines)] == [b"two", b"three"]


def test_a_connection_is_kept_alive() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as ours,
    ):
        streams.keep_alive(ours)
        assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) == 2
