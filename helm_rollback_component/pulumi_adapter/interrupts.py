"""How a program ends when its update has failed.

The language host then sends it SIGINT, and Python answers with tracebacks of ``KeyboardInterrupt``, which
hide why the update failed. The program has nothing left to do by then, so it may end at once.
"""

from __future__ import annotations

import signal
import threading

from pulumi.runtime.settings import SETTINGS


def end_program_quietly() -> None:
    """Have SIGINT end this program at once, where an engine runs it and it has no handler of its own.

    Nothing is changed in a unit test, in a program that has set a handler, or outside the main thread, as in
    the Automation API's inline programs.
    """
    run_by_engine = SETTINGS.engine is not None
    in_main_thread = threading.current_thread() is threading.main_thread()
    if run_by_engine and in_main_thread and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
