"""The time, as runs are told it, and as it is written down."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the time (UTC)."""
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """Return a moment with a zone in RFC 3339: UTC, whole seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
