"""A sandbox whose operations tell what became of them."""

from pathlib import Path
from typing import Any

from pulumi import automation

from tests.e2e.outcome import Outcome, watch
from tools.sandbox import Releases, Sandbox

PLAIN_PROGRAM = Path(__file__).with_name("plain_program.py")


class Project(Sandbox):
    """A copy of the root project; a plain one goes without Kubernetes objects of its own."""

    def __init__(self, folder: Path, engine: str, kubeconfig: Path, *, plain: bool) -> None:
        program = PLAIN_PROGRAM.read_text() if plain else ""
        super().__init__(folder, engine, kubeconfig, program=program)

    def set_secret(self, key: str, secret: str) -> None:
        """Configure one secret of its own."""
        self.stack.set_config(key, automation.ConfigValue(secret, secret=True))

    def preview(self) -> Outcome:
        return watch(self.stack.preview)

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
