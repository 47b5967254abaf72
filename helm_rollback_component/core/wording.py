"""How numbers are told. Pure."""

from __future__ import annotations


def counted(number: int, what: str) -> str:
    """Return such as ``1 object`` or ``2 objects``."""
    return f"{number} {what}{'' if number == 1 else 's'}"
