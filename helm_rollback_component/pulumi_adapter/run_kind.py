"""Whether this provider's process serves a preview. One process serves one run of the engine, of one kind.

The engine does not tell a dynamic provider. The program knows it, and the component passes it on to check.
"""

from __future__ import annotations

import threading

DRY_RUN = "dry_run"
"""Input of the component's making, which check takes out again."""

_previewing = threading.Event()


def note(*, dry_run: bool) -> None:
    """Take note of what kind of run this is."""
    (_previewing.set if dry_run else _previewing.clear)()


def is_preview() -> bool:
    """Whether this is known to be a preview."""
    return _previewing.is_set()
