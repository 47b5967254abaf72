"""A copy of an example, and its stack: the tag `missing` cannot be pulled, and `slow` is never ready."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import yaml
from pulumi import automation

from tests.e2e.outcome import Outcome, watch
from tools.sandbox import Sandbox

CHECKOUT = Path(__file__).resolve().parents[2]
EXAMPLES = CHECKOUT / "stacks" / "examples"
_LABELS = "      labels:\n"
_PLAY = """\
        {{- with get (dict "missing" "image-pull" "slow" "never-ready") .Values.image.tag }}
        ground/play: {{ . }}
        {{- end }}
"""


def copy(name: str, folder: Path) -> None:
    """Copy an example as its README says; its chart tells this cluster what the tags mean."""
    shutil.copytree(EXAMPLES / name, folder, dirs_exist_ok=True)
    template = folder / "charts" / "web" / "templates" / "deployment.yaml"
    template.write_text(template.read_text().replace(_LABELS, _LABELS + _PLAY, 1))


class Example(Sandbox):
    """An example in a folder of its own.

    Args:
        name: the example's folder.
        folder: see `Sandbox`, as `engine` and `kubeconfig`.
        helm: the folder in which `helm` is.
    """

    def __init__(self, name: str, folder: Path, engine: str, kubeconfig: Path, helm: Path) -> None:
        self._name = name
        self._helm = helm
        super().__init__(folder, engine, kubeconfig)

    @property
    def environment(self) -> dict[str, str]:
        """What the engine finds in its environment."""
        given = super().environment
        return {**given, "PATH": f"{self._helm}{os.pathsep}{given['PATH']}"}

    def configure(self, values: Mapping[str, str]) -> None:
        """Set values of the configuration."""
        for key, value in values.items():
            self.stack.set_config(key, automation.ConfigValue(value, secret=key == "password"))

    def up(self, **changes: str) -> Outcome:
        """Bring the stack up after changes of its configuration."""
        self.configure(changes)
        return watch(self.stack.up)

    def destroy(self) -> Outcome:
        """Delete all of it."""
        return watch(self.stack.destroy)

    def _copy(self) -> None:
        copy(self._name, self.work_dir)
        path = self.work_dir / "Pulumi.yaml"
        project = yaml.safe_load(path.read_text())
        project["runtime"]["options"] = {"toolchain": "uv", "virtualenv": sys.prefix}
        path.write_text(yaml.safe_dump(project))
        shutil.copy(CHECKOUT / "uv.lock", self.work_dir)
