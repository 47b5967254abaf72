"""Watches the processes that work for one project, as anybody on the machine can."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INTERVAL = 0.05
NAMES = {"helm", "helm3", "helm4"}
_LOOKS = 6
_SELDOM = 12
"""A process may yet become another program: it is looked at `_LOOKS` times one after the other, and once in
`_SELDOM` times after that."""
_PIECE = 2**20
_CONFIGURATION = b"PULUMI_CONFIG="


class Sightings:
    """What was seen of the processes whose environment holds a mark.

    Attributes:
        processes: the ids of Helm's.
        seen: the command lines and environments of Helm's.
        commands: the command lines of all.
        marked: the same of all, but for the configuration that Pulumi itself gives to its programs.
    """

    def __init__(self, mark: str) -> None:
        self._mark = mark.encode()
        self._looks: dict[str, int] = {}
        self._turn = 0
        self._noted: set[bytes] = set()
        self._without_program: set[str] = set()  # threads of the kernel
        self.processes: set[int] = set()
        self.seen = self.commands = self.marked = b""

    def look(self) -> None:
        """Note the command line and the environment of every marked process there is."""
        self._turn += 1
        there = [name for name in os.listdir("/proc") if name.isdigit()]  # noqa: PTH208  # many times a second
        self._looks = {name: self._looks.get(name, 0) for name in there}
        self._without_program.intersection_update(there)
        for process, looks in self._looks.items():
            if process in self._without_program:
                continue
            if looks < _LOOKS or (int(process) + self._turn) % _SELDOM == 0:
                self._note(process)

    def _note(self, process: str) -> None:
        try:
            command = _content(f"/proc/{process}/cmdline")
            environment = _content(f"/proc/{process}/environ")
        except OSError:
            return  # it has ended
        self._looks[process] += 1
        if not command and self._looks[process] >= _LOOKS:
            self._without_program.add(process)
        if self._mark in environment and command + environment not in self._noted:
            self._noted.add(command + environment)
            self.commands += command
            if Path(command.partition(b"\0")[0].decode()).name in NAMES:
                self.processes.add(int(process))
                self.seen += command + environment
                self.marked += command + environment
            else:
                self.marked += command + _but_configuration(environment)


def _but_configuration(environment: bytes) -> bytes:
    return b"\0".join(each for each in environment.split(b"\0") if not each.startswith(_CONFIGURATION))


def _content(path: str) -> bytes:
    """Return what a file of the kernel holds; `Path` takes several times as long."""
    file = os.open(path, os.O_RDONLY)
    try:
        return b"".join(iter(lambda: os.read(file, _PIECE), b""))
    finally:
        os.close(file)


@contextmanager
def watched(mark: str) -> Iterator[Sightings]:
    """Watch while the block runs."""
    sightings, over = Sightings(mark), threading.Event()

    def watch() -> None:
        while not over.wait(INTERVAL):
            sightings.look()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield sightings
    finally:
        over.set()
        thread.join()
