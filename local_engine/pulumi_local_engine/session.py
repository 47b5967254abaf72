"""Performs one operation for a caller: locks the stack, shows what happens, and says how it ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from pulumi import automation

from pulumi_local_engine import operation
from pulumi_local_engine.display import Display
from pulumi_local_engine.events import Events, Listener
from pulumi_local_engine.progress_rows import ProgressRows
from pulumi_local_engine.run import RunFailedError, Setting
from pulumi_local_engine.store import LockedError, Store

OnOutput = Callable[[str], Any]
_FAILED: Final = 255


@dataclass(frozen=True, slots=True)
class Kind:
    """An operation: what it is called, and what does it."""

    word: str
    doing: str
    run: Callable[[Setting, Events], None]
    preview: bool = False

    def title(self, stack: str) -> str:
        """Return the first line of a display."""
        return f"{self.doing} ({stack})"


PREVIEW: Final = Kind("preview", "Previewing update", operation.update, preview=True)
UPDATE: Final = Kind("update", "Updating", operation.update)
REFRESH: Final = Kind("refresh", "Refreshing", operation.refresh)
DESTROY: Final = Kind("destroy", "Destroying", operation.destroy)


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller may ask of one operation."""

    parallel: int | None = None
    on_output: OnOutput | None = None
    on_error: OnOutput | None = None
    on_event: Listener | None = None
    replace: Sequence[str] = ()
    target: Sequence[str] = ()
    suppress_outputs: bool = False
    continue_on_error: bool = False
    clear_pending_creates: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """How an operation went that ended well."""

    stdout: str
    stderr: str
    changes: dict[automation.OpType, int]
    summary: automation.UpdateSummary


@dataclass(frozen=True, slots=True)
class Session:
    """One operation on one stack, ready to be performed."""

    stack: str
    root_urn: str
    store: Store
    setting: Callable[[Kind, Options], Setting]
    secrets: Sequence[str] = ()

    def perform(self, kind: Kind, options: Options) -> Ended:
        """Do it; raise the Automation API's CommandError if it fails."""
        start = datetime.now(UTC)
        display = Display(
            kind.title(self.stack), ProgressRows(self.root_urn), preview=kind.preview, options=options
        )
        listeners = [display.show, *([options.on_event] if options.on_event else [])]
        events = Events(listeners, preview=kind.preview, secrets=self.secrets)
        error = self._attempt(kind, options, events)
        rendered = display.end(error, outputs=not options.suppress_outputs)
        if error:
            result = automation.CommandResult(rendered.stdout, rendered.stderr, _FAILED)
            raise automation.errors.create_command_error(result)
        changes = {automation.OpType(op): count for op, count in events.changes.items()}
        return Ended(rendered.stdout, rendered.stderr, changes, _summary(kind, start, changes))

    def _attempt(self, kind: Kind, options: Options, events: Events) -> str:
        """Do it; return why that failed, or nothing."""
        started = time.monotonic()
        try:
            with self.store.lock():
                kind.run(self.setting(kind, options), events)
        except RunFailedError:
            return f"{kind.word} failed"
        except LockedError as error:
            return str(error)
        finally:
            events.summary(time.monotonic() - started)
        return ""


def _summary(kind: Kind, start: datetime, changes: dict[automation.OpType, int]) -> automation.UpdateSummary:
    return automation.UpdateSummary(
        kind=kind.word,
        start_time=start,
        message="",
        environment={},
        config={},
        result="succeeded",
        end_time=datetime.now(UTC),
        resource_changes=changes,
    )
