"""Whether what a release is to take over may still belong to a resource of Pulumi's Kubernetes provider.

Pulumi creates first and deletes last: where such a resource leaves the program in the same update, it
uninstalls, or deletes, what was just taken over. A plugin is not told what the state holds, but the cluster
tells who deployed last, and who wrote to an object.

A check that cannot look refuses too. With ``--continue-on-error`` a refusal of the creation comes too late:
Pulumi then goes on, and deletes what left the program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi.output import Unknown

from helm_rollback_component.errors import HelmRollbackError, Problem, ValidationError
from helm_rollback_component.inputs.tree import leaves
from helm_rollback_component.pulumi_adapter import state
from helm_rollback_component.pulumi_adapter.declaration import NotYetKnown
from helm_rollback_component.pulumi_adapter.managed_release import ManagedRelease
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    _Look = Callable[[Mapping[str, Any]], str]
    """Returns what such a resource may have, and what it would do; an empty text if there is nothing."""

_PLACE = ("release_namespace", "release_name", "kubeconfig", "context")
_MOST_NAMED = 3
_DEPLOYED = (
    "Pulumi's Kubernetes provider deployed revision {revision} of this release, and a "
    "kubernetes:helm.sh/v3:Release that still has it would uninstall it when it leaves its stack"
)
_WROTE = (
    "Pulumi's Kubernetes provider wrote to {objects}, and a Chart or another resource that still has what it "
    "wrote would delete it when it leaves its stack"
)
_NOT_SEEN = (
    "it cannot be seen whether a resource of Pulumi's Kubernetes provider has what is taken over, and would "
    "delete it when it leaves its stack: {error}"
)
_WAY_OUT = (
    "set retainOnDelete on that resource and update, then remove it and update; then set "
    "helm-rollback:adoptFromKubernetesProvider to true in this stack's configuration (or that input of your "
    "provider), and declare this one"
)


def problems(olds: Mapping[str, Any], news: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield why a check refuses to take something over, as far as the inputs are known by now.

    Args:
        olds: the checked inputs of the state; empty where there are none.
        news: the checked inputs of now.
    """
    for name, needed, look, _ in _RULES:
        if news.get(name) is True and _differ(olds, news, needed) and not _unknown(news, needed):
            try:
                found = look(news)
            except NotYetKnown:
                continue
            except HelmRollbackError as error:
                found = _NOT_SEEN.format(error=error)
            if found:
                yield Problem(name, f"{found}; {_WAY_OUT}")


def refuse(news: Mapping[str, Any]) -> None:
    """Refuse to take over what such a resource may still have.

    Raises:
        ValidationError: ``ReleaseExists`` or ``OwnershipConflict``.
        OperationError: the cluster cannot be read.
    """
    for name, _, look, reason in _RULES:
        if news.get(name) is True and (found := look(news)):
            raise ValidationError([Problem(name, found)], reason=reason, remedy=_WAY_OUT)


def _differ(olds: Mapping[str, Any], news: Mapping[str, Any], names: Sequence[str]) -> bool:
    return not {*state.changed(olds, news)}.isdisjoint(names)


def _unknown(inputs: Mapping[str, Any], names: Iterable[str]) -> bool:
    known = {name: inputs[name] for name in names if name in inputs}
    return any(isinstance(leaf, Unknown) for _, leaf in leaves(known))


def _of_release(inputs: Mapping[str, Any]) -> str:
    revision = _release(inputs).operations.deployed_by_kubernetes_provider()
    return _DEPLOYED.format(revision=revision) if revision else ""


def _of_objects(inputs: Mapping[str, Any]) -> str:
    found = _release(inputs).operations.taken_over_from_kubernetes_provider()
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return _WROTE.format(objects=", ".join(found[:_MOST_NAMED]) + more) if found else ""


def _release(inputs: Mapping[str, Any]) -> ManagedRelease:
    return ManagedRelease(inputs, incarnation="")


_RULES: Sequence[tuple[str, Sequence[str], _Look, Reason]] = (
    ("adopt", _PLACE, _of_release, Reason.RELEASE_EXISTS),
    ("take_ownership", (*state.DECLARED, state.CONTENT), _of_objects, Reason.OWNERSHIP_CONFLICT),
)
"""By input: the inputs that say what is taken over, what looks at it, and the reason of a refusal."""
