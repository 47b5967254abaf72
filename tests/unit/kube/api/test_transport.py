"""What is sent again, and what failures become."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx2
import pytest

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import transport
from helm_rollback_component.kube.api.kubeconfig import Selected
from helm_rollback_component.kube.api.transport import Transport, wait_before_next
from tests.support.api_server import Answer, ApiServer
from tests.support.transports import open_transport
from tests.support.waiting import HANG_LIMIT

PAUSES = transport._PAUSES  # noqa: SLF001  # before the tests shorten them
BUSY = Answer({"message": "busy just now"}, status=429, headers={"Retry-After": "0"})


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_PAUSES", (0.01, 0.01, 0.01))


def open_to(server: str, **user: str) -> Transport:
    return Transport(Selected("here", {"server": server}, user))


@pytest.fixture
def server(api: ApiServer) -> Iterator[Transport]:
    with open_transport(Selected("here", {"server": api.url}, {})) as opened:
        yield opened


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_request_and_its_answer(api: ApiServer, server: Transport) -> None:
    api.queue.append(Answer({"kind": "Pod"}, status=201))
    sent = server.send("POST", "/pods", query={"a": "b"}, content=b"{}", headers={"X-Some": "thing"})
    assert sent == (201, b'{"kind": "Pod"}')
    (asked,) = api.asked
    assert (asked.method, asked.path, asked.query, asked.body) == ("POST", "/pods", {"a": "b"}, b"{}")
    assert asked.headers["X-Some"] == "thing"


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_an_overloaded_server_is_asked_again(api: ApiServer, server: Transport, method: str) -> None:
    api.queue += [BUSY, BUSY, Answer({})]
    assert server.send(method, "/pods")[0] == 200


def test_an_overload_that_lasts_is_given_back(api: ApiServer, server: Transport) -> None:
    api.queue += [BUSY] * 4
    assert server.send("GET", "/pods")[0] == 429
    assert not api.queue


def test_a_server_that_asks_for_more_patience_than_there_is_is_not_waited_for(
    api: ApiServer, server: Transport
) -> None:
    api.queue.append(Answer({}, status=429, headers={"Retry-After": "60"}))
    assert server.send("GET", "/pods")[0] == 429
    assert len(api.asked) == 1


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
@pytest.mark.parametrize(
    "failure", [Answer(status=0), Answer(b"{}", headers={"Content-Length": "100"}), Answer({}, status=503)]
)
def test_a_request_whose_answer_is_lost_or_a_failure_is_sent_again(
    api: ApiServer, server: Transport, method: str, failure: Answer
) -> None:
    api.queue += [failure, failure, Answer({"a": 1})]
    assert server.send(method, "/pods", content=b"{}") == (200, b'{"a": 1}')
    assert [asked.body for asked in api.asked] == [b"{}"] * 3


def test_answers_that_stay_away_are_told_with_the_request(api: ApiServer, server: Transport) -> None:
    api.queue += [Answer(status=0)] * 4
    with pytest.raises(OperationError, match="cannot be reached for POST /pods") as caught:
        server.send("POST", "/pods")
    assert (caught.value.reason, caught.value.temporary) == ("Unreachable", True)
    assert not api.queue


def test_the_shortest_pauses_outlast_a_restart_of_the_server_and_grow() -> None:
    shortest = [pause * transport._JITTER[0] for pause in PAUSES]  # noqa: SLF001  # a rule about numbers
    longest = sum(PAUSES) * transport._JITTER[1]  # noqa: SLF001
    assert 3 < sum(shortest) < longest < transport._PATIENCE  # noqa: SLF001
    assert shortest == sorted(shortest)


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(OperationError) as caught:
        open_to(f"http://127.0.0.1:{closed_port()}").send("GET", "/pods")
    assert caught.value.reason == "Unreachable"
    assert caught.value.__suppress_context__


def test_credentials_that_are_gone_are_told(api: ApiServer, tmp_path: Path) -> None:
    with pytest.raises(OperationError, match="not found") as caught:
        open_to(api.url, tokenFile=str(tmp_path / "gone")).send("GET", "/pods")
    assert caught.value.reason == "Unauthorized"


@pytest.mark.parametrize(
    ("outcome", "wait"),
    [
        (httpx2.Response(200), None),
        (httpx2.Response(404), None),
        (httpx2.Response(409), None),
        (httpx2.Response(500), 0.5),
        (httpx2.Response(501), None),
        (httpx2.Response(502), 0.5),
        (httpx2.Response(503), 0.5),
        (httpx2.Response(503, headers={"Retry-After": "2"}), 2),
        (httpx2.Response(429), 0.5),
        (httpx2.Response(429, headers={"Retry-After": "2"}), 2),
        (httpx2.Response(429, headers={"Retry-After": "tomorrow"}), 0.5),
        (httpx2.ConnectError("refused"), 0.5),
        (httpx2.ConnectTimeout("slow"), 0.5),
        (httpx2.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED]"), None),
        (httpx2.ReadError("cut"), 0.5),
    ],
)
def test_what_is_sent_again(outcome: httpx2.Response | httpx2.TransportError, wait: float | None) -> None:
    assert wait_before_next(httpx2.Request("PUT", "https://a/b"), outcome, 0.5) == wait


def test_a_look_cannot_conflict_with_anything() -> None:
    assert wait_before_next(httpx2.Request("GET", "https://a/b"), httpx2.Response(409), 0.5) == 0.5


def test_what_a_disruption_budget_rejects_is_not_sent_again() -> None:
    eviction = httpx2.Request("POST", "https://a/pods/b/eviction")
    assert wait_before_next(eviction, httpx2.Response(429), 0.5) is None
    assert wait_before_next(eviction, httpx2.Response(503), 0.5) == 0.5


def lines(server: Transport, stop: Cancellation) -> list[bytes]:
    with server.stream("/pods", {"watch": "1"}, silence=5, stop=stop) as found:
        return list(found)


def test_a_stream_gives_lines_until_it_ends(api: ApiServer, server: Transport) -> None:
    api.queue.append(Answer(parts=[b"on", b"e\ntwo\n"]))
    assert lines(server, Cancellation()) == [b"one", b"two"]
    assert api.asked[0].query == {"watch": "1"}


def test_a_stream_can_be_ended_from_another_thread(api: ApiServer, server: Transport) -> None:
    stop, ended = Cancellation(), threading.Event()

    def parts() -> Iterator[bytes]:
        yield b"one\n"
        ended.wait(HANG_LIMIT)

    api.queue.append(Answer(parts=parts()))
    with server.stream("/pods", {}, silence=HANG_LIMIT, stop=stop) as found:
        assert next(found) == b"one"
        threading.Thread(target=stop.request).start()
        assert list(found) == []
    ended.set()


def test_a_refused_stream_says_why(api: ApiServer, server: Transport) -> None:
    api.queue.append(Answer({"message": "too old resource version"}, status=410))
    with pytest.raises(OperationError, match="too old") as caught:
        lines(server, Cancellation())
    assert caught.value.reason == "Expired"


def test_a_stream_that_breaks_is_unreachable(api: ApiServer, server: Transport) -> None:
    api.queue.append(Answer(parts=[b"one\n"], headers={"Content-Length": "100"}))
    with pytest.raises(OperationError, match="cannot be reached"):
        lines(server, Cancellation())


def test_a_stream_that_breaks_because_it_was_asked_to_just_ends(api: ApiServer, server: Transport) -> None:
    stop = Cancellation()
    stop.request()
    api.queue.append(Answer(parts=[b"one\n"], headers={"Content-Length": "100"}))
    with server.stream("/pods", {}, silence=5, stop=stop) as found:
        for _ in found:
            pass


def test_a_request_without_an_answer_ends_what_has_been_silent_all_the_while(
    api: ApiServer, server: Transport
) -> None:
    ended = threading.Event()

    def parts() -> Iterator[bytes]:
        yield b"one\n"
        ended.wait(HANG_LIMIT)

    api.queue.append(Answer(parts=parts()))
    with server.stream("/pods", {}, silence=HANG_LIMIT, stop=Cancellation()) as found:
        assert next(found) == b"one"
        api.queue += [Answer(status=0)] * 4
        with pytest.raises(OperationError):
            server.send("PUT", "/leases/a", content=b"{}")
        assert list(found) == []
    ended.set()


def test_a_stream_that_is_to_end_before_it_began_is_still_an_error_if_there_is_no_server() -> None:
    stop = Cancellation()
    stop.request()
    server = open_to(f"http://127.0.0.1:{closed_port()}")
    with pytest.raises(OperationError) as caught, server.stream("/pods", {}, silence=5, stop=stop):
        pass
    assert caught.value.reason == "Unreachable"


def test_the_head_of_a_stream_is_not_waited_for_as_long_as_its_body(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_STREAM_GRACE", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = open_to(f"http://127.0.0.1:{silent.getsockname()[1]}")
        with (
            pytest.raises(OperationError, match="timed out"),
            server.stream("/pods", {}, silence=HANG_LIMIT, stop=Cancellation()),
        ):
            pass


def test_a_body_that_is_silent_for_too_long_is_a_lost_connection(api: ApiServer, server: Transport) -> None:
    ended = threading.Event()

    def parts() -> Iterator[bytes]:
        yield b"one\n"
        ended.wait(HANG_LIMIT)

    api.queue.append(Answer(parts=parts()))
    with (
        pytest.raises(OperationError, match="timed out"),
        server.stream("/pods", {}, silence=0.1, stop=Cancellation()) as found,
    ):
        list(found)
    ended.set()


@pytest.mark.parametrize("ahead", [-1, 1])
def test_the_time_is_the_servers_however_far_it_is_from_ours(
    api: ApiServer, server: Transport, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    its = datetime.now(UTC) + timedelta(hours=ahead)
    monkeypatch.setattr(
        BaseHTTPRequestHandler, "date_time_string", lambda *_: format_datetime(its, usegmt=True)
    )
    api.queue.append(Answer({}))
    server.send("GET", "/a")
    assert timedelta() <= server.server_time() - its.replace(microsecond=0) < timedelta(minutes=1)


@pytest.mark.parametrize("date", ["", "today", "Thu, 01 Jan 2026 00:00:00 -0000"])
def test_without_a_date_that_can_be_read_it_is_ours(
    api: ApiServer, server: Transport, monkeypatch: pytest.MonkeyPatch, date: str
) -> None:
    monkeypatch.setattr(BaseHTTPRequestHandler, "date_time_string", lambda *_: date)
    api.queue.append(Answer({}))
    server.send("GET", "/a")
    assert abs(server.server_time() - datetime.now(UTC)) < timedelta(minutes=1)
