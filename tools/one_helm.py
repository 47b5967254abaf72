"""Holds that no two Helm processes of ours work on one release at once; the kernel keeps the record.

Whatever works on a release holds a file's lock for as long as its process lives, or the engine's call lasts,
whoever is killed meanwhile. Who finds it held writes that down, and goes on.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from helm_rollback_component.helm.engines import worker_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

VERBS = ("install", "upgrade", "rollback", "uninstall", "test")
FOLDER = "ONE_HELM_FOLDER"
"""The variable that names the folder of the record, for the processes that tests start."""

_OVERLAPS = "overlaps"
_SCRIPT = """\
#!/bin/bash
verb=; namespace=
for each in "$@"; do case $each in
  --namespace=*) namespace=${{each#*=}};;
  {verbs}) verb=${{verb:-$each}};;
esac; done
if [ -n "$verb" ]; then
  exec 9>>"{folder}/$namespace.lock"
  flock --nonblock 9 || echo "$namespace: $verb" >>"{folder}/{overlaps}"
fi
exec -a "{name}" "{program}" "$@"
"""


def program(helm: Path, folder: Path) -> Path:
    """Return a program that is that Helm, and keeps the record in a folder."""
    script = folder / helm.name
    filled = {"verbs": "|".join(VERBS), "folder": folder, "overlaps": _OVERLAPS}
    script.write_text(_SCRIPT.format(name=helm.name, program=helm, **filled))
    script.chmod(0o755)
    return script


def watch_workers() -> None:
    """Have the workers of the embedded Helm that this process starts keep the record, where there is one."""
    if os.environ.get(FOLDER):
        found = worker_process._PROGRAM  # noqa: SLF001  # what it runs is its own affair
        mine = found.replace("helm_rollback_component.helm.engines.worker", __name__)
        worker_process._PROGRAM = mine  # noqa: SLF001


@contextmanager
def recorded() -> Iterator[Path]:
    """Keep the record for the length of the block; give its folder."""
    with TemporaryDirectory() as folder:
        os.environ[FOLDER] = folder
        watch_workers()
        try:
            yield Path(folder)
        finally:
            del os.environ[FOLDER]


def main() -> None:
    """Be a worker that keeps the record."""
    from helm_rollback_component.helm.engines import worker  # noqa: PLC0415  # loads the library of Helm

    for verb in VERBS:
        worker._VERBS[verb] = _recorded(verb, worker._VERBS[verb])  # noqa: SLF001
    worker.main()


def overlaps(folder: Path) -> list[str]:
    """Return the namespaces where two worked at once, with what the second was to do; forget them."""
    record = folder / _OVERLAPS
    found = record.read_text().splitlines() if record.exists() else []
    record.unlink(missing_ok=True)
    return found


def _recorded(verb: str, act: Callable[..., Any]) -> Callable[..., Any]:
    def acting(context: object, target: dict[str, Any], *args: object, **kwargs: object) -> Any:
        with _alone(verb, target["namespace"]):
            return act(context, target, *args, **kwargs)

    return acting


@contextmanager
def _alone(verb: str, namespace: str) -> Iterator[None]:
    folder = os.environ[FOLDER]
    with open(f"{folder}/{namespace}.lock", "a") as lock:  # noqa: PTH123  # a name, no path
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with open(f"{folder}/{_OVERLAPS}", "a") as record:  # noqa: PTH123
                record.write(f"{namespace}: {verb}\n")
        yield
