"""Watches the Helm processes that work for one project, as anybody on the machine can."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INTERVAL = 0.01
NAMES = {"helm", "helm3", "helm4"}


class Sightings:
    """What was seen of the Helm processes whose environment holds a mark."""

    def __init__(self, mark: str) -> None:
        self._mark = mark.encode()
        self.processes: set[int] = set()
        self.seen = b""
        self.commands = b""
        """The command lines of all processes with that mark, of Helm's or not."""

    def look(self) -> None:
        """Note the command line and the environment of every Helm process there is."""
        for process in Path("/proc").iterdir():
            if process.name.isdigit():
                self._note(process)

    def _note(self, process: Path) -> None:
        try:
            command = (process / "cmdline").read_bytes()
            environment = (process / "environ").read_bytes()
        except OSError:
            return  # it has ended
        if self._mark in environment and command not in self.commands:
            self.commands += command
        if Path(command.partition(b"\0")[0].decode()).name not in NAMES:
            return
        if self._mark in environment and command + environment not in self.seen:
            self.processes.add(int(process.name))
            self.seen += command + environment


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
