"""What is known of a running control plane: a small JSON file in its folder."""

import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal, Self

from tools.ground.processes import ProcessId

Phase = Literal["starting", "ready", "failed", "ended"]


@dataclass(frozen=True)
class State:
    """The supervisor, its programs, and how far they are."""

    supervisor: ProcessId
    server: str
    deadline: float
    phase: Phase = "starting"
    problem: str = ""
    programs: dict[str, ProcessId] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> "State | None":
        """Return the state that ``folder`` tells of, None if it tells of none."""
        try:
            raw = json.loads(_file(folder).read_text())
        except FileNotFoundError:
            return None
        raw["supervisor"] = ProcessId(**raw["supervisor"])
        raw["programs"] = {name: ProcessId(**process) for name, process in raw["programs"].items()}
        return cls(**raw)

    def save(self, folder: Path) -> Self:
        """Write this state into ``folder``, in one step, and return it."""
        fresh = _file(folder).with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self)))
        fresh.replace(_file(folder))
        return self

    def to(self, phase: Phase, problem: str = "") -> "State":
        """Return this state in another phase."""
        return replace(self, phase=phase, problem=problem)

    def with_program(self, name: str, process: ProcessId) -> "State":
        """Return this state with one more program."""
        return replace(self, programs={**self.programs, name: process})

    @property
    def ready(self) -> bool:
        """Whether the control plane answers and its supervisor lives."""
        return self.phase == "ready" and self.supervisor.alive()

    @property
    def processes(self) -> list[ProcessId]:
        """All its processes that still run, the supervisor first."""
        return [process for process in (self.supervisor, *self.programs.values()) if process.alive()]


def _file(folder: Path) -> Path:
    return folder / "state.json"


def private_file(path: Path, text: str) -> None:
    """Write ``text`` to ``path``, for its owner's eyes only."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(text)
