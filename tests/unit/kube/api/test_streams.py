"""Streams are cut into lines, and broken off from other threads."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_rollback_component.helm.engines.engine import Cancellation
from helm_rollback_component.kube.api import streams
from tests.support.waiting import HANG_LIMIT


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


def event() -> tuple[threading.Event, Callable[[], None]]:
    stop = threading.Event()
    return stop, stop.set


def cancellation() -> tuple[Cancellation, Callable[[], None]]:
    stop = Cancellation()
    return stop, stop.request


@pytest.mark.parametrize("kind", [event, cancellation])
class TestBreakingOff:
    def test_a_blocked_read_returns(
        self,
        kind: Callable[[], tuple[streams.Stop, Callable[[], None]]],
        pair: tuple[socket.socket, socket.socket],
    ) -> None:
        stop, ask = kind()
        with streams.broken_off(pair[0], stop):
            threading.Timer(0.05, ask).start()
            assert pair[0].recv(1) == b""
        assert streams.requested(stop)

    def test_afterwards_the_connection_is_left_alone(
        self,
        kind: Callable[[], tuple[streams.Stop, Callable[[], None]]],
        pair: tuple[socket.socket, socket.socket],
    ) -> None:
        stop, ask = kind()
        with streams.broken_off(pair[0], stop):
            assert not streams.requested(stop)
        ask()
        pair[1].send(b"x")
        assert pair[0].recv(1) == b"x"

    def test_a_connection_that_is_closed_already_is_no_trouble(
        self,
        kind: Callable[[], tuple[streams.Stop, Callable[[], None]]],
        pair: tuple[socket.socket, socket.socket],
    ) -> None:
        stop, ask = kind()
        pair[0].close()
        ask()
        with streams.broken_off(pair[0], stop):
            pass


def test_one_thread_looks_out_for_all_and_ends() -> None:
    before = threading.active_count()
    pairs = [socket.socketpair() for _ in range(5)]
    stop = threading.Event()
    for ours, theirs in pairs:
        with ours, theirs, streams.broken_off(ours, stop):
            assert threading.active_count() <= before + 1
    lookout = next((t for t in threading.enumerate() if t.name == "watch-lookout"), None)
    if lookout:
        lookout.join(HANG_LIMIT)
        assert not lookout.is_alive()
