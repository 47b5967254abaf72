"""The plugin's two processes: the one that the engine starts, and the one that does the work.

The engine starts a plugin through the host of its language. When the engine is gone, that host kills the
process that it has started, at once and with a signal that nothing can catch. So the work is done by a child
in a session of its own. It brings what is under way to a good end when the process that it came from is gone.
"""

from __future__ import annotations

import os
import signal
import sys


def main() -> None:
    """Serve the engine that started this process.

    A Ctrl-C is for the engine, which then sends a Cancel. The engine ends a plugin by the same signal, and
    waits five seconds for that.
    """
    signal.signal(signal.SIGINT, lambda *_: None)
    alive, held_while_this_process_lives = os.pipe()
    worker = os.fork()
    if worker:
        os.close(alive)
        sys.exit(_stand_for(worker))
    os.close(held_while_this_process_lives)
    os.setsid()
    from helm_rollback_component.plugin import server  # noqa: PLC0415  # only the worker needs so much

    server.serve(alive)


def _stand_for(worker: int) -> int:
    """Wait for the worker, and return its exit code; it is told to end when this process is."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: os.kill(worker, received))
    _, status = os.waitpid(worker, 0)
    return os.waitstatus_to_exitcode(status)
