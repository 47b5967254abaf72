"""What this component itself knows about a release: its verdicts, what it tried, and with what result.

The ledger lives beside the release in the cluster (`kube.claims`). These are its values, and how they change.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from helm_rollback_component.results import Condition, Phase, RollbackStatus

if TYPE_CHECKING:
    from collections.abc import Collection

MAX_ENTRIES = 256


class Verdict(StrEnum):
    """What was seen of a revision."""

    GOOD = "good"
    """Applied, ready, and through soak and tests where asked for."""
    BAD = "bad"
    """It failed to apply, to become ready, to stay so, or its tests failed."""
    UNKNOWN = "unknown"
    """The revision was not watched, or not to the end."""


class Request(BaseModel):
    """Who had a rollback made by hand.

    Attributes:
        by: the person, the host and the tool, such as ``alice@ops-1 with helm-rollback 1.2.0``.
        why: what the person said about it, in one line; may be empty.
    """

    model_config = ConfigDict(frozen=True)

    by: str
    why: str = ""

    def __str__(self) -> str:
        """Return it as part of a sentence."""
        return f"by {self.by}: {self.why}" if self.why else f"by {self.by}"


class Entry(BaseModel):
    """The verdict on one revision.

    Attributes:
        revision: Helm's number.
        record_digest: keyed digest of the stored record when the verdict was given.
        desired_digest: keyed digest of the declared spec it was deployed for; of a rollback, its target's.
        origin: the revision whose content this one has: its own number, or a rollback's target's origin.
        verdict: what was seen of it.
        reason: one CamelCase word.
        unready: which of its objects were not ready, as they were not before, and how much they lacked
            (`core.health.known_shortage`).
        seen: whether its objects could be looked at; else a good verdict is Helm's word.
        request: of a rollback by hand, who had it made.
    """

    model_config = ConfigDict(frozen=True)

    revision: int
    record_digest: str
    desired_digest: str
    origin: int
    verdict: Verdict
    reason: str = ""
    unready: tuple[tuple[str, int], ...] = ()
    seen: bool = True
    request: Request | None = None


class Look(BaseModel):
    """The last look at a good revision that found it in part unready, before it was to be replaced.

    Attributes:
        revision: its number.
        unready: which of its objects were not ready, and how much they lacked.
    """

    model_config = ConfigDict(frozen=True)

    revision: int
    unready: tuple[tuple[str, int], ...]


class Attempt(BaseModel):
    """The last action, recorded before it began.

    Attributes:
        action: ``install``, ``upgrade``, ``rollback`` or ``uninstall``.
        revision: the number of the revision that the action creates.
        desired_digest: keyed digest of the declared spec it was for.
        retry_trigger: the spec's retry trigger then.
        target: of a rollback, the revision whose content it restores; else 0.
        reason: why it was begun, one CamelCase word.
        concluded: whether the run that began it came to an end of its own.
        request: of a rollback by hand, who had it made.
    """

    model_config = ConfigDict(frozen=True)

    action: str
    revision: int
    desired_digest: str
    retry_trigger: str = ""
    target: int = 0
    reason: str = ""
    concluded: bool = False
    request: Request | None = None


class Conclusion(BaseModel):
    """How the last run ended.

    Attributes:
        phase: where the release stood against what was declared.
        reason: one CamelCase word.
        message: one sentence, or an empty string.
    """

    model_config = ConfigDict(frozen=True)

    phase: Phase
    reason: str
    message: str = ""


class Ledger(BaseModel):
    """All that is known of one release.

    Attributes:
        entries: verdicts, oldest revision first, at most `MAX_ENTRIES`.
        attempt: what was last begun, if anything.
        conclusion: how the last run ended, if one did.
        rollback_status: the last rollback since the last good upgrade.
        conditions: the conditions as last reported.
        last_look: what the last good revision lacked before it was to be replaced, if anything.
    """

    model_config = ConfigDict(frozen=True)

    entries: tuple[Entry, ...] = ()
    attempt: Attempt | None = None
    conclusion: Conclusion | None = None
    rollback_status: RollbackStatus = RollbackStatus()
    conditions: tuple[Condition, ...] = ()
    last_look: Look | None = None

    def entry(self, revision: int) -> Entry | None:
        """Return the verdict on that revision, if one was given."""
        return next((entry for entry in self.entries if entry.revision == revision), None)

    def record(self, entry: Entry) -> Ledger:
        """Return the ledger with this verdict in place of any earlier one on the same revision.

        Of more than `MAX_ENTRIES` the oldest go, but never the newest good one.
        """
        others = [known for known in self.entries if known.revision != entry.revision]
        ordered = sorted((*others, entry), key=lambda known: known.revision)
        good = [known for known in ordered[:-MAX_ENTRIES] if known.verdict is Verdict.GOOD]
        kept = ordered[-MAX_ENTRIES:]
        if good and not any(known.verdict is Verdict.GOOD for known in kept):
            kept = [good[-1], *kept[1:]]
        return self.model_copy(update={"entries": tuple(kept)})

    def keep(self, revisions: Collection[int]) -> Ledger:
        """Return the ledger with what is known of these revisions only."""
        kept = tuple(entry for entry in self.entries if entry.revision in revisions)
        look = self.last_look if self.last_look and self.last_look.revision in revisions else None
        return self.model_copy(update={"entries": kept, "last_look": look})
