"""How a program ends that the language host interrupts."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
import os, signal, threading
from pulumi.runtime import Settings, configure
from helm_rollback_component.pulumi_adapter.interrupts import end_program_quietly

{setup}
print("interrupted", flush=True)
os.kill(os.getpid(), signal.SIGINT)
signal.sigwait([signal.SIGTERM])
"""
BY_ENGINE = 'configure(Settings("project", "stack", engine="127.0.0.1:1"))\n'
INTERRUPTED = -2


def run(setup: str) -> subprocess.CompletedProcess[str]:
    """Run a program that prepares itself so and is then interrupted."""
    command = [sys.executable, "-c", PROGRAM.format(setup=setup)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)


def test_a_program_that_an_engine_runs_ends_without_a_traceback() -> None:
    ended = run(f"{BY_ENGINE}end_program_quietly()")
    assert (ended.returncode, ended.stdout, ended.stderr) == (INTERRUPTED, "interrupted\n", "")


@pytest.mark.parametrize(
    "setup",
    [
        "end_program_quietly()",
        f"{BY_ENGINE}thread = threading.Thread(target=end_program_quietly); thread.start(); thread.join()",
    ],
    ids=["without an engine", "in another thread"],
)
def test_elsewhere_python_keeps_its_handler(setup: str) -> None:
    assert "KeyboardInterrupt" in run(setup).stderr


def test_a_handler_of_the_program_is_kept() -> None:
    ended = run(f"signal.signal(signal.SIGINT, lambda *_: os._exit(7))\n{BY_ENGINE}end_program_quietly()")
    assert ended.returncode == 7
