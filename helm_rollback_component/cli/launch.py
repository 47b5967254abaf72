"""The program `helm-rollback` as it starts: a Ctrl-C while it is still being imported ends it in silence."""

from __future__ import annotations

import signal


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    handler = signal.getsignal(signal.SIGINT)
    if handler is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from helm_rollback_component.cli.main import main as run

    signal.signal(signal.SIGINT, handler)
    run()
