"""Fetching one URL of a chart repository, with the source's credentials and certificates."""

from __future__ import annotations

import re
import ssl
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.charts import exchange
from helm_rollback_component.helm.charts.retrying import BusyError, attempt
from helm_rollback_component.inputs.tls_socket import ClosingSocket
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.config import SourceConfig
    from helm_rollback_component.helm.charts.exchange import Answer

_PATIENCE = 300.0
"""Seconds for one download, with all attempts and redirects."""
_MOST_REDIRECTS = 10
_AGENT = "helm-rollback-component"
_OK = 200
_REDIRECTS = (301, 302, 303, 307, 308)
_UNAUTHORIZED = (401, 403)
_NOT_FOUND = (404, 410)
_SERVER_ERROR = 500
_TEMPORARY = (408, 425, 429)
_PORTS = {"http": 80, "https": 443}


def download(url: str, source: SourceConfig, largest: int) -> bytes:
    """Return what is at `url`; it is asked for again while its failure may pass, for five minutes at most.

    Credentials and the client's certificate go to the repository's own server only. A redirect to another
    server gets neither; nor does any after it.

    Args:
        url: where it is; a login in it is meant for that server.
        source: the repository, its credentials and certificates.
        largest: how large it may be, in bytes.

    Raises:
        OperationError: it cannot be read; temporary if another try may succeed.
    """
    return attempt(lambda deadline: _followed(_Way.to(url, source), source, largest, deadline), _PATIENCE)


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Return the server of a valid `url`: scheme, host and port."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def shown(url: str) -> str:
    """Return `url` without what may be secret in it: a login, and a query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be read"
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=""))


@dataclass(frozen=True)
class _Way:
    """Where something is, and whom it is asked for there.

    Attributes:
        url: the address, without a login.
        login: for that server, or an empty string.
        ours: whether that server is the repository's own.
    """

    url: str
    login: str
    ours: bool

    @classmethod
    def to(cls, url: str, source: SourceConfig) -> _Way:
        """Return the way to what the source, or its repository's index, names."""
        bare, login = _parts(url)
        ours = origin(bare) == origin(source.repository or "")
        given = f"{source.username}:{source.password or ''}" if ours and source.username else login
        return cls(bare, given, ours)

    def onward(self, location: str) -> _Way:
        """Return the way that a redirect shows."""
        bare, _ = _parts(location, self.url)
        if self.url.startswith("https:") and not bare.startswith("https:"):
            raise _invalid(f"{shown(self.url)} redirects to {shown(bare)}, which is not encrypted")
        same = origin(bare) == origin(self.url)
        return _Way(bare, self.login if same else "", self.ours and same)


def _followed(way: _Way, source: SourceConfig, largest: int, deadline: float) -> bytes:
    for _ in range(_MOST_REDIRECTS):
        answer = _asked(way, source, largest, deadline)
        if answer.status == _OK:
            return answer.content
        if answer.status not in _REDIRECTS:
            raise _refused(way.url, answer)
        way = way.onward(answer.headers.get("Location", ""))
    raise _invalid(f"{shown(way.url)} is reached through more than {_MOST_REDIRECTS} redirects")


def _asked(way: _Way, source: SourceConfig, largest: int, deadline: float) -> Answer:
    headers = {"User-Agent": _AGENT}
    if way.login:
        headers["Authorization"] = f"Basic {b64encode(way.login.encode()).decode()}"
    encrypted = way.url.startswith("https:")
    context = _context(source, ours=way.ours) if encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        return exchange.get(way.url, headers, context, largest=largest, deadline=deadline)
    except exchange.ExchangeError as error:
        raise _failed(way.url, error) from None


def _parts(url: str, base: str = "") -> tuple[str, str]:
    """Return an HTTP address without a login, and the login in it."""
    try:
        parts = urlsplit(urljoin(base, url))
        valid = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise _invalid(f"{shown(url)} is not an HTTP address")
    login, _, server = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=server, fragment="")), unquote(login)


def _context(source: SourceConfig, *, ours: bool) -> ssl.SSLContext:
    """Return the certificates for a server; only the repository's own one is shown the client's."""
    try:
        context = ssl.create_default_context(cafile=source.ca_file)
        if source.cert_file and ours:
            context.load_cert_chain(source.cert_file, source.key_file, password="")  # or it would ask for one
    except OSError as error:
        raise OperationError(
            f"the certificates of the repository cannot be used: {error}",
            reason=Reason.INVALID_INPUT,
            remedy="check source.ca_file, source.cert_file and source.key_file",
        ) from None
    if source.insecure_skip_tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    context.sslsocket_class = ClosingSocket
    return context


def _refused(url: str, answer: Answer) -> OperationError:
    status = answer.status
    if status in _UNAUTHORIZED:
        return OperationError(
            f"{shown(url)} refuses the credentials given (HTTP {status})",
            reason=Reason.REGISTRY_UNAUTHORIZED,
            remedy="check source.username and source.password",
        )
    if status in _NOT_FOUND:
        return OperationError(
            f"{shown(url)} does not exist (HTTP {status})",
            reason=Reason.CHART_NOT_FOUND,
            remedy="check source.repository, source.chart and source.version",
        )
    message = f"{shown(url)} answers with HTTP {status}"
    if status >= _SERVER_ERROR or status in _TEMPORARY:
        return BusyError(message, reason=Reason.REPOSITORY_UNAVAILABLE, retry_after=_retry_after(answer))
    return OperationError(message, reason=Reason.REPOSITORY_INVALID)


def _retry_after(answer: Answer) -> float:
    told = answer.headers.get("Retry-After", "")
    return float(told) if re.fullmatch("[0-9]{1,6}", told) else 0.0


def _failed(url: str, error: exchange.ExchangeError) -> OperationError:
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error)):
        return OperationError(
            f"the certificate of {shown(url)} is not trusted: {error}",
            reason=Reason.UNTRUSTED,
            remedy="check source.repository, and set source.ca_file to its certificate authority",
        )
    if not error.passing:
        return _invalid(f"{shown(url)} cannot be read: {error}")
    return OperationError(
        f"{shown(url)} cannot be reached: {error}",
        reason=Reason.UNREACHABLE,
        remedy="check source.repository, the network, and any proxy",
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _invalid(message: str) -> OperationError:
    return OperationError(
        message,
        reason=Reason.REPOSITORY_INVALID,
        remedy="check source.repository, or download the chart and set source.chart to its archive",
    )
