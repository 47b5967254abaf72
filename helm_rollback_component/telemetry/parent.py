"""Which span is above those of an operation, as W3C's ``traceparent``: Pulumi's, where it tells of one."""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_given: ContextVar[str] = ContextVar("traceparent", default="")


@contextmanager
def below(traceparent: str) -> Iterator[None]:
    """Have the operations of the block on this thread hang below that span, where it is not empty."""
    token = _given.set(traceparent)
    try:
        yield
    finally:
        _given.reset(token)


def given() -> str:
    """Return the span above, as the caller or the environment of the process names it; empty for none."""
    return _given.get() or os.environ.get("TRACEPARENT", "")
