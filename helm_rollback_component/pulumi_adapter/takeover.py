"""Whether a release would take over objects that another resource has, and would delete afterwards.

Pulumi creates first and deletes last, and Helm deletes what a later chart of another release lacks. What the
objects in the cluster say is the same for programs in every language; who of those that it names has let go,
each host knows in its own way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi.output import Unknown

from helm_rollback_component.inputs.tree import leaves
from helm_rollback_component.pulumi_adapter import declaration, state
from helm_rollback_component.pulumi_adapter.managed_release import ManagedRelease

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from helm_rollback_component.core.health.objects import Key
    from helm_rollback_component.core.manifests.takeover import TakenOver

TAKE_OWNERSHIP = "take_ownership"
TELLING = (*state.DECLARED, state.CONTENT)
"""The inputs that say which objects are taken over."""
RETAINED = "set {option} on that resource and update, then remove it and update"
KEPT = (
    "or, where the release stays and its chart goes on without the object, annotate it with "
    "helm.sh/resource-policy: keep in that chart and update, and then take it out and update"
)
_MOST_NAMED = 3


def to_be_looked_at(
    name: str, olds: Mapping[str, Any], news: Mapping[str, Any], telling: Sequence[str]
) -> bool:
    """Return whether a check has to look at what is taken over.

    Args:
        name: the input that asks for it.
        olds: the checked inputs of the state; empty where there are none.
        news: the checked inputs of now.
        telling: the inputs that say what is taken over, of which one differs and none is unknown.
    """
    differ = not {*state.changed(olds, news)}.isdisjoint(telling)
    return news.get(name) is True and differ and not _unknown(news, telling)


def found(news: Mapping[str, Any]) -> list[TakenOver]:
    """Return the objects that would be taken over.

    Raises:
        NotYetKnown: so much is not known yet that there is no release to speak of.
        HelmRollbackError: the chart cannot be rendered, or the cluster cannot be read.
    """
    return ManagedRelease(news, incarnation="").operations.taken_over()


def listed(news: Mapping[str, Any], objects: Sequence[Key]) -> str:
    """Return the first of the objects, without secrets of the inputs, and how many there are besides."""
    more = f" and {len(objects) - _MOST_NAMED} more" if len(objects) > _MOST_NAMED else ""
    return declaration.redactor(news)(", ".join(map(str, objects[:_MOST_NAMED]))) + more


def _unknown(inputs: Mapping[str, Any], names: Iterable[str]) -> bool:
    known = {name: inputs[name] for name in names if name in inputs}
    return any(isinstance(leaf, Unknown) for _, leaf in leaves(known))
