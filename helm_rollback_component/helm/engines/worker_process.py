"""A worker as its parent sees it: started, asked one thing at a time, and ended."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from helm_rollback_component.helm.engines.crash import without_dump
from helm_rollback_component.helm.engines.engine import Capability, EngineError
from helm_rollback_component.helm.engines.environment import helm_environment
from helm_rollback_component.helm.engines.memory_files import anonymous_file
from helm_rollback_component.helm.engines.wire import Message, receive, send

if TYPE_CHECKING:
    from helm_rollback_component.core.cancellation import Cancellation
    from helm_rollback_component.helm.engines.process import Patience

_STARTUP = 60.0
_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from helm_rollback_component.helm.engines.worker import main; main()"
)
_WITHOUT_THE_FOLDER = "-P"
"""Else a file of the folder where this process runs, such as ``json.py``, would be taken for a library."""
_CANCELLING: Message = {"cancelling": True}
_LONGEST_LAST_WORDS = 64 * 1024
_SHOWN_LAST_WORDS = 4096
_LAST_BREATH = 1.0


def worker_name() -> str:
    """Return the program name of the worker: a path whose last part is ``helm``.

    Helm uses its program name as the manager of the fields that it applies. The folder is the
    interpreter's, by which Python finds its libraries and its virtual environment.
    """
    virtual = sys.prefix != sys.base_prefix
    interpreter = Path(sys.executable) if virtual else Path(sys.executable).resolve()
    return str(interpreter.with_name("helm"))


class WorkerProcess:
    """One worker. It serves one thread at a time; only a `Cancellation` may come from another.

    Attributes:
        version: of the Helm in the library, such as ``4.2.3``.
        capabilities: what the library has options for.
    """

    def __init__(self) -> None:
        """Start a worker and wait for its greeting.

        Raises:
            EngineError: it does not start; says what it wrote at the end.
        """
        self._stderr = anonymous_file()
        self._process = self._start()
        self._requests = cast("IO[bytes]", self._process.stdin)
        self._answers: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._serving: object | None = None
        self._spent = False
        self._left_at_work = False
        threading.Thread(target=self._listen, name="helm-worker", daemon=True).start()
        self.version, self.capabilities = self._greeting()

    @property
    def pid(self) -> int:
        """The id of its process."""
        return self._process.pid

    @property
    def reusable(self) -> bool:
        """Whether it can serve another request."""
        return not self._spent and self._process.poll() is None

    def call(self, request: Message, patience: Patience, cancellation: Cancellation | None = None) -> Message:
        """Run `request` and return what it found, which is nothing for most.

        Raises:
            EngineError: Helm failed, was cancelled or did not end in time, or the worker died.
        """
        serving = self._serving = object()
        self._send(request)
        if cancellation is not None:
            cancellation.on_request(lambda: self._cancel(serving))
        try:
            answer = self._outcome(patience)
        finally:
            with self._lock:
                self._serving = None
        if answer["error"] is not None:
            raise EngineError(answer["error"])
        found: Message = answer.get("found", {})
        return found

    def close(self) -> None:
        """End it after its present request; one that was left at work goes on for as long as we live."""
        self._spent = True
        if not self._left_at_work:
            self._end_requests()

    def _end_requests(self) -> None:
        with suppress(OSError):
            self._requests.close()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603  # this interpreter and this package
            [worker_name(), _WITHOUT_THE_FOLDER, "-c", _PROGRAM, json.dumps(sys.path)],
            executable=sys.executable,
            env=helm_environment(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            start_new_session=True,
        )

    def _greeting(self) -> tuple[str, frozenset[Capability]]:
        greeting = self._take(_STARTUP)
        if greeting is None or "version" not in greeting:
            self._end()
            raise EngineError(greeting["error"] if greeting else "the Helm worker does not start")
        version = str(greeting["version"]).removeprefix("v")
        return version, frozenset(map(Capability, greeting["capabilities"]))

    def _outcome(self, patience: Patience) -> Message:
        answer = self._take(patience.limit)
        if answer is None:
            return self._overdue(patience)
        if answer is _CANCELLING:
            answer = self._take(patience.grace)
            cancelled = {
                "error": "Helm was stopped, because it did not end after its cancellation",
                "cancelled": True,
            }
            answer = cancelled if answer is None else answer
        if answer["error"] is not None and answer["cancelled"]:
            self._end()
        return answer

    def _overdue(self, patience: Patience) -> Message:
        if patience.interruptible:
            self._send({"verb": "cancel"})
            self._take(patience.grace)
            self._end()
        else:
            self._spent = self._left_at_work = True
        return {"error": patience.exhausted, "cancelled": False}

    def _cancel(self, serving: object) -> None:
        with self._lock:
            if self._serving is serving:
                self._spent = True
                self._answers.put(_CANCELLING)
                self._send({"verb": "cancel"})

    def _send(self, message: Message) -> None:
        with suppress(OSError, ValueError):  # it died, or its pipe was closed since; the listener says so
            send(self._requests, message)

    def _take(self, seconds: float) -> Message | None:
        try:
            return self._answers.get(timeout=seconds)
        except queue.Empty:
            return None

    def _end(self) -> None:
        self.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_LAST_BREATH)
            return
        self._process.kill()
        self._process.wait()

    def _listen(self) -> None:
        with cast("IO[bytes]", self._process.stdout) as answers, self._stderr:
            while (answer := receive(answers)) is not None:
                self._answers.put(answer)
                if self._left_at_work:
                    self._end_requests()
            code = self._process.wait()
            self._end_requests()
            said = self._stderr_tail()
        self._answers.put(
            {"error": f"the Helm worker ended with exit status {code}\n{said}".strip(), "cancelled": False}
        )

    def _stderr_tail(self) -> str:
        descriptor = self._stderr.fileno()
        start = max(0, os.fstat(descriptor).st_size - _LONGEST_LAST_WORDS)
        said = os.pread(descriptor, _LONGEST_LAST_WORDS, start).decode(errors="replace")
        return without_dump(said)[-_SHOWN_LAST_WORDS:]
