"""Whether what a release is to take over may still belong to another resource.

Pulumi creates first and deletes last: where such a resource leaves the program in the same update, it
uninstalls, or deletes, what was just taken over. A plugin is not told what the state holds, but the cluster
tells who deployed last, who wrote to an object, and which other release has it.

A check that cannot look refuses too. With ``--continue-on-error`` a refusal of the creation comes too late:
Pulumi then goes on, and deletes what left the program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from helm_rollback_component.core.records.owner import NOBODY
from helm_rollback_component.errors import HelmRollbackError, Problem, ValidationError
from helm_rollback_component.pulumi_adapter import takeover
from helm_rollback_component.pulumi_adapter.declaration import NotYetKnown
from helm_rollback_component.pulumi_adapter.managed_release import ManagedRelease
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from helm_rollback_component.core.manifests.takeover import TakenOver


class _Look(Protocol):
    """Returns what such a resource may have, what it would do, and the way out; empty if there is nothing.

    It is told whether resources of the Kubernetes provider have let go of what they had.
    """

    def __call__(self, inputs: Mapping[str, Any], *, let_go: bool) -> str: ...


_PLACE = ("release_namespace", "release_name", "kubeconfig", "context")
_DEPLOYED = (
    "Pulumi's Kubernetes provider deployed revision {revision} of this release, and a "
    "kubernetes:helm.sh/v3:Release that still has it would uninstall it when it leaves its stack"
)
_WROTE = (
    "Pulumi's Kubernetes provider wrote to {objects}, and a Chart or another resource that still has what it "
    "wrote would delete it when it leaves its stack"
)
_OF_A_RELEASE = (
    "takes over {objects}, which belongs to the release {release} of {owner}, and would be deleted with that "
    "release, or by an upgrade of it to a chart without it"
)
_NOT_SEEN = (
    "it cannot be seen whether another resource has what is taken over, and would delete it when it leaves "
    "its stack: {error}"
)
_RETAINED = takeover.RETAINED.format(option="retainOnDelete")
_WAY_OUT = (
    f"{_RETAINED}; then set helm-rollback:adoptFromKubernetesProvider to true in this stack's "
    "configuration (or that input of your provider), and declare this one"
)
_WAY_OUT_OF_A_RELEASE = (
    f"{_RETAINED}, and delete the Lease helm-rollback.{{name}}; {takeover.KEPT}; and then declare this one"
)


def problems(olds: Mapping[str, Any], news: Mapping[str, Any], *, let_go: bool) -> Iterator[Problem]:
    """Yield why a check refuses to take something over, as far as the inputs are known by now.

    Args:
        olds: the checked inputs of the state; empty where there are none.
        news: the checked inputs of now.
        let_go: whether resources of the Kubernetes provider have let go of what they had.
    """
    for name, telling, look, _ in _RULES:
        if takeover.to_be_looked_at(name, olds, news, telling):
            try:
                found = look(news, let_go=let_go)
            except NotYetKnown:
                continue
            except HelmRollbackError as error:
                found = "" if let_go else f"{_NOT_SEEN.format(error=error)}; {_WAY_OUT}"
            if found:
                yield Problem(name, found)


def refuse(news: Mapping[str, Any], *, let_go: bool) -> None:
    """Refuse to take over what such a resource may still have.

    Args:
        news: the checked inputs.
        let_go: as `problems` says.

    Raises:
        ValidationError: ``ReleaseExists`` or ``OwnershipConflict``.
        OperationError: the cluster cannot be read.
    """
    for name, _, look, reason in _RULES:
        if news.get(name) is True and (found := look(news, let_go=let_go)):
            raise ValidationError([Problem(name, found)], reason=reason)


def _of_release(inputs: Mapping[str, Any], *, let_go: bool) -> str:
    if let_go:
        return ""
    revision = ManagedRelease(inputs, incarnation="").operations.deployed_by_kubernetes_provider()
    return f"{_DEPLOYED.format(revision=revision)}; {_WAY_OUT}" if revision else ""


def _of_objects(inputs: Mapping[str, Any], *, let_go: bool) -> str:
    found = takeover.found(inputs)
    if written := [each.key for each in found if each.by_kubernetes_provider and not let_go]:
        return f"{_WROTE.format(objects=takeover.listed(inputs, written))}; {_WAY_OUT}"
    return _of_another(inputs, found)


def _of_another(inputs: Mapping[str, Any], found: Sequence[TakenOver]) -> str:
    theirs = [each for each in found if each.owner != NOBODY]
    if not theirs:
        return ""
    name, namespace = release = theirs[0].release
    objects = takeover.listed(inputs, [each.key for each in theirs if each.release == release])
    told = _OF_A_RELEASE.format(objects=objects, release=f"{namespace}/{name}", owner=theirs[0].owner)
    return f"{told}; {_WAY_OUT_OF_A_RELEASE.format(name=name)}"


_RULES: Sequence[tuple[str, Sequence[str], _Look, Reason]] = (
    ("adopt", _PLACE, _of_release, Reason.RELEASE_EXISTS),
    (takeover.TAKE_OWNERSHIP, takeover.TELLING, _of_objects, Reason.OWNERSHIP_CONFLICT),
)
"""By input: the inputs that say what is taken over, what looks at it, and the reason of a refusal."""
