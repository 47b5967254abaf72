"""Errors that say which release they are about."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from helm_rollback_component.errors import HelmRollbackError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def about(namespace: str, release: str) -> Iterator[None]:
    """Name the release in whatever error of this package leaves the block, unless it names one already."""
    try:
        yield
    except HelmRollbackError as error:
        error.release = error.release or f"{namespace}/{release}"
        raise
