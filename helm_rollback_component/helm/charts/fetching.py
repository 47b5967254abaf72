"""Getting a chart onto this machine: `fetch`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from posixpath import basename
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from helm_rollback_component.config import OCI_SCHEME
from helm_rollback_component.core.failures.classify import classify
from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.charts import repositories
from helm_rollback_component.helm.charts.cache import find_archive, keep_archive, scratch_folder
from helm_rollback_component.helm.charts.chart_files import NOT_SIGNED, read_metadata, refusal
from helm_rollback_component.helm.charts.dependencies import with_dependencies
from helm_rollback_component.helm.charts.download import download, shown
from helm_rollback_component.helm.charts.retrying import attempt
from helm_rollback_component.helm.charts.ttl_cache import TtlCache
from helm_rollback_component.helm.engines.crash import ran_out_of_memory
from helm_rollback_component.helm.engines.engine import EngineError
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.config import SourceConfig
    from helm_rollback_component.helm.charts.repositories import IndexEntry
    from helm_rollback_component.helm.engines.engine import ChartTools

_FILE_NAME = re.compile(r"[\w+-][\w.+-]{0,250}")
_PATIENCE = 300.0
"""Seconds for a chart of a registry, with all attempts but the last."""

_fetched: TtlCache[Path] = TtlCache(lifetime=300.0, usable=Path.is_file)


@dataclass(frozen=True)
class LocalChart:
    """A chart on this machine.

    Attributes:
        path: its folder or archive; not to be changed.
        name: its name.
        version: its version, as the chart itself spells it.
    """

    path: Path
    name: str
    version: str


def fetch(source: SourceConfig, tools: ChartTools) -> LocalChart:
    """Return the chart of `source` on this machine, complete and checked.

    A process asks for a remote chart at most once in five minutes. One that was published again under the
    same version is found then, because the cache is keyed by content.

    Raises:
        ValidationError: there is no such chart on this machine, or the version of a remote one is not exact.
        OperationError: it cannot be fetched, or its content is wrong.
    """
    try:
        path = _local(source, tools) if source.local else _remote(source, tools)
    except EngineError as error:
        raise _failed(source, error) from None
    metadata = read_metadata(path)
    return LocalChart(path, metadata.name, metadata.version)


def _local(source: SourceConfig, tools: ChartTools) -> Path:
    path = Path(source.chart).absolute()
    read_metadata(path)
    if source.verify:
        if path.is_dir():
            raise refusal(NOT_SIGNED)
        tools.verify(path, source.keyring)
    return with_dependencies(path, tools) if source.dependency_update else path


def _remote(source: SourceConfig, tools: ChartTools) -> Path:
    return _fetched.get((source, tools), lambda: _fetch(source, tools))


def _fetch(source: SourceConfig, tools: ChartTools) -> Path:
    if source.repository is None:
        return _pull(source, tools)
    entry = repositories.find(source)
    if entry.url.startswith(OCI_SCHEME):
        return _pull(_elsewhere(source, entry.url), tools)
    kept = find_archive(entry.digest) if entry.digest and not source.verify else None
    return kept or _download(entry, source, tools)


def _download(entry: IndexEntry, source: SourceConfig, tools: ChartTools) -> Path:
    content = repositories.fetch_archive(entry, source)
    if source.verify:
        with scratch_folder() as folder:
            archive = folder / _file_name(entry.url)
            archive.write_bytes(content)
            signature = download(_signature_url(entry.url), source, repositories.LARGEST_SIGNATURE)
            archive.with_name(f"{archive.name}.prov").write_bytes(signature)
            tools.verify(archive, source.keyring)
    return keep_archive(content)


def _pull(source: SourceConfig, tools: ChartTools) -> Path:
    return attempt(lambda _: _pulled(source, tools), _PATIENCE)


def _pulled(source: SourceConfig, tools: ChartTools) -> Path:
    with scratch_folder() as folder:
        try:
            tools.pull(source, folder)
        except EngineError as error:
            raise _failed(source, error) from None
        archives = list(folder.glob("*.tgz"))
        if len(archives) != 1:
            raise OperationError(
                f"Helm did not fetch an archive of {source.chart}", reason=Reason.CHART_NOT_FOUND
            )
        if archives[0].stat().st_size > repositories.LARGEST_ARCHIVE:
            raise OperationError(
                f"the archive of {source.chart} is larger than a chart can be", reason=Reason.CHART_CORRUPT
            )
        return keep_archive(archives[0].read_bytes())


def _elsewhere(source: SourceConfig, reference: str) -> SourceConfig:
    # An index may name a registry, which the repository's credentials are not meant for.
    folder, _, name = reference.rpartition("/")
    chart, _, tag = name.partition(":")
    moved = {
        "chart": f"{folder}/{chart}",
        "version": tag.replace("_", "+") or source.version,
        "repository": None,
        "username": None,
        "password": None,
    }
    return source.model_copy(update=moved)


def _file_name(url: str) -> str:
    """Return the name that an archive has at `url`, which its signature repeats."""
    name = basename(unquote(urlsplit(url).path))
    if not _FILE_NAME.fullmatch(name):
        raise OperationError(
            f"{shown(url)} is not the address of a chart's archive", reason=Reason.REPOSITORY_INVALID
        )
    return name


def _signature_url(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path}.prov"))


def _failed(source: SourceConfig, error: EngineError) -> OperationError:
    if ran_out_of_memory(error.output):
        return OperationError(
            f"the chart {source.chart}, or one of its dependencies, is larger than a chart can be, or its "
            "registry redirects without end",
            reason=Reason.CHART_CORRUPT,
        )
    return classify(error.output).as_error(OperationError, f"the chart {source.chart} cannot be fetched")
