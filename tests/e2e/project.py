"""A sandbox whose operations tell what became of them, and whose releases have secrets to look for."""

import json
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any

from pulumi import automation

from tests.e2e import canary
from tests.e2e.helm_processes import watched
from tests.e2e.outcome import Outcome, watch
from tools.sandbox import Releases, Sandbox

PLAIN_PROGRAM = Path(__file__).with_name("plain_program.py")
CANARIES = Path(__file__).with_name("canaries.py")
_IMPORT = "from helm_rollback_component"


class Project(Sandbox):
    """A copy of the root project; a plain one goes without Kubernetes objects of its own.

    Args:
        folder: see `Sandbox`, as `engine` and `kubeconfig`.
        plain: whether to go without.
        records: reads what the releases have in the cluster, after each operation.
    """

    def __init__(
        self,
        folder: Path,
        engine: str,
        kubeconfig: Path,
        *,
        plain: bool,
        records: Callable[[], str] = str,
    ) -> None:
        super().__init__(folder, engine, kubeconfig)
        self._records = records
        self._seen: dict[str, bytes] = {}
        if plain:
            self.program(PLAIN_PROGRAM.read_text())
        else:
            self._with_canaries(self._main.read_text())

    def program(self, text: str) -> None:
        """Have the stack run this program; its releases have secrets to look for."""
        super().program(text)
        self._with_canaries(text)

    def places(self) -> dict[str, bytes]:
        """Return what the operations showed, wrote and left, by where that was."""
        left = [canary.files(self.folder / part) for part in ("state", "tmp", "cache")]
        settings = {str(path): path.read_bytes() for path in self.work_dir.glob("Pulumi.*.yaml")}
        return {**self._seen, **settings, **{path: found for each in left for path, found in each.items()}}

    @property
    def hidden(self) -> dict[str, str]:
        """The secrets that its releases have, by name."""
        return {name: canary.hatch(f"{name} of {self.folder.resolve()}") for name in ("value", "login")}

    @property
    def _main(self) -> Path:
        return self.work_dir / "stacks" / "__main__.py"

    def _with_canaries(self, text: str) -> None:
        self._main.with_name(CANARIES.name).write_text(CANARIES.read_text())
        self._main.write_text(text.replace(_IMPORT, f"import canaries\n{_IMPORT}", 1))

    def _watch(self, operation: Callable[..., Any], **options: Any) -> Outcome:
        with watched(str(self.folder)) as sightings:
            outcome = watch(operation, **options)
        self._note("what was said", _said(outcome))
        self._note("the records in the cluster", self._records())
        self._seen["processes"] = self._seen.get("processes", b"") + sightings.marked
        return outcome

    def _note(self, place: str, text: str) -> None:
        self._seen[place] = self._seen.get(place, b"") + text.encode("utf-8", "replace")

    def set_secret(self, key: str, secret: str) -> None:
        """Configure one secret of its own."""
        self.stack.set_config(key, automation.ConfigValue(secret, secret=True))

    def preview(self, **options: Any) -> Outcome:
        return self._watch(self.stack.preview, **options)

    def up(self, **options: Any) -> Outcome:
        return self._watch(self.stack.up, **options)

    def refresh(self, **options: Any) -> Outcome:
        return self._watch(self.stack.refresh, **options)

    def destroy(self, **options: Any) -> Outcome:
        return self._watch(self.stack.destroy, **options)

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


def _said(outcome: Outcome) -> str:
    shown = (json.dumps(each, default=_content) for each in (outcome.outputs, outcome.events))
    return "\n".join([outcome.text, *shown])


def _content(found: object) -> object:
    return found.value if isinstance(found, Enum) else getattr(found, "__dict__", str(found))
