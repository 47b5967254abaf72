"""A laboratory that runs small programs, on LocalEngine or on the real engine."""

import json
import shutil
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml
from pulumi import automation
from pulumi_local_engine import LocalEngine

from tools.sandbox import pulumi_cli

HERE = Path(__file__).parent


class Laboratory:
    """One project on disk, with a made-up world and a note of every call to its provider."""

    def __init__(self, root: Path, engine: str) -> None:
        self.root = root
        self.engine = engine
        self.world = root / "world"
        self.state = root / "state"
        self.log = root / "calls.jsonl"
        self._main = root / "project" / "stacks"
        self._noted = 0
        self._prepare()

    def _prepare(self) -> None:
        for folder in (self._main, self.world, self.state):
            folder.mkdir(parents=True)
        self.log.touch()
        shutil.copy(HERE / "things.py", self._main)
        runtime = {"name": "python", "options": {"toolchain": "uv", "virtualenv": sys.prefix}}
        project = {"name": "lab", "main": "stacks", "runtime": runtime}
        (self.work_dir / "uv.lock").write_text(
            'version = 1\nrequires-python = ">=3.11"\n'
        )  # the CLI looks for one
        (self.work_dir / "Pulumi.yaml").write_text(yaml.safe_dump(project))

    @property
    def environment(self) -> dict[str, str]:
        return {
            "THINGS_LOG": str(self.log),
            "THINGS_WORLD": str(self.world),
            "PATH": pulumi_cli.search_path(),
            "PULUMI_BACKEND_URL": self.state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "open sesame",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    @property
    def work_dir(self) -> Path:
        return self._main.parent

    def program(self, text: str) -> None:
        """Write the program; `pulumi`, `Thing` and `Box` are imported for it.

        What Python has compiled of the last one goes: it would serve for another of that size and second.
        """
        header = "import pulumi\nfrom pulumi import ResourceOptions\nfrom things import Box, Thing\n\n"
        (self._main / "__main__.py").write_text(header + textwrap.dedent(text))
        shutil.rmtree(self._main / "__pycache__", ignore_errors=True)

    def stack(self, name: str = "dev") -> Any:
        if self.engine == "local":
            return LocalEngine(name, self.work_dir, state_dir=self.state, env_vars=self.environment)
        options = automation.LocalWorkspaceOptions(env_vars=self.environment)
        return automation.create_or_select_stack(name, work_dir=str(self.work_dir), opts=options)

    def up(self, text: str, **options: Any) -> automation.UpResult:
        """Write a program and run it."""
        self.program(text)
        result: automation.UpResult = self.stack().up(**options)
        return result

    def fail(self, text: str, **options: Any) -> str:
        """Write a program, run it, and return how it failed."""
        self.program(text)
        with pytest.raises(automation.CommandError) as caught:
            self.stack().up(**options)
        return str(caught.value)

    def notes(self) -> list[dict[str, Any]]:
        """Return the calls since the last time this was asked."""
        lines = self.log.read_text().splitlines()
        fresh, self._noted = lines[self._noted :], len(lines)
        return [json.loads(line) for line in fresh]

    def calls(self, *kinds: str) -> list[str]:
        """Return the same as `call name`; only these kinds if any are given, else all but configure."""
        wanted = kinds or ("check", "diff", "create", "read", "update", "delete")
        return [f"{note['call']} {note['name']}" for note in self.notes() if note["call"] in wanted]

    def resources(self) -> dict[str, dict[str, Any]]:
        """Return the resources in the state by name, providers left out."""
        entries = self.stack().export_stack().deployment.get("resources", [])
        return {
            entry["urn"].rsplit("::", 1)[-1]: entry
            for entry in entries
            if not entry["type"].startswith("pulumi:providers:")
        }

    def urn(self, name: str) -> str:
        return f"urn:pulumi:dev::lab::pulumi-python:dynamic/things:Thing::{name}"
