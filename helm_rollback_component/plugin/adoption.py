"""Whether a release that is to be taken over may still belong to a resource of Pulumi's Kubernetes provider.

Pulumi creates first and deletes last: where such a resource leaves the program in the same update, it
uninstalls what was just taken over. A plugin is not told what the state holds, but the cluster tells who
deployed last.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pulumi.output import Unknown

from helm_rollback_component.errors import HelmRollbackError, Problem, ValidationError
from helm_rollback_component.pulumi_adapter.declaration import NotYetKnown
from helm_rollback_component.pulumi_adapter.managed_release import ManagedRelease
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PLACE = ("release_namespace", "release_name", "kubeconfig", "context")
_REFUSED = (
    "Pulumi's Kubernetes provider deployed revision {revision} of this release, and a "
    "kubernetes:helm.sh/v3:Release that still has it would uninstall it when it leaves its stack; set "
    "retainOnDelete on that resource and update, then remove it and update; then set "
    "helm-rollback:adoptFromKubernetesProvider to true in this stack's configuration (or that input of your "
    "provider), and declare this one"
)


def problems(olds: Mapping[str, Any], news: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield why a check refuses to take a release over, as far as that is known and can be seen by now.

    Args:
        olds: the checked inputs of the state; empty where there are none.
        news: the checked inputs of now.
    """
    place = [news.get(key) for key in _PLACE]
    if place == [olds.get(key) for key in _PLACE] or any(isinstance(each, Unknown) for each in place):
        return
    with suppress(HelmRollbackError, NotYetKnown):
        yield from _found(news)


def refuse(news: Mapping[str, Any]) -> None:
    """Refuse to take over a release that such a resource may still have.

    Raises:
        ValidationError: ``ReleaseExists``.
        OperationError: the cluster cannot be read.
    """
    if found := [*_found(news)]:
        raise ValidationError(found, reason=Reason.RELEASE_EXISTS)


def _found(news: Mapping[str, Any]) -> Iterator[Problem]:
    if news.get("adopt") is not True:
        return
    release = ManagedRelease(news, incarnation="")
    if revision := release.operations.deployed_by_kubernetes_provider():
        yield Problem("adopt", _REFUSED.format(revision=revision))
