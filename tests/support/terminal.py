"""A program on a terminal of its own, which is typed into and read."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from tests.support.waiting import HANG_LIMIT

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_SIZE = struct.pack("HHHH", 50, 200, 0, 0)


class Terminal:
    """The near end of a terminal."""

    def __init__(self, end: int) -> None:
        self._end = end
        self._seen = ""

    def type(self, text: str) -> None:
        """Type a text; what was seen before it is forgotten."""
        self._seen = ""
        os.write(self._end, text.encode())

    def await_text(self, text: str) -> None:
        """Read until the text is on the screen."""
        give_up_at = time.monotonic() + HANG_LIMIT
        while text not in self._seen:
            ready, _, _ = select.select([self._end], [], [], give_up_at - time.monotonic())
            assert ready, f"waited in vain for {text!r} in {self._seen!r}"
            self._seen += _CONTROL.sub("", os.read(self._end, 65536).decode(errors="replace"))


@contextmanager
def terminal(program: Sequence[str], environment: Mapping[str, str]) -> Iterator[Terminal]:
    """Run a program on a terminal, and end it after the block."""
    child, end = pty.fork()
    if child == 0:  # pragma: no cover  # another process
        os.execvpe(program[0], [*program], {**environment, "TERM": "dumb"})  # noqa: S606  # no shell is wanted
    fcntl.ioctl(end, termios.TIOCSWINSZ, _SIZE)
    try:
        yield Terminal(end)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(end)
