"""A copy of the root project, with a stack on either engine; nothing is written to the checkout."""

import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pulumi import automation

from helm_rollback_component.testing.engine import LocalEngine
from tests.e2e.outcome import Outcome, Stack, watch

CHECKOUT = Path(__file__).resolve().parents[2]
PLAIN_PROGRAM = Path(__file__).with_name("plain_program.py")
STACK = "dev"
NO_PACKAGES = 'version = 1\nrequires-python = ">=3.11"\n'
"""A lock file for programs that need no plugins: the CLI finds the plugins it needs by reading one."""

Releases = Mapping[str, Mapping[str, Any]]


class Project:
    """A copy of the root project in a folder of its own.

    Args:
        folder: takes the project, its state, its temporary files and its caches.
        engine: ``local`` for LocalEngine, ``cli`` for the real one.
        kubeconfig: the cluster to work on.
        plain: whether the program goes without Kubernetes objects of its own.
    """

    def __init__(self, folder: Path, engine: str, kubeconfig: Path, *, plain: bool) -> None:
        self.folder = folder
        self.engine = engine
        self._kubeconfig = kubeconfig
        for part in ("project", "state", "tmp", "cache"):
            (folder / part).mkdir(parents=True)
        self._copy(plain=plain)
        self._stack: Stack | None = None

    @property
    def work_dir(self) -> Path:
        """Where ``Pulumi.yaml`` is."""
        return self.folder / "project"

    @property
    def environment(self) -> dict[str, str]:
        """What the engine, the program and the providers find in their environment."""
        return {
            "KUBECONFIG": str(self._kubeconfig),
            "PATH": os.pathsep.join((f"{sys.prefix}/bin", os.environ["PATH"])),
            "VIRTUAL_ENV": sys.prefix,
            "TMPDIR": str(self.folder / "tmp"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "PULUMI_BACKEND_URL": (self.folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "open sesame",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }

    def declare(self, releases: Releases, secrets: Mapping[str, str] | None = None) -> None:
        """Configure the releases, and below them secrets by path (``web.values.password``)."""
        if self.engine == "local":
            whole = with_values(releases, secrets or {})
            value = automation.ConfigValue(json.dumps(whole), secret=bool(secrets))
            self.stack.set_config("releases", value)
            return
        self._configure({"helm-rollback:releases": releases})
        for path, secret in (secrets or {}).items():
            self._cli.set_config(f"releases.{path}", automation.ConfigValue(secret, secret=True), path=True)

    def set_secret(self, key: str, secret: str) -> None:
        """Configure one secret of its own."""
        self.stack.set_config(key, automation.ConfigValue(secret, secret=True))

    def program(self, text: str) -> None:
        """Have the stack run this program."""
        (self.work_dir / "stacks" / "__main__.py").write_text(text)

    def preview(self, **options: Any) -> Outcome:  # noqa: ANN401  # passed on
        return watch(self.stack.preview, **options)

    def up(self, **options: Any) -> Outcome:  # noqa: ANN401  # passed on
        return watch(self.stack.up, **options)

    def refresh(self) -> Outcome:
        return watch(self.stack.refresh)

    def destroy(self) -> Outcome:
        return watch(self.stack.destroy)

    def deploy(self, releases: Releases) -> Outcome:
        """Configure the releases and bring them up, which must go well."""
        self.declare(releases)
        outcome = self.up()
        assert not outcome.failed, outcome.text
        return outcome

    def fail(self, releases: Releases) -> Outcome:
        """Configure the releases and bring them up, which must fail."""
        self.declare(releases)
        outcome = self.up()
        assert outcome.failed, outcome.text
        return outcome

    def resources(self) -> dict[str, dict[str, Any]]:
        """Return the resources in the state by name."""
        entries = (self.stack.export_stack().deployment or {}).get("resources", [])
        return {entry["urn"].rsplit("::", 1)[-1]: entry for entry in entries}

    def release(self, name: str = "web") -> dict[str, Any]:
        """Return what the state says of a release."""
        outputs: dict[str, Any] = self.resources()[f"{name}-release"]["outputs"]
        return outputs

    @property
    def stack(self) -> Stack:
        """The stack on its engine."""
        if self._stack is None:
            self._stack = self._select()
        return self._stack

    @property
    def _cli(self) -> automation.Stack:
        assert isinstance(self.stack, automation.Stack)
        return self.stack

    def _select(self) -> Stack:
        if self.engine == "local":
            return LocalEngine(
                STACK, self.work_dir, state_dir=self.folder / "state", env_vars=self.environment
            )
        options = automation.LocalWorkspaceOptions(env_vars=self.environment)
        return automation.create_or_select_stack(STACK, work_dir=str(self.work_dir), opts=options)

    def _copy(self, *, plain: bool) -> None:
        shutil.copytree(
            CHECKOUT / "stacks",
            self.work_dir / "stacks",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        project = yaml.safe_load((CHECKOUT / "Pulumi.yaml").read_text())
        project["runtime"]["options"]["virtualenv"] = sys.prefix
        (self.work_dir / "Pulumi.yaml").write_text(yaml.safe_dump(project))
        if plain:
            shutil.copy(PLAIN_PROGRAM, self.work_dir / "stacks" / "__main__.py")
            (self.work_dir / "uv.lock").write_text(NO_PACKAGES)
        else:
            shutil.copy(CHECKOUT / "uv.lock", self.work_dir)

    def _configure(self, values: Mapping[str, Any]) -> None:
        """Write configuration into the stack's file, as a person does."""
        assert self.stack
        path = self.work_dir / f"Pulumi.{STACK}.yaml"
        content = yaml.safe_load(path.read_text()) if path.exists() else {}
        content["config"] = {**content.get("config", {}), **values}
        path.write_text(yaml.safe_dump(content))


def with_values(releases: Releases, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the releases with these values put in by path."""
    whole: dict[str, Any] = json.loads(json.dumps(releases))
    for path, value in values.items():
        *above, last = path.split(".")
        place = whole
        for step in above:
            place = place.setdefault(step, {})
        place[last] = value
    return whole
