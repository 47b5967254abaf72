"""A digest of what the files hold that the inputs name: a local chart, and value files."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from typing import TYPE_CHECKING

from helm_rollback_component.helm.charts import chart_files
from helm_rollback_component.inputs.file_content import content_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helm_rollback_component.inputs.file_content import ValueFile

_SALT = 32
"""So many hexadecimal digits."""


def content_digest(
    local_chart: str | None,
    value_files: Iterable[ValueFile],
    before: str,
    *,
    owner: object = None,
    dependency_update: bool = False,
) -> str:
    """Return a digest that changes with the content, salted so that equal files of two releases differ.

    It is the same each time, also before there is a state: an update plan compares it.

    Args:
        local_chart: the path of the chart, or None if it is fetched.
        value_files: the value files.
        dependency_update: whether the dependencies of that chart that are on this machine count too.
        before: the digest of an earlier state, whose salt is used again; empty if there is none.
        owner: who declares the release, from which a first salt is made.

    Raises:
        ValidationError: there is no chart at that path.
        OSError: a file cannot be read.
    """
    salt = before.partition(":")[0] or hashlib.sha256(str(owner).encode()).hexdigest()[:_SALT]
    digest = hmac.new(bytes.fromhex(salt), digestmod=hashlib.sha256)
    if local_chart is not None:
        for chart in _charts(Path(local_chart), dependency_update=dependency_update):
            digest.update(chart_files.content_digest(chart).encode())
    for file in value_files:
        digest.update(hashlib.sha256(content_of(file)).digest())
    return f"{salt}:{digest.hexdigest()}"


def _charts(chart: Path, *, dependency_update: bool) -> Iterator[Path]:
    """Yield a chart, and those of its dependencies that are on this machine, if they count."""
    yield chart
    if dependency_update:
        yield from (each for each in chart_files.local_dependencies(chart).values() if each.exists())
