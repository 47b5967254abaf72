"""What a program says on a terminal that is as wide as the screen."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Iterator, Mapping, Sequence

from tools.demo.screen import WIDTH


def said(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Run a program, and return what it said."""
    near, far = pty.openpty()
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 50, WIDTH, 0, 0))
    with subprocess.Popen([*command], env={**os.environ, **environment}, stdout=far, stderr=far):
        os.close(far)
        text = b"".join(_read(near)).decode()
    os.close(near)
    return text


def _read(near: int) -> Iterator[bytes]:
    """Yield what comes until the program has ended."""
    while True:
        try:
            yield os.read(near, 1 << 16)
        except OSError:
            return
