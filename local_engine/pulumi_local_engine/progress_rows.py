"""The rows of a display: what is known of each resource from the events so far.

Nothing is printed here. Events hold no secrets, so neither do rows.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pulumi.automation import OpType

from pulumi_local_engine.urns import ROOT_TYPE, name_of, type_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from pulumi.automation.events import DiagnosticEvent, EngineEvent, StepEventMetadata

_DOING: Final = {
    OpType.SAME: "",
    OpType.CREATE: "creating",
    OpType.UPDATE: "updating",
    OpType.DELETE: "deleting",
    OpType.REPLACE: "replacing",
    OpType.CREATE_REPLACEMENT: "creating replacement",
    OpType.DELETE_REPLACED: "deleting original",
    OpType.REFRESH: "refreshing",
}
_DONE: Final = {
    OpType.SAME: "",
    OpType.CREATE: "created",
    OpType.UPDATE: "updated",
    OpType.DELETE: "deleted",
    OpType.REPLACE: "replaced",
    OpType.CREATE_REPLACEMENT: "created replacement",
    OpType.DELETE_REPLACED: "deleted original",
    OpType.REFRESH: "refreshed",
}
_REPLACING: Final = frozenset({OpType.REPLACE, OpType.CREATE_REPLACEMENT, OpType.DELETE_REPLACED})
SIGNS: Final = {
    OpType.SAME: "  ",
    OpType.CREATE: "+ ",
    OpType.UPDATE: "~ ",
    OpType.DELETE: "- ",
    OpType.REPLACE: "+-",
    OpType.CREATE_REPLACEMENT: "++",
    OpType.DELETE_REPLACED: "--",
    OpType.REFRESH: "~ ",
}


@dataclass(slots=True)
class Row:
    """One resource in the display."""

    urn: str
    step: StepEventMetadata | None = None
    op: OpType = OpType.SAME
    ended: float | None = None
    started: float = 0.0
    failed: bool = False
    last_message: str = ""
    diagnostics: list[DiagnosticEvent] = field(default_factory=list)

    @property
    def is_stack(self) -> bool:
        """Whether this is the row of the stack itself."""
        return type_of(self.urn) == ROOT_TYPE

    @property
    def parent(self) -> str:
        """The URN of the parent, or nothing."""
        state = (self.step.new or self.step.old) if self.step else None
        return state.parent if state else ""

    @property
    def sign(self) -> str:
        """Two characters that say what is done to the resource."""
        return SIGNS.get(self.op, "  ")

    def title(self) -> str:
        """Return type and name."""
        return f"{type_of(self.urn)} {name_of(self.urn)}"

    def status(self, now: float, *, preview: bool) -> str:
        """Return the verb, and how long it took."""
        if preview:
            return "replace" if self.op in _REPLACING else self.op.value if self.op is not OpType.SAME else ""
        if self.ended is None:
            verb = (
                "running" if self.is_stack and self.op is OpType.SAME else _DOING.get(self.op, self.op.value)
            )
            return f"{verb} ({int(now - self.started)}s)" if verb and self.op is not OpType.SAME else verb
        verb = (
            f"**{_DOING.get(self.op) or 'running'} failed**"
            if self.failed
            else _DONE.get(self.op, self.op.value)
        )
        return (
            f"{verb} ({_seconds(self.ended - self.started)})" if verb and self.op is not OpType.SAME else verb
        )

    def changes(self) -> str:
        """Return the names of the inputs that change, as `[diff: +new,~other,-old]`."""
        if self.step is None or not self.step.diffs or self.step.old is None or self.step.new is None:
            return ""
        old, new = self.step.old.inputs or {}, self.step.new.inputs or {}
        marks = [("+" if key not in old else "-" if key not in new else "~") + key for key in self.step.diffs]
        return f"[diff: {','.join(mark for mark in marks if not mark.endswith('__provider'))}]"

    def details(self) -> list[str]:
        """Return a line for each input that changes, with what it was and what it will be."""
        if self.step is None or self.step.old is None or self.step.new is None:
            return []
        old, new = self.step.old.inputs or {}, self.step.new.inputs or {}
        keys = [key for key in self.step.diffs or () if key != "__provider"]
        return [f"~ {key}: {shown(old.get(key))} => {shown(new.get(key))}" for key in keys]


def shown(value: Any) -> str:
    """Return a value as it is displayed: JSON, but for what stands for a secret or an unknown."""
    return str(value) if value in ("[secret]", "[unknown]") else json.dumps(value)


def _seconds(duration: float) -> str:
    return f"{duration:.2f}s" if duration < 1 else f"{int(duration)}s"


class ProgressRows:
    """All rows, and the stack's outputs, kept up to date by events."""

    def __init__(self, root_urn: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with the stack's row alone: what belongs to no resource is shown there."""
        self.clock = clock
        self.rows: dict[str, Row] = {root_urn: Row(root_urn, started=clock())}
        self.root = self.rows[root_urn]
        self.outputs: dict[str, Any] | None = None
        self.counts: dict[OpType, int] = {}
        self.seconds = 0

    def apply(self, event: EngineEvent) -> Row | None:
        """Take an event in; return the row that it changed."""
        if event.resource_pre_event:
            return self._begun(event.resource_pre_event.metadata)
        if event.res_outputs_event:
            return self._done(event.res_outputs_event.metadata)
        if event.res_op_failed_event:
            return self._ended(event.res_op_failed_event.metadata, failed=True)
        if event.diagnostic_event:
            return self._told(event.diagnostic_event)
        if event.summary_event:
            self.counts = dict(event.summary_event.resource_changes)
            self.seconds = event.summary_event.duration_seconds
            self._close()
        return None

    def _close(self) -> None:
        """Let no row go on once the run is over."""
        for row in self.rows.values():
            if row.step is not None and row.ended is None:
                row.ended = self.clock()
                row.failed = any(diagnostic.severity == "error" for diagnostic in row.diagnostics)

    def _row(self, urn: str) -> Row:
        if not urn:
            return self.root
        return self.rows.setdefault(urn, Row(urn, started=self.clock()))

    def _begun(self, metadata: StepEventMetadata) -> Row:
        row = self._row(metadata.urn)
        if row.step is None or row.ended is None:
            row.started = self.clock() if row.step is None and not row.is_stack else row.started
        row.step, row.op, row.ended = metadata, metadata.op, None
        return row

    def _done(self, metadata: StepEventMetadata) -> Row:
        if type_of(metadata.urn) == ROOT_TYPE and metadata.new is not None:
            self.outputs = dict(metadata.new.outputs or {})
        return self._ended(metadata)

    def _ended(self, metadata: StepEventMetadata, *, failed: bool = False) -> Row:
        row = self._row(metadata.urn)
        row.step, row.op, row.ended, row.failed = metadata, metadata.op, self.clock(), failed
        return row

    def _told(self, diagnostic: DiagnosticEvent) -> Row:
        row = self._row(diagnostic.urn or "")
        row.last_message = _first_line(diagnostic)
        if not diagnostic.ephemeral:
            row.diagnostics.append(diagnostic)
        return row


def _first_line(diagnostic: DiagnosticEvent) -> str:
    prefix = "" if diagnostic.severity.startswith("info") else f"{diagnostic.severity}: "
    return prefix + next((line for line in diagnostic.message.strip().splitlines() if line.strip()), "")
