"""`docs/tutorial.md`, followed to the letter in an empty folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import uuid
from functools import cached_property
from typing import TYPE_CHECKING

import pytest
from pulumi import automation
from pulumi_local_engine import LocalEngine

from tests.e2e.conftest import skip_unless_usable
from tests.e2e.tutorial import PAGE, Command, File, steps
from tools.ground.build import bin_dir
from tools.sandbox import CLI, LOCAL, pulumi_cli
from tools.sandbox.sandbox import NO_PACKAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.timeout(600)]

INSTALLING = ("python3 -m venv", "venv/bin/pip")
"""What is not typed: the environment of these tests has the package installed."""
PRESENT = {
    "toolchain: pip, virtualenv: venv": f"toolchain: uv, virtualenv: {sys.prefix}",
    "venv/bin/helm-rollback": f"{sys.prefix}/bin/helm-rollback",
}
"""What is used in place of what is not installed: the environment of these tests, which has no pip."""
POD_LABELS = '{{- include "web.labels" . | nindent 8 }}'
ONLY_TAGS_WITHOUT_TYPOS = """
        {{- if contains "typo" .Values.image.tag }}
        ground/play: image-pull
        {{- end }}"""
"""What has played pods do as real ones do: the image with the typing error does not exist."""

Ended = tuple[bool, str]
"""Whether a command failed, and what it wrote."""


class Shell:
    """A shell in an empty folder, which keeps its folder and its variables from one command to the next."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self._environment = dict(environment)
        self._notes = folder.with_name("notes")

    def as_it_says(self, page: str) -> str:
        """Return the page with what this shell's programs say."""
        return page

    def run(self, typed: str) -> Ended:
        script = f"{typed}\nended=$?\n{{ pwd; env -0; }} > '{self._notes}'\nexit $ended"
        done = subprocess.run(
            ["bash", "-c", script],  # noqa: S607  # a person's shell
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        where, _, variables = self._notes.read_text().partition("\n")
        self.folder = self._notes.parent / where
        self._environment = dict(each.split("=", 1) for each in variables.split("\0") if "=" in each)
        return done.returncode != 0, done.stdout


class ShellWithoutPulumi(Shell):
    """The same where `LocalEngine` does what the Pulumi CLI is asked for."""

    def as_it_says(self, page: str) -> str:
        """Return the page with outputs as they are displayed here: without what they were before."""
        return re.sub(r"~ (\w+): \d+ => ", r"\1: ", page)

    def run(self, typed: str) -> Ended:
        if not typed.startswith("pulumi "):
            return super().run(typed)
        if typed.startswith(exporting := "pulumi stack export"):
            return super().run(typed.replace(exporting, f"cat '{self._exported()}'"))
        lines: list[str] = []
        try:
            self._ask(typed.split()[1:], lines.append)
        except automation.CommandError as error:
            return True, "\n".join([*lines, str(error)])
        return False, "\n".join(lines)

    def _ask(self, words: list[str], say: Callable[[str], None]) -> None:
        match words:
            case ["stack", "init", name]:
                say(f"Created stack '{name}'")
            case ["config", "set", key, value]:
                self._stack.set_config(key, automation.ConfigValue(value))
            case ["config", "rm", key]:
                self._stack.remove_config(key)
            case ["stack", "output", name]:
                say(str(self._stack.outputs()[name].value))
            case ["stack", "rm", *_]:
                self._stack.remove()
            case [operation, *_]:
                getattr(self._stack, operation)(on_output=say)

    @cached_property
    def _stack(self) -> LocalEngine:
        return LocalEngine("dev", self.folder, env_vars=self._environment)

    def _exported(self) -> Path:
        state = self._notes.with_name("state.json")
        state.write_text(json.dumps(self._stack.export_stack().deployment, indent=4))
        return state


@pytest.fixture(params=[LOCAL, pytest.param(CLI, marks=pytest.mark.sweep)])
def shell(
    request: pytest.FixtureRequest, ground: Ground, helm_programs: Mapping[int, Path], tmp_path: Path
) -> Shell:
    """A shell with Helm, kubectl and Pulumi, or what stands for it, in an empty folder."""
    skip_unless_usable(request.param, plain=True)
    for made in ("bin", "empty", "cache"):
        (tmp_path / made).mkdir()
    (tmp_path / "bin" / "helm").symlink_to(helm_programs[4])
    (tmp_path / "bin" / "kubectl").symlink_to(bin_dir() / "kubectl")
    environment = {
        "PATH": os.pathsep.join([str(tmp_path / "bin"), pulumi_cli.search_path()]),
        "KUBECONFIG": str(ground.kubeconfig),
        "HOME": os.environ["HOME"],
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    kind = ShellWithoutPulumi if request.param == LOCAL else Shell
    return kind(tmp_path / "empty", environment)


def test_what_the_tutorial_says_is_what_one_sees(shell: Shell) -> None:
    namespace = f"shop-{uuid.uuid4().hex[:8]}"
    page = PAGE.read_text(encoding="utf-8")
    for said, present in PRESENT.items():
        page = page.replace(said, present)
    try:
        for step in steps(re.sub(r"\bshop\b", namespace, shell.as_it_says(page))):
            match step:
                case File(name, text):
                    (shell.folder / name).write_text(text)
                    (shell.folder / "uv.lock").write_text(NO_PACKAGES)
                case Command(typed) if not typed.startswith(INSTALLING):
                    _follow(shell, step)
    finally:
        shell.run(f"kubectl delete namespace {namespace} --wait=false --ignore-not-found")


def _follow(shell: Shell, command: Command) -> None:
    failed, output = shell.run(command.typed)
    assert command.shows(output), f"{command.typed}\n{output}\ninstead of\n{command.seen}"
    assert failed is command.fails, f"{command.typed}\n{output}"
    if command.typed.startswith("helm create"):
        template = shell.folder / "charts" / "web" / "templates" / "deployment.yaml"
        template.write_text(template.read_text().replace(POD_LABELS, POD_LABELS + ONLY_TAGS_WITHOUT_TYPOS, 1))
