"""An empty folder, in which a person does what a README says: nothing of the checkout is used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tools.sandbox import pulumi_cli

if TYPE_CHECKING:
    from collections.abc import Mapping

CHECKOUT = Path(__file__).resolve().parents[2]


class Folder:
    """An empty folder, in which a person does what the README says."""

    def __init__(self, path: Path, environment: Mapping[str, str]) -> None:
        """Begin."""
        self.path = path
        self.environment = dict(environment)

    def run(self, *command: str) -> str:
        """Run a command as a shell would, and return what it wrote."""
        found = shutil.which(command[0], path=self.environment["PATH"]) or str(self.path / command[0])
        done = subprocess.run(
            [found, *command[1:]],
            cwd=self.path,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def shell(self, line: str, *, fails: bool = False) -> str:
        """Run a line in the shell, which must end as is said, and return what it wrote."""
        done = subprocess.run(
            ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", line],
            cwd=self.path,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        assert bool(done.returncode) is fails, f"$ {line}\n{done.stdout}"
        return done.stdout

    def activate(self, name: str) -> None:
        """Activate a virtual environment."""
        self.environment["VIRTUAL_ENV"] = str(self.path / name)
        self.environment["PATH"] = f"{self.path / name / 'bin'}{os.pathsep}{self.environment['PATH']}"


def environment(place: Path, programs: Mapping[str, Path], wheels: Path) -> dict[str, str]:
    """Return what a person has: a PATH with some programs, and nothing of this environment.

    Args:
        place: an empty folder for the programs and the state.
        programs: the programs by name.
        wheels: where packages are found before they are published.
    """
    for made in ("bin", "home", "state"):
        (place / made).mkdir()
    for name, program in {**programs, "python3": Path(sys.base_prefix) / "bin" / "python3"}.items():
        (place / "bin" / name).symlink_to(program)
    present = pulumi_cli.search_path().split(os.pathsep)[1:]  # without this environment's own programs
    outside = [entry for entry in present if not Path(entry).is_relative_to(CHECKOUT / ".venv")]
    kept = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "HOME", "PULUMI_HOME", "XDG_CACHE_HOME")
    return {
        **{key: os.environ[key] for key in kept if key in os.environ},
        "PATH": os.pathsep.join([str(place / "bin"), *outside]),
        "PIP_FIND_LINKS": str(wheels),
        "UV_FIND_LINKS": str(wheels),
        "PULUMI_BACKEND_URL": (place / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "open sesame",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
