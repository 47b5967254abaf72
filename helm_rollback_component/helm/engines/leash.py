"""A command that begins when it is told to, and does not outlive this process.

Both are done by a few lines of ``/bin/sh``, which every system that runs Helm has, and which then becomes the
command, with the same process id. A pipe leads to it: a line in it is the word to begin, its end before that
the word not to. While the command runs, a second shell waits for another line, which says that the command
is over; where the pipe ends instead, this process is dead. Then the command gets SIGTERM, unless it is one
that should come to its end by itself; and it gets SIGKILL if it is there still after `LAST_WORDS`. The number
of the group cannot be another's, as the second shell is in it. (``setpriv --pdeathsig`` is Linux's alone,
BusyBox's has no such option, and it counts a thread's death.)

So a command never outlives this process for as long as a lock takes to expire (`claims.DURATION`): who takes
over, wherever that is, finds it dead. Without a shell the command is begun at once and is not tied.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SHELL = "/bin/sh"
_DESCRIPTORS = "/proc/self/fd" if sys.platform == "linux" else "/dev/fd"
LAST_WORDS = 10
"""For so many seconds a command may go on after the death of this process."""

_BOUND = "ulimit -d {kibibytes} 2>/dev/null; "
_BEGIN = 'pipe=$1; shift; read -r word <"$pipe" || exit 143; '
_TELL = "kill -TERM $$; "
_TIE = (
    '{{ read -r word <"$pipe" || {{ {tell}PATH=$PATH:/usr/bin:/bin; n={seconds}; '
    "while kill -0 $$ && [ $n -gt 0 ]; do sleep 1; n=$((n - 1)); done; kill -KILL -$$; }}; }} "
    ">/dev/null 2>&1 </dev/null & "
)
_BECOME = 'exec "$@"'


@dataclass(frozen=True)
class Leash:
    """What holds a command.

    Attributes:
        arguments: what to start in place of the command.
        descriptors: file descriptors that it must inherit.
        ties: whether it ends soon after this process.
    """

    arguments: Sequence[str]
    descriptors: tuple[int, ...] = ()
    ties: bool = False
    _words: int | None = None

    def begin(self) -> None:
        """Have the command begin."""
        self._say()

    def end(self) -> None:
        """Say that the command is over."""
        self._say()

    def _say(self) -> None:
        if self._words is not None:
            os.write(self._words, b"\n")


@contextmanager
def held(command: Sequence[str], *, tell: bool, memory: int = 0) -> Iterator[Leash]:
    """Give the leash for a command; after an error in the block one that has not begun never does.

    Args:
        command: a program, by its path, and its arguments.
        tell: whether it is told to end when this process is dead; else it may end by itself for a while.
        memory: how much it may take where the system can bound that, in bytes; 0 for as much as it likes.
    """
    if not os.access(_SHELL, os.X_OK) or not os.access(command[0], os.X_OK):
        yield Leash(command)
        return
    reading, writing = os.pipe()
    bound = _BOUND.format(kibibytes=memory // 1024) if memory else ""
    script = bound + _BEGIN + _TIE.format(tell=_TELL if tell else "", seconds=LAST_WORDS) + _BECOME
    arguments = (_SHELL, "-c", script, "helm", f"{_DESCRIPTORS}/{reading}", *command)
    leash = Leash(arguments, (reading,), ties=True, _words=writing)
    try:
        yield leash
        leash.end()
    finally:
        os.close(reading)
        os.close(writing)
