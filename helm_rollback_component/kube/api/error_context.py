"""Errors that name the release."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from helm_rollback_component.errors import HelmRollbackError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def about(namespace: str, release: str) -> Iterator[None]:
    """Add the release to every error of this package that leaves the block without one."""
    try:
        yield
    except HelmRollbackError as error:
        error.release = error.release or f"{namespace}/{release}"
        raise
