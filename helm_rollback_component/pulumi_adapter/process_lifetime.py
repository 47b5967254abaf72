"""A provider's process that is to end: because the engine that started it is gone, or because it is told to.

An engine that is killed leaves its dynamic provider running for ever. What the provider is doing then is
brought to a good end at once, then the process ends: Helm is never left in the middle of an operation.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import socket
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.pulumi_adapter.engine_log import engine_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

INTERRUPT = Cancellation()
"""Requested once when this process is to end; every operation of the process follows it."""

_LOOK_EVERY = 1.0
_LOOKS = 3
_TO_ANSWER = 0.5
_TOLD_TO_END = 128 + signal.SIGTERM

_ENGINE_GONE = 1
_STANDARD_OUTPUTS = (1, 2)

_busy = 0
_changing = threading.Condition()
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
            _changing.notify_all()


def end_with_engine(
    sleep: Callable[[float], object] = time.sleep, end: Callable[[int], object] = os._exit
) -> None:
    """Begin to watch the engine and to heed SIGTERM, if there is an engine and it is not watched yet.

    Args:
        sleep: waits for so many seconds, from one look at the engine to the next.
        end: ends the process with that exit code.
    """
    address = engine_address()
    if address and not _watching.is_set():
        _watching.set()
        told = _pipe_of_signals()
        threading.Thread(target=_watch, args=(address, sleep, end), name="engine-watch", daemon=True).start()
        threading.Thread(target=_heed, args=(told, sleep, end), name="signal-watch", daemon=True).start()


def end_if_idle(end: Callable[[int], object] = os._exit) -> None:
    """End the process if nothing is under way."""
    if not _busy:
        end(0)


def end_with_process(
    alive: int, end: Callable[[int], object] = os._exit, outputs: Sequence[int] = _STANDARD_OUTPUTS
) -> None:
    """Begin to watch another process, with which this one ends; nobody reads its outputs then.

    Args:
        alive: a descriptor to read from, which comes to its end when the other process is gone.
        end: ends this process with that exit code.
        outputs: the descriptors that lead nowhere then.
    """
    threading.Thread(target=_outlive, args=(alive, end, outputs), name="process-watch", daemon=True).start()


def _outlive(alive: int, end: Callable[[int], object], outputs: Sequence[int]) -> None:
    os.read(alive, 1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for output in outputs:
        os.dup2(nowhere, output)
    _finish()
    end(_ENGINE_GONE)


def _watch(address: str, sleep: Callable[[float], object], end: Callable[[int], object]) -> None:
    missed = 0
    while missed < _LOOKS:
        sleep(_LOOK_EVERY)
        missed = 0 if _answers(address) else missed + 1
    _finish()
    end(_ENGINE_GONE)


def _heed(told: int, sleep: Callable[[float], object], end: Callable[[int], object]) -> None:
    """End the process when it gets SIGTERM; an answer that is due to the engine is still sent."""
    os.read(told, 1)
    if _finish():
        sleep(_TO_ANSWER)
    end(_TOLD_TO_END)


def _finish() -> bool:
    """Have what is under way brought to an end, wait for that, and return whether there was anything."""
    INTERRUPT.request()
    with _changing:
        found = _busy > 0
        _changing.wait_for(lambda: not _busy)
    sys.stdout.flush()
    return found


def _pipe_of_signals() -> int:
    """Return a descriptor at which something can be read once the process gets SIGTERM.

    A handler of Python's can be set, and runs, in the main thread alone, which belongs to the host. The one
    that is set here writes a traceback to the pipe instead of ending the process.
    """
    reading, writing = os.pipe()
    faulthandler.register(signal.SIGTERM, file=writing, all_threads=False, chain=False)
    return reading


def _answers(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_LOOK_EVERY).close()
    except OSError:
        return False
    return True
