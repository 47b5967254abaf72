"""What the engine asks of a provider, and what it gets back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pulumi_local_engine.values import Properties


class ProviderError(Exception):
    """A provider refused or failed; the message is the provider's."""


class DiffUnavailableError(ProviderError):
    """The provider cannot tell yet, because its own configuration is unknown in this preview."""


@dataclass(frozen=True, slots=True)
class CheckFailure:
    """One input that a provider refused."""

    property: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The inputs as the provider will use them."""

    inputs: Properties
    failures: Sequence[CheckFailure] = ()


@dataclass(frozen=True, slots=True)
class Diff:
    """Whether inputs differ from what is deployed; `changes` is None if that is left to the engine."""

    changes: bool | None
    replaces: Sequence[str] = ()
    changed_keys: Sequence[str] = ()
    delete_before_replace: bool = False


@dataclass(frozen=True, slots=True)
class Live:
    """What exists after create or read. An empty id from read means that nothing does."""

    id: str
    outputs: Properties = field(default_factory=dict)
    inputs: Properties | None = None


class PartialFailureError(ProviderError):
    """An operation failed and yet has changed the resource, which is now as `live` says."""

    def __init__(self, live: Live, reasons: Sequence[str]) -> None:
        """Tell the reasons in the words of the CLI."""
        super().__init__(_listed(reasons))
        self.live = live
        self.reasons = list(reasons)


def attempt(request: Callable[[], Live]) -> tuple[Live, PartialFailureError | None]:
    """Make a request; return what exists after it, and the failure if it was a partial one.

    Raises:
        ProviderError: the request failed and has changed nothing.
    """
    try:
        return request(), None
    except PartialFailureError as failure:
        return failure.live, failure


def _listed(reasons: Sequence[str]) -> str:
    if not reasons:
        return "resource init failed"
    count = f"{len(reasons)} error{'s' if len(reasons) > 1 else ''} occurred:"
    return "\n\t* ".join([count, *reasons]) + "\n\n"


@dataclass(frozen=True, slots=True)
class Call:
    """Which resource a request is about, and under which conditions."""

    urn: str
    id: str = ""
    preview: bool = False
    timeout: float = 0.0
    ignore_changes: Sequence[str] = ()


class Provider(Protocol):
    """Manages resources of one package. Methods raise ProviderError and may be called at the same time.

    Create, update and read may raise PartialFailureError.
    """

    def check(self, call: Call, olds: Properties, news: Properties) -> Checked:
        """Validate and complete the inputs; `olds` are the former *inputs*."""

    def diff(self, call: Call, old_inputs: Properties, old_outputs: Properties, news: Properties) -> Diff:
        """Compare the checked inputs with what is deployed."""

    def create(self, call: Call, inputs: Properties) -> Live:
        """Create; a preview returns what it expects."""

    def update(
        self, call: Call, old_inputs: Properties, old_outputs: Properties, news: Properties
    ) -> Properties:
        """Update in place and return the outputs; a preview returns what it expects."""

    def delete(self, call: Call, inputs: Properties, outputs: Properties) -> None:
        """Delete."""

    def read(self, call: Call, inputs: Properties, outputs: Properties) -> Live:
        """Look at what exists."""

    def moved(self, old_config: Properties) -> bool:
        """Whether resources made under `old_config` are out of this provider's reach and must be replaced."""

    def cancel(self) -> None:
        """Ask for a good end of what is under way, from any thread."""

    def close(self) -> None:
        """End whatever the provider started."""
