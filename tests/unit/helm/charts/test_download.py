"""Downloading from servers that misbehave."""

import base64
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from unittest.mock import Mock

import pytest

from helm_rollback_component.config import SourceConfig
from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.charts import download as downloading
from helm_rollback_component.helm.charts import exchange
from helm_rollback_component.helm.charts.download import download
from helm_rollback_component.inputs.tls_socket import ClosingSocket
from tests.support.serving import Handler, Service

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"
LOGIN = "Basic " + base64.b64encode(b"reader:s3cret").decode()


class _Handler(Handler):
    def do_GET(self) -> None:  # noqa: N802  # the name is the base class's
        self.admitted()
        self.close_connection = True
        for part in self.state.next():
            self.wfile.write(part)


class Misbehaving(Service):
    """Answers each request with the next of some texts, and with the last one from then on."""

    handler = _Handler

    def __init__(self, *answers: bytes | Iterable[bytes]) -> None:
        super().__init__()
        self.answers = list(answers)

    @property
    def url(self) -> str:
        return f"http://{self.address}/charts"

    def next(self) -> Iterable[bytes]:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [answer] if isinstance(answer, bytes) else answer


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited between attempts, in seconds; nobody waits for real."""
    waited: list[float] = []
    monkeypatch.setattr("helm_rollback_component.helm.charts.retrying.sleep", waited.append)
    return waited


def source(repository: str, **more: object) -> SourceConfig:
    return SourceConfig.model_validate({"chart": "web", "version": "1.0.0", "repository": repository, **more})


def fetched(server: Misbehaving, largest: int = 1000, **more: object) -> bytes:
    return download(f"{server.url}/index.yaml", source(server.url, **more), largest)


def status(code: int, *headers: str) -> bytes:
    lines = (f"HTTP/1.1 {code} Some", "Content-Length: 0", *headers, "", "")
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000 + b"\r\n\r\n",
        b"HTTP/1.1 999999 OK\r\n\r\n",
        *map(status, (408, 425, 429, 500, 502, 503, 504)),
    ],
    ids=range(14),
)
def test_what_may_pass_is_tried_again(bad: bytes, pauses: list[float]) -> None:
    with Misbehaving(bad, bad, GOOD) as server:
        assert fetched(server) == b"good"
    assert pauses == [0.5, 1.0]


def test_pauses_grow_until_the_attempts_are_used_up(pauses: list[float]) -> None:
    with Misbehaving(status(503)) as server, pytest.raises(OperationError, match="HTTP 503") as caught:
        fetched(server)
    assert (caught.value.reason, caught.value.temporary) == ("RepositoryUnavailable", True)
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize(
    ("told", "waited"), [("7", [7.0]), ("0", [0.5]), ("soon", [0.5]), ("-1", [0.5]), ("9" * 5000, [0.5])]
)
def test_a_server_says_when_to_come_again(told: str, waited: list[float], pauses: list[float]) -> None:
    with Misbehaving(status(429, f"Retry-After: {told}"), GOOD) as server:
        assert fetched(server) == b"good"
    assert pauses == waited


def test_a_server_that_asks_for_too_much_patience_gets_none(pauses: list[float]) -> None:
    with Misbehaving(status(429, "Retry-After: 3600")) as server, pytest.raises(OperationError, match="429"):
        fetched(server)
    assert pauses == []


@pytest.mark.parametrize("bad", list(map(status, (400, 401, 403, 404, 410, 418, 204, 304))))
def test_what_will_not_pass_is_not_tried_again(bad: bytes, pauses: list[float]) -> None:
    with Misbehaving(bad) as server, pytest.raises(OperationError) as caught:
        fetched(server)
    assert not caught.value.temporary
    assert pauses == []


@pytest.mark.parametrize(
    "head",
    [b"Content-Length: 5000", b"Transfer-Encoding: chunked", b"Connection: close", b"Content-Length: 1001"],
)
def test_nothing_larger_than_allowed_is_read(head: bytes, pauses: list[float]) -> None:
    body = b"1388\r\n" + b"x" * 5000 + b"\r\n0\r\n\r\n"
    huge = b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + body
    with Misbehaving(huge) as server, pytest.raises(OperationError, match="larger than 1000 bytes") as caught:
        fetched(server)
    assert (caught.value.reason, pauses) == ("RepositoryInvalid", [])


def test_a_body_that_claims_to_be_compressed_is_not_expanded() -> None:
    claim = GOOD.replace(b"\r\n", b"\r\nContent-Encoding: gzip\r\n", 1)
    with Misbehaving(claim) as server:
        assert fetched(server) == b"good"


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"]
)
def test_a_server_that_answers_byte_by_byte_is_left(head: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def drip() -> Iterator[bytes]:
        yield head
        while not over.wait(0.01):
            yield b"x"

    monkeypatch.setattr(downloading, "_PATIENCE", 0.4)
    with Misbehaving(drip()) as server, pytest.raises(OperationError, match="it takes too long") as caught:
        fetched(server)
    over.set()
    assert (caught.value.reason, caught.value.temporary) == ("Unreachable", True)


def test_an_exchange_whose_time_is_over_before_it_begins() -> None:
    with Misbehaving(GOOD) as server, pytest.raises(exchange.ExchangeError):
        exchange.get(
            f"{server.url}/x", {}, ssl.create_default_context(), largest=9, deadline=time.monotonic() - 1
        )


class TestRedirects:
    def test_on_one_server_keep_the_credentials(self) -> None:
        with Misbehaving(status(302, "Location: /elsewhere/index.yaml"), GOOD) as server:
            assert fetched(server, username="reader", password="s3cret") == b"good"
            assert [request.authorization for request in server.requests] == [LOGIN, LOGIN]
            assert server.requests[1].path == "/elsewhere/index.yaml"

    @pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
    def test_to_another_server_lose_them_for_good(self, code: int) -> None:
        with Misbehaving() as there, Misbehaving() as here:
            here.answers = [status(code, f"Location: {there.url}/x"), GOOD]
            there.answers = [status(code, f"Location: {here.url}/y")]
            assert fetched(here, username="reader", password="s3cret") == b"good"
            assert [request.authorization for request in here.requests] == [LOGIN, ""]
            assert [request.authorization for request in there.requests] == [""]

    def test_bring_no_login_of_their_own(self) -> None:
        with Misbehaving() as server:
            server.answers = [status(302, f"Location: http://a:b@{server.address}/x"), GOOD]
            assert fetched(server) == b"good"
            assert [request.authorization for request in server.requests] == ["", ""]

    def test_end_somewhere(self, pauses: list[float]) -> None:
        with Misbehaving(status(302, "Location: /x")) as server, pytest.raises(OperationError) as caught:
            fetched(server)
        assert (caught.value.reason, len(server.requests), pauses) == ("RepositoryInvalid", 10, [])

    @pytest.mark.parametrize(
        "location",
        [
            "file:///etc/passwd",
            "ftp://127.0.0.1/x",
            "http://[bad",
            "http://127.0.0.1:99999/",
            "//",
            "\xff\xfe:",
        ],
    )
    def test_lead_to_http_only(self, location: str) -> None:
        with (
            Misbehaving(status(302, f"Location: {location}")) as server,
            pytest.raises(OperationError) as caught,
        ):
            fetched(server)
        assert caught.value.reason == "RepositoryInvalid"

    def test_do_not_lead_out_of_encryption(self, monkeypatch: pytest.MonkeyPatch) -> None:
        away = exchange.Answer(302, {"Location": "http://charts.example/index.yaml"}, b"")
        monkeypatch.setattr(exchange, "get", lambda *_, **__: away)
        with pytest.raises(
            OperationError, match=r"redirects to http://charts\.example/index\.yaml, which is not"
        ):
            download("https://charts.example/index.yaml", source("https://charts.example"), 10)


class TestCertificates:
    def test_of_the_client_are_shown_to_the_repository_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        contexts: dict[str, Mock] = {}
        answers = {
            "https://charts.example/index.yaml": exchange.Answer(
                302, {"Location": "https://b.example/"}, b""
            ),
            "https://b.example/": exchange.Answer(200, {}, b"good"),
        }

        def get(url: str, _: object, context: Mock, **__: object) -> exchange.Answer:
            contexts[url] = context
            return answers[url]

        monkeypatch.setattr(exchange, "get", get)
        monkeypatch.setattr(ssl, "create_default_context", lambda **_: Mock())
        theirs = source("https://charts.example", cert_file="client.pem", key_file="key.pem")
        assert download("https://charts.example/index.yaml", theirs, 10) == b"good"
        ours, other = contexts.values()
        assert {each.sslsocket_class for each in (ours, other)} == {ClosingSocket}
        ours.load_cert_chain.assert_called_once_with("client.pem", "key.pem", password="")
        other.load_cert_chain.assert_not_called()

    def test_that_are_not_trusted(self, monkeypatch: pytest.MonkeyPatch, pauses: list[float]) -> None:
        def refuse(*_: object, **__: object) -> None:
            untrusted = ssl.SSLCertVerificationError("self-signed certificate")
            raise exchange.ExchangeError(str(untrusted)) from untrusted

        monkeypatch.setattr(exchange, "get", refuse)
        with pytest.raises(OperationError, match="is not trusted") as caught:
            download("https://charts.example/index.yaml", source("https://charts.example"), 10)
        assert (caught.value.reason, caught.value.temporary, pauses) == ("Untrusted", False, [])


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with Misbehaving(GOOD) as proxy:
        monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert download("http://charts.example/index.yaml", source("http://charts.example"), 10) == b"good"
        assert proxy.requests[0].path == "http://charts.example/index.yaml"


@pytest.mark.parametrize("proxy", ["gopher://127.0.0.1:1", "http://127.0.0.1:1", "socks5://127.0.0.1:1"])
def test_a_proxy_that_is_none_is_told(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(OperationError, match=r"http://charts.example/index.yaml cannot be"):
        download("http://charts.example/index.yaml", source("http://charts.example"), 10)
