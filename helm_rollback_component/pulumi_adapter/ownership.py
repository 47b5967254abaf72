"""Whether objects that a release takes over still belong to another resource in this stack's state.

The objects tell who may have them, and the state who still does. In an update, a check that cannot look
refuses: the resource may have left the program, and Pulumi would delete what it has after everything else. A
preview loses nothing, and may be of objects whose kinds an earlier step of the update brings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.health.objects import Key
from helm_rollback_component.errors import HelmRollbackError, Problem
from helm_rollback_component.pulumi_adapter import run_kind, takeover

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helm_rollback_component.core.manifests.takeover import TakenOver
    from helm_rollback_component.pulumi_adapter.holdings import Held

_RETAINED = takeover.RETAINED.format(option="retain_on_delete=True")
_REFUSED = (
    "takes over {objects}, which belongs to {urn} in this stack, whose removal would delete it; "
    f"{_RETAINED}, and then declare this one"
)
_OF_A_RELEASE = (
    "takes over {objects}, which belongs to {urn} in this stack, and would be deleted with that release, or "
    f"by an upgrade of it to a chart without it; {_RETAINED}; {takeover.KEPT}; and then declare this one"
)
_NOT_SEEN = "it cannot be seen whether another resource in this stack has what is taken over: {why}"


@dataclass(frozen=True)
class Holders:
    """Which resource has what.

    Attributes:
        releases: URNs by name and namespace of the release.
        objects: URNs by the object, and under which name it is written, if it is not the usual one.
    """

    releases: Mapping[tuple[str, str], str]
    objects: Mapping[Key, tuple[str, str]]

    def urn(self, taken: TakenOver) -> str:
        """Return the URN of the resource that has an object, and would delete it; empty if none does."""
        urn, manager = self.objects.get(taken.key, ("", ""))
        if urn and (taken.by_kubernetes_provider or manager in taken.managers):
            return urn
        return self.releases.get(taken.release, "")


def holders(held: Held, own: str) -> Holders:
    """Return which resource has what, but for what the resource of the URN `own` has."""
    return Holders(
        {(name, namespace): urn for urn, name, namespace in held["releases"] if urn != own},
        {Key(*key): (urn, manager) for urn, *key, manager in held["objects"]},
    )


def problems(olds: Mapping[str, Any], news: Mapping[str, Any], held: Held) -> Iterator[Problem]:
    """Yield why a check refuses to take something over, as far as the inputs are known by now.

    Args:
        olds: the checked inputs of the state; empty where there are none.
        news: the checked inputs of now.
        held: what the resources in the state have, as `holdings.collect` returns it.
    """
    name = takeover.TAKE_OWNERSHIP
    if not held or not takeover.to_be_looked_at(name, olds, news, takeover.TELLING):
        return
    try:
        refused = _refusal(news, holders(held, news["owner"]["urn"]))
    except HelmRollbackError as error:
        refused = "" if run_kind.is_preview() else _NOT_SEEN.format(why=error)
    if refused:
        yield Problem(name, refused)


def _refusal(news: Mapping[str, Any], found: Holders) -> str:
    theirs = [(each, urn) for each in takeover.found(news) if (urn := found.urn(each))]
    if not theirs:
        return ""
    urn = theirs[0][1]
    objects = takeover.listed(news, [each.key for each, its in theirs if its == urn])
    words = _OF_A_RELEASE if urn in found.releases.values() else _REFUSED
    return words.format(objects=objects, urn=urn)
