"""The values that come out: what a release is, was, and was rolled back to."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from helm_rollback_component.inputs.tree import map_leaves


class Phase(StrEnum):
    """How a release compares with what is declared."""

    DEPLOYED = "Deployed"
    """What runs is what was declared."""
    ROLLED_BACK = "RolledBack"
    """An upgrade failed, and the last good revision runs instead of what was declared."""
    FAILED = "Failed"
    """The last action failed and was not rolled back; the next update tries again."""
    STALLED = "Stalled"
    """The release cannot recover without your help."""


class RollbackState(StrEnum):
    """The result of the last rollback."""

    NONE = "none"
    ROLLED_BACK = "rolled-back"
    FAILED = "failed"


@dataclass(frozen=True)
class ReleaseRevision:
    """One entry of a release's history.

    Attributes:
        revision: Helm's number, from 1.
        chart_version: the chart's semantic version.
        app_version: the chart's label for the application in it.
        status: Helm's status (``deployed``, ``superseded``, ``failed``, …).
        deployed_at: when the revision was deployed (RFC 3339).
        description: Helm's sentence about it.
        verified: whether it was seen to work: applied, ready, and through soak and tests where asked for.
        point_of_no_return: whether its chart is marked as one that nothing rolls back across.
    """

    revision: int
    chart_version: str
    app_version: str
    status: str
    deployed_at: str
    description: str
    verified: bool
    point_of_no_return: bool = False


@dataclass(frozen=True)
class RollbackStatus:
    """The last rollback of a release; all empty where there was none since the last good upgrade.

    Attributes:
        state: ``none``, ``rolled-back`` or ``failed``.
        strategy: the strategy under which it was done.
        reason: one CamelCase word: ``ImagePullBackOff``, ``UpgradeTimeout``, ``ManualRequest``, …
        message: one sentence.
        failed_revision: the failed revision that was replaced, 0 if none.
        target_revision: the revision whose content was restored, 0 if none.
        restored_revision: the new revision with that content, 0 if none.
        attempts: how many upgrades were tried in that run.
        at: when it happened (RFC 3339), or an empty string.
    """

    state: RollbackState = RollbackState.NONE
    strategy: str = ""
    reason: str = ""
    message: str = ""
    failed_revision: int = 0
    target_revision: int = 0
    restored_revision: int = 0
    attempts: int = 0
    at: str = ""


@dataclass(frozen=True)
class Condition:
    """One Kubernetes-style condition of a release.

    Attributes:
        type: ``Released``, ``TestSuccess``, ``Remediated``, ``Ready`` or ``Stalled``; ``Observed`` only
            where it is false.
        status: ``True``, ``False`` or ``Unknown``.
        reason: one CamelCase word.
        message: one sentence.
        last_transition_time: when ``status`` last changed (RFC 3339).
    """

    type: str
    status: str
    reason: str
    message: str
    last_transition_time: str


@dataclass(frozen=True)
class Resource:
    """One Kubernetes object of a release.

    Attributes:
        api_version: such as ``apps/v1``.
        kind: such as ``Deployment``.
        name: the object's name.
        namespace: its namespace, or an empty string for an object of the whole cluster.
    """

    api_version: str
    kind: str
    name: str
    namespace: str


@dataclass(frozen=True)
class ReleaseStatus:
    """A release as it is now.

    Attributes:
        release_name: Helm's name of the release.
        release_namespace: where it lives.
        revision: the newest revision's number, 0 if the release does not exist.
        chart_version: the chart version of that revision.
        app_version: the application version of that revision.
        status: Helm's status of that revision.
        phase: how the release compares with what is declared.
        rollback_status: the last rollback.
        history: every stored revision, oldest first.
        conditions: the conditions, in a fixed order.
        resources: the objects of the newest revision.
    """

    release_name: str
    release_namespace: str
    revision: int
    chart_version: str
    app_version: str
    status: str
    phase: Phase
    rollback_status: RollbackStatus = field(default_factory=RollbackStatus)
    history: tuple[ReleaseRevision, ...] = ()
    conditions: tuple[Condition, ...] = ()
    resources: tuple[Resource, ...] = ()

    def as_outputs(self) -> dict[str, Any]:
        """Return the same as plain dictionaries, lists, strings and numbers, as Pulumi outputs hold them."""
        return map_leaves(asdict(self), _plain)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class RollbackPlan:
    """What a rollback by hand would do.

    Attributes:
        replaced: the latest revision.
        target: the revision whose content is restored.
        needed: whether there is anything to do; not where the release has that content already.
        added: the objects that are created, such as ``Service web``.
        changed: the objects that are changed.
        removed: the objects that are deleted.
        destroys: the data that is destroyed, as part of a sentence; empty if there is none.
        crosses: how the rollback crosses a point of no return, as part of a sentence; empty if it does not.
        owner: whose the release is, such as ``stack acme/shop/prod``; empty if nobody's.
        standing: how the last run ended, if the release is not as declared: phase, reason and message.
    """

    replaced: ReleaseRevision
    target: ReleaseRevision
    needed: bool = True
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    destroys: str = ""
    crosses: str = ""
    owner: str = ""
    standing: str = ""


@dataclass(frozen=True)
class LockStatus:
    """Who works on a release.

    Attributes:
        holder: the process that has the lock, such as ``process 4711 on ci-7``; empty if none has.
        owner: whose the release is; empty if nobody's.
        since: when the holder got the lock, by its clock (RFC 3339); an empty string if not known.
        renewed: when it last renewed it, likewise.
        alive: whether the holder's process runs; None if that cannot be seen from here.
        helm: the process of Helm that works on the release although its holder is gone; else empty.
        revision: the revision that is ``pending-…``, 0 if none is.
        status: Helm's word for it.
        began: when it was begun (RFC 3339).
    """

    holder: str = ""
    owner: str = ""
    since: str = ""
    renewed: str = ""
    alive: bool | None = None
    helm: str = ""
    revision: int = 0
    status: str = ""
    began: str = ""

    @property
    def free(self) -> bool:
        """Whether nobody works on the release, nor has left an operation unfinished."""
        return not (self.holder or self.helm or self.revision)


def _plain(leaf: object) -> object:
    return leaf.value if isinstance(leaf, StrEnum) else leaf
