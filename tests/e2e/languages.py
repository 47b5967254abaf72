"""Programs in other languages, as the CLI runs them."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.waiting import await_that
from tools.sandbox import pulumi_cli

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.e2e.space import Space

CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Program:
    """A copy of a program, with the CLI to run it.

    Attributes:
        folder: where its ``Pulumi.yaml`` is.
        environment: what the CLI finds in its environment.
    """

    folder: Path
    environment: Mapping[str, str]

    @property
    def _output(self) -> Path:
        return self.folder / "output.txt"

    def pulumi(self, *arguments: str, fails: bool = False) -> str:
        """Run the CLI, which must end as is said, and return all that it printed."""
        done = subprocess.run(
            ["pulumi", "--non-interactive", *arguments],  # noqa: S607  # the one on the PATH
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert bool(done.returncode) is fails, done.stdout
        return done.stdout

    @contextmanager
    def begun(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run the CLI in a process group of its own, which does not outlive the block; see `told`."""
        line = ["pulumi", "--non-interactive", *arguments]
        with (
            self._output.open("w") as output,
            subprocess.Popen(
                line, cwd=self.folder, env=self.environment, stdout=output, start_new_session=True
            ) as process,
        ):
            try:
                yield process
            finally:
                process.kill()

    def told(self) -> str:
        """Return what the CLI has printed that was begun last."""
        return self._output.read_text()

    def configure(self, **values: str) -> None:
        """Set values of the stack's configuration."""
        for key, value in values.items():
            self.pulumi("config", "set", key, value)

    @contextmanager
    def upgrading(self, space: Space, helm: Path) -> Iterator[subprocess.Popen[bytes]]:
        """Deploy ``v1``, and begin an upgrade to ``v2``, which waits for pods that never become ready."""
        self.configure(namespace=space.name, helm=str(helm), tag="v1")
        self.up()
        self.configure(tag="v2", play="never-ready")
        with self.begun("up", "--yes", "--skip-preview") as cli:
            await_that(lambda: space.image().endswith(":v2"), "the upgrade to wait")
            yield cli

    def up(self, *, fails: bool = False) -> str:
        """Bring the stack up."""
        return self.pulumi("up", "--yes", "--skip-preview", fails=fails)


def copied(language: str, folder: Path, kubeconfig: Path) -> Program:
    """Copy a program, the charts and the plugin's folder, and have the CLI install what the program needs."""
    built = ("node_modules", "sdks", ".venv", "uv.lock", "Pulumi.*.yaml")
    for part in ("stacks", "plugin"):
        shutil.copytree(CHECKOUT / part, folder / part, ignore=shutil.ignore_patterns(*built))
    project = folder / "plugin" / "pyproject.toml"
    project.write_text(project.read_text().replace('path = ".."', f'path = "{CHECKOUT}"'))
    (folder / "state").mkdir()
    environment = {
        **{key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"},
        "PATH": pulumi_cli.search_path(),
        "KUBECONFIG": str(kubeconfig),
        "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "open sesame",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    program = Program(folder / "stacks" / "examples" / language, environment)
    program.pulumi("install")
    if language == "go":
        subprocess.run(["go", "mod", "tidy"], cwd=program.folder, env=environment, check=True)  # noqa: S607
    program.pulumi("stack", "init", "dev")
    return program


def skip_unless_there(host: str, *, kubernetes: bool = False) -> None:
    """Skip where the CLI, the host of the language, or the Kubernetes provider if needed, is not there."""
    missing = "" if shutil.which(host) else f"{host} is not on the PATH"
    if obstacle := pulumi_cli.obstacle(kubernetes=kubernetes) or missing:
        pytest.skip(f"this program is left out: {obstacle}")
