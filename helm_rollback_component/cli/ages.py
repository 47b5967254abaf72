"""How long ago something happened, as kubectl writes it."""

from __future__ import annotations

from datetime import datetime

_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86_400, 31_536_000
_UNKNOWN = "-"

_FORMS = (
    (2 * _MINUTE, 1, "s", 0, ""),
    (10 * _MINUTE, _MINUTE, "m", 1, "s"),
    (3 * _HOUR, _MINUTE, "m", 0, ""),
    (8 * _HOUR, _HOUR, "h", _MINUTE, "m"),
    (2 * _DAY, _HOUR, "h", 0, ""),
    (8 * _DAY, _DAY, "d", _HOUR, "h"),
    (2 * _YEAR, _DAY, "d", 0, ""),
    (8 * _YEAR, _YEAR, "y", _DAY, "d"),
    (float("inf"), _YEAR, "y", 0, ""),
)
"""Below how many seconds, in which unit, and with which smaller unit if any (``duration.HumanDuration``)."""


def age(moment: str, now: datetime) -> str:
    """Return how long ago a moment (RFC 3339) was; ``-`` where that cannot be told."""
    try:
        seconds = int((now - datetime.fromisoformat(moment)).total_seconds())
    except (ValueError, TypeError):
        return _UNKNOWN
    return duration(max(0, seconds))


def duration(seconds: int) -> str:
    """Return a duration in a short form: ``45s``, ``3m20s``, ``5h``, ``2d4h``."""
    _, unit, name, part, part_name = next(form for form in _FORMS if seconds < form[0])
    whole, rest = divmod(seconds, unit)
    smaller = rest // part if part else 0
    return f"{whole}{name}{smaller}{part_name}" if smaller else f"{whole}{name}"
