"""The cache of binaries: built once for each set of pins, then shared by every checkout."""

import fcntl
import os
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.ground import pins, toolchain
from tools.ground.errors import GroundError
from tools.ground.pins import Program
from tools.ground.places import cache_dir
from tools.ground.progress import Reporter

_TAIL = 20


def bin_dir() -> Path:
    """Return the folder that holds, or will hold, the programs of the present pins."""
    return cache_dir() / "bin" / pins.key()


def ensure_built(reporter: Reporter) -> Path:
    """Build the programs unless they are in the cache; return the folder that holds them."""
    target = bin_dir()
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(target.with_suffix(".lock"), lambda: reporter.line("waiting for another build …")):
        if not target.exists():
            _build_all(target, reporter)
    return target


@contextmanager
def exclusive(lock: Path, tell_waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the file lock at ``lock``; whoever comes second says so and waits."""
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell_waiting()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build_all(target: Path, reporter: Reporter) -> None:
    reporter.line("finding a Go toolchain …")
    go = toolchain.find_go()
    reporter.line(f"building {len(pins.PROGRAMS)} programs with {go} (once; minutes, then cached)")
    _download(go, reporter)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="building-") as scratch:
        unfinished = Path(scratch) / "bin"
        unfinished.mkdir()
        for number, program in enumerate(pins.PROGRAMS, start=1):
            _build(go, program, unfinished, reporter, f"[{number}/{len(pins.PROGRAMS)}] {program.name}")
        unfinished.rename(target)


def _download(go: Path, reporter: Reporter) -> None:
    with reporter.bar("downloading Go modules", unit="modules") as bar:
        _follow([go, "list", "-deps", "tool"], bar.advance, problem="the Go modules cannot be had")


def _build(go: Path, program: Program, into: Path, reporter: Reporter, label: str) -> None:
    started = time.monotonic()
    command: list[str | Path] = [
        go,
        "build",
        "-v",
        f"-ldflags={pins.linker_flags()}",
        "-o",
        into / program.name,
        program.package,
    ]
    with reporter.bar(label, unit="packages") as bar:
        bar.total(_packages_to_compile(go, program))
        _follow(command, bar.advance, problem=f"{program.name} does not build")
    reporter.line(f"{label}: built in {time.monotonic() - started:.0f} s")


def _packages_to_compile(go: Path, program: Program) -> int:
    template = "{{if .Stale}}{{.ImportPath}}{{end}}"
    with _go([go, "list", "-deps", "-f", template, program.package], stdout=subprocess.PIPE) as process:
        return sum(1 for line in process.stdout or () if line.strip())


def _follow(command: list[Path | str], advance: Callable[[], None], *, problem: str) -> None:
    lines: deque[str] = deque(maxlen=_TAIL)
    with _go(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        for line in process.stderr or ():
            lines.append(line.rstrip())
            advance()
    if process.returncode:
        end = "\n".join(lines)
        raise GroundError(f"{problem}; the end of what go said:\n{end}")


def _go(
    command: list[Path | str], *, stdout: int | None = None, stderr: int | None = None
) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "GOFLAGS": "-mod=readonly -trimpath -buildvcs=false",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }
    return subprocess.Popen(
        command, cwd=pins.MODULE_DIR, env=environment, text=True, stdout=stdout, stderr=stderr
    )
