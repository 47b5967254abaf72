"""What the package depends on: `python -m tools.supply_chain licences | audit | sbom`.

They write docs/licences.md, look for known vulnerabilities, and write a bill of materials (CycloneDX).

Without ``--advisories`` the audit asks OSV about the packages of ``uv.lock``. With it, records of OSV in
those folders are read, and the Go modules that the embedded Helm and the local control plane are made of are
looked for as well. What is known and accepted stands in ``tools/accepted_advisories.toml``.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from subprocess import CompletedProcess, run
from typing import TYPE_CHECKING, Any

from tools import advisories, bill_of_materials, locked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from importlib.metadata import PackageMetadata

ROOT = Path(__file__).resolve().parents[1]
LICENCES = ROOT / "docs" / "licences.md"
ACCEPTED = ROOT / "tools" / "accepted_advisories.toml"
SBOM = ROOT / "dist" / "sbom.cdx.json"
OURS = ("helm-rollback-component", "pulumi-local-engine")
ALLOWED = frozenset(
    {
        *("Apache-2.0", "Apache-2.0 OR BSD-2-Clause", "BSD-2-Clause", "BSD-3-Clause"),
        *("ISC", "MIT", "MPL-2.0", "PSF-2.0"),
    }
)
UNKNOWN = "unknown"

_SPDX = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
_UNREACHABLE = ("error sending request", "dns error", "timed out", "Connect")
_RUNTIME = ("--locked", "--no-dev")
_HEAD = """\
# Licences

What is installed with `helm-rollback-component` and its extras on Linux, as `uv.lock` says. Written by
`make licences`.

| Package | Version | Licence |
|---|---|---|
"""


@dataclass(frozen=True)
class Dependency:
    """An installed package that the product needs.

    Attributes:
        name: its name on the index.
        version: the installed version.
        licence: an SPDX identifier, or `UNKNOWN`.
    """

    name: str
    version: str
    licence: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.supply_chain", description=__doc__)
    parser.add_argument("command", choices=("licences", "audit", "sbom"))
    parser.add_argument("--advisories", type=Path, nargs="*", metavar="FOLDER", help="with records of OSV")
    given = parser.parse_args(arguments)
    match given.command:
        case "licences":
            LICENCES.write_text(table(dependencies()), encoding="utf-8")
            return 0
        case "audit":
            return _audit_with(given.advisories) if given.advisories else _audit()
        case _:
            return _sbom()


def dependencies() -> list[Dependency]:
    """Return the installed packages that the product needs, with all its extras, by name."""
    locked = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    names = _needed({package["name"]: package for package in locked})
    return [found for name in sorted(names) if (found := _installed(name))]


def table(found: Sequence[Dependency]) -> str:
    """Return the document that lists the packages."""
    return _HEAD + "".join(f"| {each.name} | {each.version} | {each.licence} |\n" for each in found)


def licence(described: PackageMetadata) -> str:
    """Return the SPDX identifier of the licence that a package's metadata states, in whichever way."""
    fields = {key.lower(): text for key, text in described.items()}  # type: ignore[attr-defined]  # a message
    expression, stated_freely = fields.get("license-expression", ""), fields.get("license", "")
    classified = [text.rpartition(" :: ")[2] for text in described.get_all("Classifier") or ()]
    stated = [expression, stated_freely, *classified]
    known = (_SPDX.get(text, text) for text in stated)
    return next((text for text in known if text in ALLOWED), expression or UNKNOWN)


def _needed(locked: Mapping[str, Mapping[str, Any]]) -> set[str]:
    found: set[str] = set()
    queue = list(OURS)
    while queue:
        package = locked[queue.pop()]
        extras = package.get("optional-dependencies", {}).values()
        wanted = [*package.get("dependencies", ()), *(each for extra in extras for each in extra)]
        fresh = {each["name"] for each in wanted} - found
        found |= fresh
        queue += fresh
    return found - set(OURS)


def _installed(name: str) -> Dependency | None:
    try:
        described = metadata(name)
    except PackageNotFoundError:
        return None  # not on this platform, or for this Python
    return Dependency(name, described["Version"], licence(described))


def _audit() -> int:
    done = _uv("audit", *_RUNTIME, capture=True)
    if any(word in done.stderr for word in _UNREACHABLE):
        print(
            "SKIPPED: the data on vulnerabilities (OSV) cannot be reached from here, so nothing was checked"
        )
        return 0
    print(done.stdout + done.stderr, end="")
    return done.returncode


def _audit_with(folders: Sequence[Path]) -> int:
    """Print what the packages in use have of what is recorded in folders; 1 if any of it is not accepted."""
    accepted = tomllib.loads(ACCEPTED.read_text(encoding="utf-8"))
    packages = locked.packages(ROOT)
    found, records = advisories.findings(packages, folders)
    if not records:
        print("no records of OSV are in these folders: " + ", ".join(map(str, folders)))
        return 2
    for each in found:
        reason = accepted.get(each.identifier)
        print(f"{each}\n    accepted: {reason}" if reason else each)
    fresh = [each for each in found if each.identifier not in accepted]
    print(f"{len(packages)} packages, {records} records: {len(found)} findings, {len(fresh)} not accepted")
    return int(bool(fresh))


def _sbom() -> int:
    """Write the bill of materials, as the release of this commit has it."""
    done = _uv("--quiet", *bill_of_materials.EXPORT, capture=True)
    if done.returncode:
        print(done.stderr, end="", file=sys.stderr)
        return done.returncode
    asked = [shutil.which("git") or "git", "log", "-1", "--format=%ct"]
    committed = run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    SBOM.parent.mkdir(exist_ok=True)
    SBOM.write_text(bill_of_materials.reproducible(done.stdout, at=int(committed.stdout)), encoding="utf-8")
    return 0


def _uv(*arguments: str, capture: bool = False) -> CompletedProcess[str]:
    uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    return run([uv, *arguments], cwd=ROOT, capture_output=capture, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
