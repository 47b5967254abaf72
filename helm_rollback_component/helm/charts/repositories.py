"""Chart repositories: an ``index.yaml`` behind a URL, and the archives it names.

The same for every engine: credentials stay in this process, each engine gets the same certificates, and an
archive is checked against the digest in the index.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from helm_rollback_component.core.records import chart_versions
from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.charts.download import download, origin, shown
from helm_rollback_component.helm.charts.repository_index import Listed, listed_versions
from helm_rollback_component.helm.charts.ttl_cache import TtlCache
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.config import SourceConfig

_MIB = 1024 * 1024
LARGEST_INDEX = 128 * _MIB
LARGEST_ARCHIVE = 100 * _MIB
"""In bytes. Helm takes no chart that is larger than that when it is unpacked."""
LARGEST_SIGNATURE = _MIB

_indexes: TtlCache[bytes] = TtlCache(lifetime=300.0)


@dataclass(frozen=True)
class IndexEntry:
    """One version of a chart, as a repository lists it.

    Attributes:
        url: where its archive is; absolute.
        digest: the SHA-256 of the archive in hexadecimal, or an empty string where the index gives none.
    """

    url: str
    digest: str


def find(source: SourceConfig) -> IndexEntry:
    """Look the chart's version up in its repository.

    Raises:
        OperationError: the repository cannot be read, or does not have that version.
    """
    repository = source.repository or ""
    index = _indexes.get(
        source.model_copy(update={"chart": "", "version": None}),
        lambda: download(index_url(repository), source, LARGEST_INDEX),
    )
    wanted = pick(listed_versions(index, source.chart), source.version or "")
    if wanted is None:
        raise OperationError(
            f"the repository {shown(repository)} has no version {source.version} of chart {source.chart}",
            reason=Reason.CHART_NOT_FOUND,
            remedy="see the index.yaml of the repository for its charts and versions",
        )
    return IndexEntry(archive_url(repository, wanted.url), wanted.digest)


def fetch_archive(entry: IndexEntry, source: SourceConfig) -> bytes:
    """Download the archive of `entry`.

    Raises:
        OperationError: it cannot be downloaded, or is not what the index says.
    """
    archive = download(entry.url, source, LARGEST_ARCHIVE)
    if entry.digest and hashlib.sha256(archive).hexdigest() != entry.digest:
        raise OperationError(
            f"the archive at {shown(entry.url)} is not the one that its repository's index describes",
            reason=Reason.CHART_CORRUPT,
        )
    return archive


def pick(listed: list[Listed], version: str) -> Listed | None:
    """Return what is listed under `version`, or else under another spelling of it."""
    exact = (entry for entry in listed if entry.version == version)
    alike = (entry for entry in listed if chart_versions.same(entry.version, version))
    return next(exact, None) or next(alike, None)


def index_url(repository: str) -> str:
    """Return the URL of a repository's index; a query stays where it is."""
    parts = _parts(repository)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/index.yaml"))


def archive_url(repository: str, url: str) -> str:
    """Return what a `url` in the index of `repository` stands for; its query goes with its own archives.

    Raises:
        OperationError: it is no address.
    """
    parts = _parts(repository)
    base = urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/", query=""))
    absolute = url if _parts(url).scheme else urljoin(base, url)
    if parts.query and not _parts(absolute).query and origin(absolute) == origin(repository):
        return f"{absolute}?{parts.query}"
    return absolute


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise OperationError(f"the repository names {shown(url)}", reason=Reason.REPOSITORY_INVALID) from None
    return parts
