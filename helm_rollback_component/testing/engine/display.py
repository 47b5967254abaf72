"""Shows a run as lines, in the manner of `pulumi up` without a terminal."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pulumi.automation.events import EngineEvent


@dataclass(frozen=True, slots=True)
class Rendered:
    stdout: str
    stderr: str


class Display:
    def __init__(self, title, stack, on_output, on_error, *, outputs=True):
        self.lines=[]
        self.on_output=on_output
        self._line(f"{title} ({stack}):")
    def _line(self, s):
        self.lines.append(s)
        if self.on_output: self.on_output(s)
    def show(self, event):
        if e:=event.resource_pre_event: self._line(f"{e.metadata.op.value} {e.metadata.urn} ...")
        if e:=event.res_outputs_event: self._line(f"{e.metadata.op.value} {e.metadata.urn} done")
        if e:=event.res_op_failed_event: self._line(f"{e.metadata.op.value} {e.metadata.urn} failed")
        if e:=event.diagnostic_event: self._line(f"{e.severity} {e.urn}: {e.message}")
        if e:=event.summary_event: self._line(f"{e.resource_changes}")
    def end(self, error=""):
        return Rendered("\n".join(self.lines), error and "error: "+error)
