"""What a run says, for the resource's row: the lines that pass, and the warnings that stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.reconcile.run_events import Said, Warned

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.reconcile.run_events import RunEvent


@dataclass(frozen=True)
class Rows:
    """An observer that tells a run's own words.

    Attributes:
        progress: takes one line for each step that begins and each change of what is waited for.
        warn: takes one sentence for each thing that the user should know although nothing failed.
    """

    progress: Callable[[str], None]
    warn: Callable[[str], None]

    def __call__(self, event: RunEvent) -> None:
        """Tell it if it has words."""
        match event:
            case Said(line):
                self.progress(line)
            case Warned(line):
                self.warn(line)
