"""The version of this package."""

from __future__ import annotations

from functools import cache
from importlib import metadata


@cache
def version() -> str:
    """Return it, ``unknown`` where the package is not installed."""
    try:
        return metadata.version("helm-rollback-component")
    except metadata.PackageNotFoundError:
        return "unknown"
