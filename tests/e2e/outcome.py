"""What an operation on a stack did and said, the same for both engines."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pulumi import automation
from pulumi.automation.events import EngineEvent


@dataclass(frozen=True)
class Outcome:
    """What an operation did and said.

    Attributes:
        failed: whether it failed.
        text: all that it printed, on either stream.
        events: what happened, in order.
        outputs: the stack's outputs after an update that went well.
    """

    failed: bool
    text: str
    events: tuple[EngineEvent, ...] = field(repr=False)
    outputs: dict[str, Any] = field(default_factory=dict)

    @property
    def changes(self) -> dict[str, int]:
        """How many resources each kind of step was done to."""
        summary = next((e.summary_event for e in reversed(self.events) if e.summary_event), None)
        counts = summary.resource_changes if summary else {}
        return {automation.OpType(op).value: count for op, count in counts.items() if count}

    @property
    def unchanged(self) -> bool:
        """Whether nothing was done to any resource."""
        return set(self.changes) == {"same"}

    @property
    def messages(self) -> tuple[str, ...]:
        """The errors and warnings, each as its resource reported it."""
        told = (event.diagnostic_event for event in self.events)
        return tuple(one.message.strip() for one in told if one and one.severity in ("error", "warning"))

    @property
    def information(self) -> tuple[str, ...]:
        """What else was reported and stays."""
        told = (event.diagnostic_event for event in self.events)
        return tuple(
            one.message.strip() for one in told if one and one.severity == "info" and not one.ephemeral
        )

    @property
    def progress(self) -> tuple[str, ...]:
        """What was shown for a while in the rows of resources."""
        told = (event.diagnostic_event for event in self.events)
        return tuple(one.message.strip() for one in told if one and one.ephemeral)

    def inputs(self, name: str) -> dict[str, Any]:
        """Return the inputs with which a resource went into its step."""
        for event in self.events:
            step = event.resource_pre_event and event.resource_pre_event.metadata
            if step and step.new and step.urn.endswith(f"::{name}"):
                return dict(step.new.inputs or {})
        return {}


def watch(operation: Callable[..., Any], **options: Any) -> Outcome:
    """Run an operation of a stack, and tell what became of it whether it failed or not."""
    events: list[EngineEvent] = []
    try:
        result = operation(on_event=events.append, **options)
    except automation.CommandError as error:
        return Outcome(failed=True, text=str(error), events=tuple(events))
    outputs = {key: output.value for key, output in getattr(result, "outputs", {}).items()}
    return Outcome(failed=False, text=result.stdout + result.stderr, events=tuple(events), outputs=outputs)
