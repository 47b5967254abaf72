"""Which packages have known vulnerabilities, by records of OSV in folders of this machine.

Records are YAML or JSON (https://ossf.github.io/osv-schema). Those of PyPI are at
https://github.com/pypa/advisory-database, those of Go at https://github.com/golang/vulndb (``data/osv``).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import semver
import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

PYPI, GO = "PyPI", "Go"

_RECORDS = (".json", ".yaml", ".yml")
_NAMES = re.compile(r"""^[\s-]*["']?name["']?:\s*["']?([^"',\s]+)""", re.MULTILINE)
_PARTS = 3
_FIRST = semver.Version(0, 0, 0, "0")
"""No version of Go's is older: OSV writes it as ``0``."""


class Package(NamedTuple):
    """A package at the version that is used.

    Attributes:
        ecosystem: `PYPI` or `GO`.
        name: its name; a module's path in Go, where ``stdlib`` is Go's own library.
        version: its version.
        place: what says that it is used.
    """

    ecosystem: str
    name: str
    version: str
    place: str


@dataclass(frozen=True)
class Finding:
    """A vulnerability that a package has.

    Attributes:
        package: the package.
        identifier: the record's id.
        aliases: the same vulnerability's ids elsewhere.
        fixed: the versions from which it is fixed; none if nobody knows of one.
        summary: what it is, in one line.
    """

    package: Package
    identifier: str
    aliases: tuple[str, ...]
    fixed: tuple[str, ...]
    summary: str

    def __str__(self) -> str:
        names = " = ".join((self.identifier, *self.aliases))
        fixed = f"fixed in {', '.join(self.fixed)}" if self.fixed else "not fixed"
        package = self.package
        return f"{package.name} {package.version} ({package.place}): {names}, {fixed}: {self.summary}"


def findings(packages: Iterable[Package], folders: Iterable[Path]) -> tuple[list[Finding], int]:
    """Return the vulnerabilities that the packages have, and how many records there are at all."""
    known: dict[tuple[str, str], list[Package]] = {}
    for package in packages:
        known.setdefault(_key(package.ecosystem, package.name), []).append(package)
    found: dict[tuple[Package, str], Finding] = {}
    count = 0
    for text, name in _texts(folders):
        count += 1
        for finding in _of_record(text, name, known):
            found[finding.package, finding.identifier] = finding
    return sorted(found.values(), key=str), count


def affects(affected: dict[str, Any], package: Package) -> bool:
    """Tell whether a version is among those that a record's ``affected`` entry names."""
    if package.version in affected.get("versions", ()):
        return True
    ranges = (each for each in affected.get("ranges", ()) if each["type"] in ("ECOSYSTEM", "SEMVER"))
    return any(_is_within(each["events"], package) for each in ranges)


def _of_record(text: str, name: str, known: dict[tuple[str, str], list[Package]]) -> Iterator[Finding]:
    named = {canonicalize_name(each) for each in _NAMES.findall(text)}
    if not any(canonicalize_name(each) in named for _, each in known):
        return
    record = json.loads(text) if name.endswith(".json") else yaml.load(text, Loader=yaml.CSafeLoader)
    for affected in () if record.get("withdrawn") else record.get("affected", ()):
        where = affected["package"]
        for package in known.get(_key(where["ecosystem"], where["name"]), ()):
            if affects(affected, package):
                yield _finding(record, affected, package)


def _finding(record: dict[str, Any], affected: dict[str, Any], package: Package) -> Finding:
    events = chain.from_iterable(
        each["events"] for each in affected.get("ranges", ()) if each["type"] != "GIT"
    )
    fixed = tuple(str(event["fixed"]) for event in events if "fixed" in event)
    summary = record.get("summary") or record.get("details") or ""
    return Finding(
        package, record["id"], tuple(record.get("aliases") or ()), fixed, summary.partition("\n")[0]
    )


def _is_within(events: Iterable[dict[str, str]], package: Package) -> bool:
    read = _READERS[package.ecosystem]
    try:
        version = read(package.version)
        ordered = sorted((read(text), what) for event in events for what, text in event.items())
    except (InvalidVersion, ValueError):
        return False
    within = False
    for bound, what in ordered:
        if what == "introduced" and version >= bound:
            within = True
        elif (what == "fixed" and version >= bound) or (what == "last_affected" and version > bound):
            within = False
    return within


def _go_version(text: str) -> semver.Version:
    if text == "0":
        return _FIRST
    numbers, *more = re.split("(?=[-+])", text.removeprefix("v").removesuffix("+incompatible"), maxsplit=1)
    parts = [*numbers.split("."), "0", "0"][:_PARTS]
    return semver.Version.parse(".".join(parts) + "".join(more))


_READERS: dict[str, Callable[[str], Any]] = {PYPI: Version, GO: _go_version}


def _key(ecosystem: str, name: str) -> tuple[str, str]:
    return ecosystem, canonicalize_name(name) if ecosystem == PYPI else name


def _texts(folders: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Yield content and name of each record."""
    for folder in folders:
        for path in folder.rglob("*"):
            if path.suffix in _RECORDS and path.is_file():
                yield path.read_text(encoding="utf-8"), path.name
