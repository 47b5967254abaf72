"""The stack of the demonstration: its one release, and what an operation on it did."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi.automation import CommandError
from pulumi.automation.events import EngineEvent
from rich.text import Text

from tools.demo.command import said
from tools.demo.place import Place
from tools.demo.screen import Activity, Screen
from tools.sandbox import Sandbox

RELEASE = "web"
REPLICAS = 2


@dataclass(frozen=True)
class Outcome:
    """What an operation did.

    Attributes:
        message: why it failed, as it said itself; empty if it did not fail.
        seconds: how long it took.
        warnings: what it warned of, about the release.
        notes: what else it told of the release.
    """

    message: str
    seconds: float
    warnings: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """Whether it failed."""
        return bool(self.message)


class Stage:
    """The stack, on its place."""

    def __init__(self, sandbox: Sandbox, place: Place, screen: Screen) -> None:
        """Show on `screen` what goes on."""
        self._sandbox = sandbox
        self._screen = screen
        self.place = place

    def declare(self, tag: str, pod_labels: Mapping[str, str] | None = None) -> None:
        """Declare the release with that image."""
        values = {"replicas": REPLICAS, "image": {"tag": tag}, "podLabels": dict(pod_labels or {})}
        inputs = {
            "releaseNamespace": self.place.namespace,
            "source": {"chart": "./charts/web"},
            "helm": str(self.place.helm),
            "values": values,
        }
        self._sandbox.declare({RELEASE: inputs})

    def preview(self) -> Outcome:
        """Tell what an update would do."""
        return self._run("previewing the update", self._sandbox.stack.preview)

    def up(self, picture: Callable[[], Sequence[Text]] = tuple) -> Outcome:
        """Update the stack."""
        return self._run("updating the stack", self._sandbox.stack.up, picture)

    def destroy(self) -> Outcome:
        """Destroy the stack."""
        return self._run("destroying the stack", self._sandbox.stack.destroy)

    def release(self) -> Mapping[str, Any]:
        """Return what the state says of the release."""
        return self._sandbox.release(RELEASE)

    def ask(self, command: str) -> str:
        """Return what `helm-rollback` says about the release."""
        program = str(Path(sys.executable).with_name("helm-rollback"))
        line = [program, command, RELEASE, "--namespace", self.place.namespace]
        return said(line, {"KUBECONFIG": str(self.place.kubeconfig), "TERM": "xterm"})

    def fact(self) -> str:
        """Return the revision in the object that the program makes from the release's outputs."""
        objects = self.place.objects("v1", "ConfigMap", fieldSelector=f"metadata.name={RELEASE}-facts")
        return str(objects[0]["data"]["revision"]) if objects else ""

    def _run(
        self, what: str, operation: Callable[..., object], picture: Callable[[], Sequence[Text]] = tuple
    ) -> Outcome:
        started = time.monotonic()
        listener, failure = _Listener(), ""
        with self._screen.busy(what, picture) as activity:
            try:
                operation(on_event=lambda event: listener.hear(event, activity))
            except CommandError as error:
                failure = listener.errors[-1] if listener.errors else str(error)
        took = time.monotonic() - started
        return Outcome(failure, took, tuple(listener.warnings), tuple(listener.notes))


class _Listener:
    """Picks from an operation's events what a person wants to know."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.notes: list[str] = []

    def hear(self, event: EngineEvent, activity: Activity) -> None:
        diagnostic = event.diagnostic_event
        if not diagnostic or not diagnostic.urn:
            return
        message = diagnostic.message.strip()
        if diagnostic.severity == "error":
            self.errors.append(_reason(message))
        elif diagnostic.urn.endswith(f"::{RELEASE}-release"):
            activity.progress(message.partition("\n")[0])
            if diagnostic.severity == "warning":
                self.warnings.append(message)
            elif diagnostic.severity == "info" and not diagnostic.ephemeral:
                self.notes.append(message)


def _reason(message: str) -> str:
    """Return the one reason in an engine's report of a failed operation."""
    return message.removeprefix("RuntimeError: ").removeprefix("1 error occurred:").strip().removeprefix("* ")
