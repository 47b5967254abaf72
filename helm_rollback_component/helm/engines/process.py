"""Running one Helm command to its end, and stopping it when that is asked for."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.helm.engines.crash import without_dump
from helm_rollback_component.helm.engines.engine import EngineError
from helm_rollback_component.helm.engines.leash import held
from helm_rollback_component.helm.engines.memory_files import anonymous_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from helm_rollback_component.helm.engines.leash import Leash

LONGEST_OUTPUT = 64 * 1024
"""In bytes: of more, the end is read."""
_PHASES = 3
_MARGIN = 60.0
_GRACE = 10.0


@dataclass(frozen=True)
class Patience:
    """How long Helm may take, and what is done after that.

    Attributes:
        limit: how long, in seconds.
        interruptible: whether it is stopped then; if not, it is left running.
        grace: how long it has to write the release's record and exit once told to stop, in seconds.
    """

    limit: float
    interruptible: bool = True
    grace: float = _GRACE

    @classmethod
    def with_timeout(cls, timeout: int, *, interruptible: bool = True) -> Self:
        """Return the patience for a Helm that was given `timeout`, in seconds.

        Helm may spend it on the hooks before, on the wait for readiness, and on the hooks after.
        """
        return cls(_PHASES * timeout + _MARGIN, interruptible)

    @property
    def exhausted(self) -> str:
        """The message for a Helm that took longer."""
        what = (
            "was stopped" if self.interruptible else "still runs: stopping it would leave the release locked"
        )
        return f"Helm did not end within {self.limit:g} s and {what}"


@dataclass(frozen=True)
class Command:
    """A command to run.

    Attributes:
        arguments: the program and its arguments; never anything secret.
        environment: all of its environment; never anything secret.
        stdin: what it reads; may contain secrets.
        descriptors: file descriptors that it inherits.
        patience: how long it is waited for, and whether it may be signalled at all.
        on_start: called before it begins, and `on_end` when it has ended; see `Target`.
        memory: how much it may take, see `leash.held`.
        longest: how many bytes of its standard output are returned, from the end.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    patience: Patience
    stdin: bytes = field(default=b"", repr=False)
    descriptors: tuple[int, ...] = ()
    on_start: Callable[[int, float], None] = lambda *_: None
    on_end: Callable[[], None] = lambda: None
    memory: int = 0
    longest: int = LONGEST_OUTPUT


def run(command: Command, cancellation: Cancellation | None = None) -> str:
    """Run `command` and return the end of what it wrote to standard output.

    It runs in a session of its own, so that a Ctrl-C in the terminal does not reach it. Its streams are
    nameless files and not pipes, so that it neither waits for this process nor ends with it.

    It begins only once `Command.on_start` has returned. When this process dies, it ends as well (`leash`): an
    interruptible command at once, another if it does not come to its end by itself in some seconds.

    A request to cancel, or the end of its time, has it sent SIGTERM, and SIGKILL `Patience.grace` seconds
    later. A command that is not interruptible is never signalled: after its limit it is left running.

    Raises:
        EngineError: it could not be started, failed, was cancelled, or did not end in time.
    """
    cancellation = cancellation or Cancellation()
    if cancellation.requested:
        raise EngineError("cancelled before Helm was started")
    with ExitStack() as files:
        stdin, stdout, stderr = (
            files.enter_context(anonymous_file(content)).fileno() for content in (command.stdin, b"", b"")
        )
        leash = files.enter_context(
            held(command.arguments, tell=command.patience.interruptible, memory=command.memory)
        )
        running = _Running(_start(command, leash, stdin, stdout, stderr), command.patience.grace)
        command.on_start(running.pid, 0.0 if leash.ties else command.patience.limit)
        leash.begin()
        if command.patience.interruptible:
            cancellation.on_request(running.stop)
        in_time = running.wait(command.patience.limit)
        if not in_time and command.patience.interruptible:
            running.stop()
            running.wait(None)
        if in_time or command.patience.interruptible:
            command.on_end()
        if running.succeeded:
            return _tail(stdout, command.longest)
        said = without_dump(_tail(stderr) or _tail(stdout)).strip()
    raise _failure(command, running, said, in_time=in_time)


class _Running:
    """A process with a thread that waits for its end, so that nothing polls."""

    def __init__(self, process: subprocess.Popen[bytes], grace: float) -> None:
        self._process = process
        self._grace = grace
        self._exited = threading.Event()
        self._stopped = False
        threading.Thread(target=self._reap, name="helm-wait", daemon=True).start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def succeeded(self) -> bool:
        return self._exited.is_set() and self._process.returncode == 0

    @property
    def returncode(self) -> int | None:
        return self._process.returncode

    def wait(self, limit: float | None) -> bool:
        return self._exited.wait(limit)

    def stop(self) -> None:
        if self._stopped or self._exited.is_set():
            return
        self._stopped = True
        self._process.terminate()
        threading.Thread(target=self._kill_after_grace, name="helm-kill", daemon=True).start()

    def _reap(self) -> None:
        self._process.wait()
        self._exited.set()

    def _kill_after_grace(self) -> None:
        if not self._exited.wait(self._grace):
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)


def _start(command: Command, leash: Leash, stdin: int, stdout: int, stderr: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603  # a list of arguments, no shell that would read them
            leash.arguments,
            env=command.environment,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            pass_fds=(*command.descriptors, *leash.descriptors),
            start_new_session=True,
        )
    except OSError as error:
        raise EngineError(f"Helm could not be started: {error.strerror}: {command.arguments[0]}") from error


def _tail(descriptor: int, longest: int = LONGEST_OUTPUT) -> str:
    start = max(0, os.fstat(descriptor).st_size - longest)
    return os.pread(descriptor, longest, start).decode(errors="replace")


def _failure(command: Command, running: _Running, said: str, *, in_time: bool) -> EngineError:
    if in_time:
        return EngineError(said or f"Helm ended with exit status {running.returncode}")
    return EngineError(f"{command.patience.exhausted}\n{said}".strip())
