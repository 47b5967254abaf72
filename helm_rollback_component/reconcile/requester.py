"""Who asks for a rollback by hand, as the ledger keeps it."""

from __future__ import annotations

import getpass
import os
import platform

_SCRIPT = "a script"


def named(tool: str = "") -> str:
    """Return person, host and tool, such as ``alice@ops-1 with helm-rollback 1.2.0``.

    Args:
        tool: the program and its version; empty for a script.
    """
    return f"{_person()}@{platform.node() or 'unknown'} with {tool or _SCRIPT}"


def _person() -> str:
    """Return the user's name; the number where the user has none, as in many containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
