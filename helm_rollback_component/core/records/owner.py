"""Who owns a release, and which creation of it is meant. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Owner:
    """Who owns a release.

    Attributes:
        organization: the Pulumi organization; may be empty.
        project: the Pulumi project.
        stack: the stack's name.
        urn: the release resource's URN.
        stack_id: what tells the stack from another one of those names; empty where that is not known.
    """

    organization: str
    project: str
    stack: str
    urn: str
    stack_id: str = ""

    def is_called(self, other: Owner) -> bool:
        """Whether the other has the same names, though it may be in another stack."""
        return replace(self, stack_id="") == replace(other, stack_id="")

    def may_be(self, other: Owner) -> bool:
        """Whether the other has the same names, and no other stack's id."""
        return self.is_called(other) and (
            self.stack_id == other.stack_id or not (self.stack_id and other.stack_id)
        )

    @property
    def stack_words(self) -> str:
        """Which stack it is, as part of a sentence; empty for `NOBODY`."""
        stack = "/".join(filter(None, (self.organization, self.project, self.stack)))
        return "" if self == NOBODY else f"stack {stack or 'unknown'}"

    def __str__(self) -> str:
        return f"{self.stack_words or 'stack unknown'} ({self.urn or 'no URN'})"


NOBODY = Owner("", "", "", "")
"""Who claims a release that no stack declares: a script, or the command line."""


@dataclass(frozen=True)
class Identity:
    """Who acts on a release, and which creation of it is meant.

    Attributes:
        owner: who declares it; None for a script or the command line, which leave the owner as it is.
        incarnation: which creation of the release is meant; empty for the present one.
        cluster: identity of the cluster it lives on, any other being refused; empty where not known.
    """

    owner: Owner | None = None
    incarnation: str = ""
    cluster: str = ""
