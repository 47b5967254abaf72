"""What a resource's URN tells: ``urn:pulumi:stack::project::parent$type::name``."""

from __future__ import annotations

_PREFIX = "urn:pulumi:"
_PARTS = 3


def name_of(urn: str) -> str:
    """Return the resource's name, which may hold anything."""
    return urn.split("::", _PARTS)[-1]


def owner_of(urn: str, stack_id: str) -> dict[str, str]:
    """Return the words that name a release's owner; the organization is in no URN.

    Args:
        urn: the URN of the release resource.
        stack_id: what tells the stack from others of its name; empty where that is not known.
    """
    stack, project = urn.removeprefix(_PREFIX).split("::")[:2]
    return {"organization": "", "project": project, "stack": stack, "urn": urn, "stack_id": stack_id}
