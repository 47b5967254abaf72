"""What a run says, for the resource's row: lines that pass, and lines and warnings that stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.reconcile.run_events import Noted, Said, Warned

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.reconcile.run_events import RunEvent


class Rows:
    """An observer that tells a run's own words; a line that was the last already is not told again.

    Args:
        progress: takes one line for each step that begins and each change of what is waited for.
        note: takes one text for each thing that was changed, or seen, and that no result tells.
        warn: takes one sentence for each thing that the user should know although nothing failed.
    """

    def __init__(
        self, progress: Callable[[str], None], note: Callable[[str], None], warn: Callable[[str], None]
    ) -> None:
        self._progress = progress
        self._note = note
        self._warn = warn
        self._last = ""

    def __call__(self, event: RunEvent) -> None:
        """Tell it if it has words."""
        match event:
            case Said(line) if line != self._last:
                self._last = line
                self._progress(line)
            case Noted(text):
                self._note(text)
            case Warned(line):
                self._warn(line)
