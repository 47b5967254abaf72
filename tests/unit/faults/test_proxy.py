"""What clients of the fault proxy see."""

import base64
import socket
import ssl
import threading
from collections.abc import Iterator

import httpx2
import pytest
import yaml

from tests.support import api_server
from tests.support.api_server import Answer, ApiServer
from tests.support.waiting import HANG_LIMIT, await_that
from tools import faults
from tools.faults import Fault, FaultProxy, Rule, rules

_FOUND = {"kind": "Thing"}


@pytest.fixture
def api() -> Iterator[ApiServer]:
    with api_server.running() as server:
        server.answers["/thing"] = Answer(_FOUND)
        yield server


@pytest.fixture
def proxy(api: ApiServer) -> Iterator[FaultProxy]:
    with faults.running(api.kubeconfig(user={"token": "secret"}), seconds=0.2) as found:
        yield found


@pytest.fixture
def watched(api: ApiServer) -> Iterator[FaultProxy]:
    with faults.running(api.kubeconfig(user={"token": "secret"}), skip=rules.is_no_watch) as found:
        yield found


@pytest.fixture
def client(proxy: FaultProxy) -> Iterator[httpx2.Client]:
    with _client_of(proxy) as found:
        yield found


@pytest.fixture
def watcher(watched: FaultProxy) -> Iterator[httpx2.Client]:
    with _client_of(watched) as found:
        yield found


def _client_of(proxy: FaultProxy) -> httpx2.Client:
    config = yaml.safe_load(proxy.kubeconfig)
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    trusted = ssl.create_default_context(
        cadata=base64.b64decode(cluster["certificate-authority-data"]).decode()
    )
    headers = {"Authorization": f"Bearer {user['token']}"}
    return httpx2.Client(base_url=cluster["server"], verify=trusted, headers=headers, trust_env=False)


def test_requests_go_through_with_the_credentials_of_the_kubeconfig(
    api: ApiServer, client: httpx2.Client
) -> None:
    answer = client.post("/thing?a=b", json={"x": 1})
    asked = api.asked[0]
    assert answer.json() == _FOUND
    assert (asked.method, asked.query, asked.body) == ("POST", {"a": "b"}, b'{"x":1}')
    assert asked.headers["Authorization"] == "Bearer secret"


def test_the_head_of_a_stream_does_not_wait_for_its_body(api: ApiServer, client: httpx2.Client) -> None:
    ended = threading.Event()

    def parts() -> Iterator[bytes]:
        ended.wait(HANG_LIMIT)
        yield b"one\n"

    api.answers["/stream"] = Answer(parts=parts())
    with client.stream("GET", "/stream?watch=1") as answer:
        ended.set()
        assert answer.read() == b"one\n"


def test_an_answer_without_a_body_stays_one(api: ApiServer, client: httpx2.Client) -> None:
    api.answers["/same"] = Answer(b"", status=304, parts=())
    assert "Transfer-Encoding" not in client.get("/same").headers
    assert client.get("/thing").json() == _FOUND


def test_nobody_else_gets_through(api: ApiServer, client: httpx2.Client) -> None:
    assert client.get("/thing", headers={"Authorization": "Bearer other"}).status_code == 401
    assert api.asked == []


def test_a_stream_goes_through_piece_by_piece(api: ApiServer, client: httpx2.Client) -> None:
    api.answers["/stream"] = Answer(parts=(b"one\n", b"two\n"))
    with client.stream("GET", "/stream?watch=1") as answer:
        assert "".join(answer.iter_text()) == "one\ntwo\n"


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault.status])
def test_a_status_is_answered_in_place_of_the_server(
    api: ApiServer, proxy: FaultProxy, client: httpx2.Client, fault: Fault
) -> None:
    proxy.expect(Rule(fault, frozenset({2})))
    answers = [client.get("/thing") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, fault.status, 200]
    assert answers[1].json()["code"] == fault.status
    assert answers[1].headers.get("Retry-After") == ("1" if fault is Fault.TOO_MANY else None)
    assert len(api.asked) == 2


@pytest.mark.parametrize(
    ("fault", "taken"),
    [(Fault.RESET, 0), (Fault.TIME_OUT, 0), (Fault.LOST, 1), (Fault.CUT, 1)],
)
def test_a_connection_ends_without_a_whole_answer(
    api: ApiServer, proxy: FaultProxy, client: httpx2.Client, fault: Fault, taken: int
) -> None:
    proxy.expect(Rule(fault, frozenset({1})))
    with pytest.raises(httpx2.TransportError):
        client.put("/thing", content=b"{}")
    assert len(api.asked) == taken
    assert client.get("/thing").json() == _FOUND
    assert [(each.number, each.method, each.fault) for each in proxy.spoiled] == [(1, "PUT", fault)]


def test_a_watch_says_that_it_is_too_old(api: ApiServer, watched: FaultProxy, watcher: httpx2.Client) -> None:
    watched.expect(Rule(Fault.EXPIRED))
    event = watcher.get("/thing?watch=1").json()
    assert (event["type"], event["object"]["code"], event["object"]["reason"]) == ("ERROR", 410, "Expired")
    assert watcher.get("/thing").json() == _FOUND
    assert [each.query for each in api.asked] == [{}]


def test_a_watch_begins_and_keeps_silent(api: ApiServer, watched: FaultProxy, watcher: httpx2.Client) -> None:
    api.answers["/stream"] = Answer(parts=(b"one\n",))
    watched.expect(Rule(Fault.SILENT))
    with watcher.stream("GET", "/stream?watch=1", timeout=0.3) as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx2.ReadTimeout):
            answer.read()


def test_connections_are_refused_for_a_while(
    api: ApiServer, proxy: FaultProxy, client: httpx2.Client
) -> None:
    proxy.expect(rules.parse("refused@1"))
    with pytest.raises(httpx2.TransportError):
        client.get("/thing")
    with pytest.raises(httpx2.ConnectError):
        client.get("/thing")
    assert api.asked == []
    with socket.socket() as another, pytest.raises(OSError, match="in use"):
        another.bind((client.base_url.host, client.base_url.port))
    await_that(lambda: _answers(client), "the proxy to answer again")


def _answers(client: httpx2.Client) -> bool:
    try:
        return client.get("/thing").is_success
    except httpx2.ConnectError:
        return False
