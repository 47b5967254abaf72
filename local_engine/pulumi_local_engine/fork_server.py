"""Child processes that need not import anything: forked from one process that has it all imported.

A run starts two interpreters, and most of what they do is to import the SDK. Where processes can be forked
safely, that is done once for all runs.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import socket
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_MAIN: Final = "pulumi_local_engine.fork_server_main"
_PATIENCE: Final = 30.0

_FORKS_SAFELY: Final = sys.platform == "linux"
"""Whether a process with the SDK in it may be forked; the system libraries of macOS do not bear that."""


@dataclass(frozen=True, slots=True)
class Command:
    """What a new interpreter is to run: a script, or a module as ``python -m`` runs it; or any program."""

    arguments: Sequence[str]
    script: str = ""
    module: str = ""
    program: str = ""

    @property
    def line(self) -> list[str]:
        """The same as a command line; a script's own folder stays off its import path."""
        if self.program:
            return [self.program, *self.arguments]
        what = ["-m", self.module] if self.module else ["-P", self.script]
        return [sys.executable, "-u", *what, *self.arguments]


class Forked:
    """A forked child, with what `subprocess.Popen` has of it."""

    def __init__(self, ends: IO[str], stdin: IO[str], stdout: IO[str], stderr: IO[str]) -> None:
        """Take what is told of the child's end, and the other ends of its standard files."""
        self.stdin, self.stdout, self.stderr = stdin, stdout, stderr
        self.pid = int(ends.readline())
        self._code = -9
        self._ended = threading.Event()
        threading.Thread(target=self._watch, args=(ends,), daemon=True).start()

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code; raise `subprocess.TimeoutExpired` as Popen does."""
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return self._code

    def _watch(self, ends: IO[str]) -> None:
        with ends:
            self._code = int(ends.readline() or self._code)
        self._ended.set()


Child: TypeAlias = "subprocess.Popen[str] | Forked"


def start(command: Command, folder: Path, environment: Mapping[str, str]) -> Child:
    """Start a child in a session of its own, with pipes for its standard files.

    Its stdin is held open, so that it can notice that the engine is gone.
    """
    return (fork if _FORKS_SAFELY and not command.program else spawn)(command, folder, environment)


def spawn(command: Command, folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start a child as a new process."""
    return subprocess.Popen(  # noqa: S603  # our own interpreter, or a plugin that the program asks for
        command.line,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    )


def fork(command: Command, folder: Path, environment: Mapping[str, str]) -> Forked:
    """Start a child by a fork; what Python reads from the environment as it starts is heeded."""
    heeded = {key: value for key, value in environment.items() if key.startswith("PYTHON")}
    return _fork_server(tuple(sorted(heeded.items()))).fork(command, folder, environment)


class _ForkServer:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._lock = threading.Lock()
        self._connection, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  # our own interpreter
                [sys.executable, "-u", "-P", "-m", _MAIN, str(theirs.fileno())],
                env={**_plain_environment(), **environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        atexit.register(self._close)

    def fork(self, command: Command, folder: Path, environment: Mapping[str, str]) -> Forked:
        request = {**asdict(command), "folder": str(folder), "environment": dict(environment)}
        pipes = [os.pipe() for _ in range(4)]
        (their_in, our_in), *others = pipes
        asked = os.memfd_create("request")
        theirs = [asked, their_in, *(write for _, write in others)]
        with os.fdopen(asked, "w", closefd=False) as content:
            json.dump(request, content)
        with self._lock:
            socket.send_fds(self._connection, [b"\0"], theirs)
        for file in theirs:
            os.close(file)
        out, err, ends = (os.fdopen(read, errors="replace") for read, _ in others)
        return Forked(ends, os.fdopen(our_in, "w"), out, err)

    def _close(self) -> None:
        self._connection.close()
        self._process.wait(_PATIENCE)


@functools.cache
def _fork_server(environment: tuple[tuple[str, str], ...]) -> _ForkServer:
    return _ForkServer(dict(environment))


def _plain_environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
