"""Ending a provider's process once the engine that started it is gone.

An engine that is killed leaves its dynamic provider running for ever. What the provider is doing then is
finished first: Helm is never left in the middle of an operation.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from helm_rollback_component.pulumi_adapter.engine_log import engine_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LOOK_EVERY = 2.0
_LOOKS = 3

_busy = 0
_changing = threading.Lock()
_watching = threading.Event()


@contextmanager
def operation() -> Iterator[None]:
    """Keep the process alive for the length of the block."""
    global _busy  # noqa: PLW0603  # one count for the process, which it is about
    with _changing:
        _busy += 1
    try:
        yield
    finally:
        with _changing:
            _busy -= 1


def end_with_engine(
    sleep: Callable[[float], object] = time.sleep, end: Callable[[int], object] = os._exit
) -> None:
    """Begin to watch the engine, if there is one and it is not watched yet.

    Args:
        sleep: waits for so many seconds, from one look at the engine to the next.
        end: ends the process with that exit code.
    """
    address = engine_address()
    if address and not _watching.is_set():
        _watching.set()
        threading.Thread(target=_watch, args=(address, sleep, end), name="engine-watch", daemon=True).start()


def _watch(address: str, sleep: Callable[[float], object], end: Callable[[int], object]) -> None:
    missed = 0
    while missed < _LOOKS or _busy:
        sleep(_LOOK_EVERY)
        missed = 0 if _answers(address) else missed + 1
    sys.stdout.flush()
    end(1)


def _answers(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_LOOK_EVERY).close()
    except OSError:
        return False
    return True
