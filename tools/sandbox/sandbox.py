"""A copy of the root project in a folder of its own, with one stack; nothing is written to the checkout."""

import json
import shutil
import sys
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation
from pulumi_local_engine import LocalEngine

from tools.sandbox import pulumi_cli

LOCAL = "local"
CLI = "cli"

STACK = "dev"
_CHECKOUT = Path(__file__).resolve().parents[2]
NO_PACKAGES = 'version = 1\nrequires-python = ">=3.11"\n'
"""A lock file for programs that need no plugins: the CLI learns from it which ones to look for."""

Releases = Mapping[str, Mapping[str, Any]]
Stack = LocalEngine | automation.Stack


class Sandbox:
    """A copy of the root project, and its stack.

    Args:
        folder: takes the project, the state, temporary files and caches; made if it is not there.
        engine: `LOCAL` or `CLI`.
        kubeconfig: the cluster to work on.
        program: what to run in place of the root program; it must not need any plugin but Python's.
    """

    def __init__(self, folder: Path, engine: str, kubeconfig: Path, *, program: str = "") -> None:
        """Copy the project."""
        self.folder = folder
        self.engine = engine
        self._kubeconfig = kubeconfig
        for part in ("project", "state", "tmp", "cache"):
            (folder / part).mkdir(parents=True)
        self._copy()
        if program:
            self.program(program)

    @property
    def work_dir(self) -> Path:
        """Where ``Pulumi.yaml`` is."""
        return self.folder / "project"

    @property
    def environment(self) -> dict[str, str]:
        """What the engine, the program and the providers find in their environment."""
        return {
            "KUBECONFIG": str(self._kubeconfig),
            "PATH": pulumi_cli.search_path(),
            "VIRTUAL_ENV": sys.prefix,
            "TMPDIR": str(self.folder / "tmp"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "PULUMI_BACKEND_URL": (self.folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "open sesame",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }

    @cached_property
    def stack(self) -> Stack:
        """The stack."""
        if self.engine == LOCAL:
            state = self.folder / "state"
            return LocalEngine(STACK, self.work_dir, state_dir=state, env_vars=self.environment)
        options = automation.LocalWorkspaceOptions(env_vars=self.environment)
        return automation.create_or_select_stack(STACK, work_dir=str(self.work_dir), opts=options)

    def program(self, text: str) -> None:
        """Have the stack run this program, which must not need any plugin but Python's."""
        (self.work_dir / "stacks" / "__main__.py").write_text(text)
        (self.work_dir / "uv.lock").write_text(NO_PACKAGES)
        self._write_project(declares_configuration=False)

    def declare(self, releases: Releases, secrets: Mapping[str, str] | None = None) -> None:
        """Configure the releases, and below them secrets by path, such as ``web.values.password``."""
        if self.engine == LOCAL:
            whole = json.dumps(_with_secrets(releases, secrets or {}))
            self.stack.set_config("releases", automation.ConfigValue(whole, secret=bool(secrets)))
            return
        self._write_config({"helm-rollback:releases": releases})
        for path, secret in (secrets or {}).items():
            self._set_secret(f"releases.{path}", secret)

    def resources(self) -> dict[str, dict[str, Any]]:
        """Return the resources in the state by name."""
        entries = (self.stack.export_stack().deployment or {}).get("resources", [])
        return {entry["urn"].rsplit("::", 1)[-1]: entry for entry in entries}

    def release(self, name: str = "web") -> dict[str, Any]:
        """Return what the state says of a release."""
        outputs: dict[str, Any] = self.resources()[f"{name}-release"]["outputs"]
        return outputs

    def _copy(self) -> None:
        needless = shutil.ignore_patterns("__pycache__", ".venv", "examples")
        shutil.copytree(_CHECKOUT / "stacks", self.work_dir / "stacks", ignore=needless)
        shutil.copy(_CHECKOUT / "uv.lock", self.work_dir)
        self._write_project(declares_configuration=True)

    def _write_project(self, *, declares_configuration: bool) -> None:
        project = yaml.safe_load((_CHECKOUT / "Pulumi.yaml").read_text())
        project["runtime"]["options"]["virtualenv"] = sys.prefix
        if not declares_configuration:
            del project["config"]
        (self.work_dir / "Pulumi.yaml").write_text(yaml.safe_dump(project))

    def _write_config(self, values: Mapping[str, Any]) -> None:
        """Write configuration into the stack's file, as a person does; the CLI sets no structured values."""
        assert self.stack  # noqa: S101  # the stack must be there before its file is
        path = self.work_dir / f"Pulumi.{STACK}.yaml"
        content = yaml.safe_load(path.read_text()) if path.exists() else {}
        content["config"] = {**content.get("config", {}), **values}
        path.write_text(yaml.safe_dump(content))

    def _set_secret(self, path: str, secret: str) -> None:
        if isinstance(self.stack, automation.Stack):
            self.stack.set_config(path, automation.ConfigValue(secret, secret=True), path=True)


def _with_secrets(releases: Releases, secrets: Mapping[str, str]) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(json.dumps(releases))
    for path, secret in secrets.items():
        *above, last = path.split(".")
        place = whole
        for step in above:
            place = place.setdefault(step, {})
        place[last] = secret
    return whole
