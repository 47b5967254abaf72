"""Fetching one URL of a chart repository, with the source's credentials and certificates."""

from __future__ import annotations

import ssl
import urllib.request
from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit, urlunsplit

from helm_rollback_component.errors import OperationError
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.config import SourceConfig

_PATIENCE = 60.0
_AGENT = "helm-rollback-component"
_UNAUTHORIZED = (401, 403)
_NOT_FOUND = (404, 410)
_SERVER_ERROR = 500
_TEMPORARY = (408, 425, 429)
_PORTS = {"http": 80, "https": 443}


def download(url: str, source: SourceConfig) -> bytes:
    """Return what is at `url`. Credentials go to the repository's own host, and do not follow a redirect.

    Raises:
        OperationError: it cannot be read; temporary if another try may succeed.
    """
    try:
        with _opener(source).open(_request(url, source), timeout=_PATIENCE) as response:
            content: bytes = response.read()
            return content
    except HTTPError as error:
        with error:
            raise _refused(url, error.code) from None
    except (URLError, OSError) as error:
        raise _unreachable(url, getattr(error, "reason", error)) from None


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Return the server of `url`: scheme, host and port."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def shown(url: str) -> str:
    """Return `url` without what may be secret in it: a login, and a query."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=""))


def _request(url: str, source: SourceConfig) -> urllib.request.Request:
    parts = urlsplit(url)
    if parts.scheme not in _PORTS:
        raise OperationError(
            f"{shown(url)} is not an HTTP address",
            reason=Reason.REPOSITORY_INVALID,
            remedy="download the chart, and set source.chart to its archive",
        )
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    request = urllib.request.Request(bare, headers={"User-Agent": _AGENT})  # noqa: S310  # checked above
    login = _login(url, source)
    if login:
        encoded = b64encode(login.encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {encoded}")
    return request


def _login(url: str, source: SourceConfig) -> str:
    ours = origin(url) == origin(source.repository or "")
    if ours and source.username:
        return f"{source.username}:{source.password or ''}"
    return urlsplit(url).netloc.rpartition("@")[0]


def _opener(source: SourceConfig) -> urllib.request.OpenerDirector:
    context = ssl.create_default_context(cafile=source.ca_file)
    if source.cert_file:
        context.load_cert_chain(source.cert_file, source.key_file)
    if source.insecure_skip_tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))


def _refused(url: str, status: int) -> OperationError:
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
    busy = status >= _SERVER_ERROR or status in _TEMPORARY
    return OperationError(
        f"{shown(url)} answers with HTTP {status}",
        reason=Reason.REPOSITORY_UNAVAILABLE if busy else Reason.REPOSITORY_INVALID,
    )


def _unreachable(url: str, why: object) -> OperationError:
    if isinstance(why, ssl.SSLCertVerificationError):
        return OperationError(
            f"the certificate of {shown(url)} is not trusted: {why}",
            reason=Reason.UNTRUSTED,
            remedy="check source.repository, and set source.ca_file to its certificate authority",
        )
    return OperationError(
        f"{shown(url)} cannot be reached: {why}",
        reason=Reason.UNREACHABLE,
        remedy="check source.repository, the network, and any proxy",
    )
