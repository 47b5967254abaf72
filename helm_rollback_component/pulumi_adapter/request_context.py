"""The request of the engine that this thread answers.

The host of dynamic providers does not hand it on. But it calls a provider's method on the thread of the
request, so its context is looked up in the calling frames.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_TRACEPARENT = "traceparent"


def request_context() -> Any:
    """Return the ``grpc.ServicerContext`` of the request, None where there is none."""
    import grpc  # type: ignore[import-untyped]  # noqa: PLC0415  # loaded already where there is a request

    found = (
        value
        for frame in _callers()
        for value in frame.f_locals.values()
        if isinstance(value, grpc.ServicerContext)
    )
    return next(found, None)


def traceparent() -> str:
    """Return the engine's span above the request (W3C), an empty string where it tells of none."""
    context = request_context()
    sent = context.invocation_metadata() if context else ()
    return next((str(value) for key, value in sent if key == _TRACEPARENT), "")


def _callers() -> Iterator[FrameType]:
    frame = inspect.currentframe()
    while frame is not None:
        yield frame
        frame = frame.f_back
