"""Whether this provider's process serves a preview. One process serves one run of the engine, of one kind.

The engine does not tell a dynamic provider. The program knows it, and the component passes it on to check. A
provider plugin is told it with some requests, and notes it for the length of each.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DRY_RUN = "dry_run"
"""Input of the component's making, which check takes out again."""

_previewing = threading.Event()
_declared = threading.Event()
_request_previews: ContextVar[bool] = ContextVar("request_previews", default=False)


def note(*, dry_run: bool) -> None:
    """Take note of what kind of run this is."""
    (_previewing.set if dry_run else _previewing.clear)()
    _declared.set()


def is_update() -> bool:
    """Whether a program has declared something to this process, and not in a preview; a refresh has none."""
    return _declared.is_set() and not is_preview()


def is_preview() -> bool:
    """Whether this is known to be a preview."""
    return _previewing.is_set() or _request_previews.get()


@contextmanager
def preview() -> Iterator[None]:
    """Have everything that the block does on this thread count as part of a preview."""
    token = _request_previews.set(True)
    try:
        yield
    finally:
        _request_previews.reset(token)
