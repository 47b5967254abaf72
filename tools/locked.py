"""Which packages are used, and where that is said: what is locked, and what is compiled into libraries."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from tools.advisories import GO, PYPI, Package

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCK = "uv.lock"
_MODULE = re.compile(r"^\s+(\S+\.\S+/\S+|\S+\.\S+) (v\S+)", re.MULTILINE)
_REPLACED = re.compile(r"^\s*(?:replace )?(\S+)(?: v\S+)? => (\S+) (v\S+)", re.MULTILINE)
_BUILT_IN = re.compile(r"^\t(?:dep|=>)\t(\S+)\t(v\S+)", re.MULTILINE)
_BUILT_WITH = re.compile(r": go(\d\S*)")
_EMBEDDED = "helm_python"


def packages(root: Path) -> list[Package]:
    """Return every package that the project locks for a purpose of its own, tests included.

    Args:
        root: the project's folder.
    """
    return [*locked(root / _LOCK), *modules(root / "tools" / "ground" / "go" / "go.mod"), *compiled()]


def locked(lock: Path) -> Iterator[Package]:
    """Yield what a lock file of uv names, the project's own packages aside."""
    for package in tomllib.loads(lock.read_text(encoding="utf-8"))["package"]:
        if "registry" in package["source"]:
            yield Package(PYPI, package["name"], package["version"], lock.name)


def modules(go_mod: Path) -> Iterator[Package]:
    """Yield what a ``go.mod`` requires, or what it replaces that by."""
    text = go_mod.read_text(encoding="utf-8")
    replaced = {path: (other, version) for path, other, version in _REPLACED.findall(text)}
    for path, version in _MODULE.findall(text):
        yield Package(GO, *replaced.get(path, (path, version)), go_mod.name)


def compiled() -> Iterator[Package]:
    """Yield the modules that the embedded Helm is compiled from, and Go's library; Go must be here."""
    found, go = find_spec(_EMBEDDED), shutil.which("go")
    places = (found.submodule_search_locations or ()) if found and go else ()
    for library in sorted({path.resolve() for place in places for path in Path(place).rglob("*.so")}):
        told = subprocess.run(
            [str(go), "version", "-m", library], capture_output=True, text=True, check=True
        ).stdout
        yield from built_in(told)


def built_in(told: str) -> Iterator[Package]:
    """Yield what ``go version -m`` tells of one library."""
    for version in _BUILT_WITH.findall(told)[:1]:
        yield Package(GO, "stdlib", version, _EMBEDDED)
    for path, version in _BUILT_IN.findall(told):
        yield Package(GO, path, version, _EMBEDDED)
