"""A digest of what the files hold that the inputs name: a local chart, and value files."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from helm_rollback_component.helm.charts import chart_files

if TYPE_CHECKING:
    from collections.abc import Iterable


def content_digest(local_chart: str | None, value_files: Iterable[str], before: str) -> str:
    """Return a digest that changes with the content, salted so that it tells nothing of secrets in it.

    Args:
        local_chart: the path of the chart, or None if it is fetched.
        value_files: the paths of the value files.
        before: the digest of an earlier state, whose salt is used again; empty if there is none.

    Raises:
        ValidationError: there is no chart at that path.
        OSError: a file cannot be read.
    """
    salt = before.partition(":")[0] or secrets.token_hex(16)
    digest = hmac.new(bytes.fromhex(salt), digestmod=hashlib.sha256)
    if local_chart is not None:
        digest.update(chart_files.content_digest(Path(local_chart)).encode())
    for path in value_files:
        digest.update(hashlib.sha256(Path(path).read_bytes()).digest())
    return f"{salt}:{digest.hexdigest()}"
