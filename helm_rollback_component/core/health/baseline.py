"""What there was of a release's objects before an action, so that the action did not cause it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.health.shortage import shortage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helm_rollback_component.core.health.field_owners import ForeignField
    from helm_rollback_component.core.health.new_tries import Tried
    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.core.health.pod_status import Container
    from helm_rollback_component.core.health.unseen import Unseen


@dataclass(frozen=True)
class Mark:
    """The state of one object before an action.

    Attributes:
        uid: which object it was.
        template: its pod template, empty if it has none.
        replicas: how many replicas it was to have, if it says so.
        deadline: when its progress deadline was found to be passed (RFC 3339), or an empty string.
        shortage: how much it lacked (`shortage`); None while its pods were being replaced.
        revision: which template a StatefulSet was rolling out, or had.
    """

    uid: str
    template: Manifest = field(default_factory=dict)
    replicas: int | None = None
    deadline: str = ""
    shortage: int | None = 0
    revision: str = ""


@dataclass(frozen=True)
class Stored:
    """When the revision that is being applied was stored, as the API server tells it.

    Attributes:
        at: in RFC 3339, whole seconds; empty where that is not known.
        version: the resource version of its record when that was first read.
    """

    at: str = ""
    version: int = 0


@dataclass(frozen=True)
class Baseline:
    """What there was before an action, so that the action did not cause it.

    Attributes:
        marks: the release's own objects.
        pods: the UIDs of their pods.
        events: how often each event about them had occurred, by the event's UID.
        ready_pods: the UIDs of those pods that were ready.
        condemned: whether the revision that was live was found bad, and its content never good.
        declared: all objects that the release consisted of, of any kind.
        stored: since when the revision is there that is applied; hooks run after that.
        allowed: how much an object may lack because it did so before (`known_shortage`).
        unseen: what the user may not read.
        foreign: the fields that another manager than Helm set, of each object that has such.
        hidden: the objects with such fields whose values are not at hand.
        tried: what revisions since the last good one have declared otherwise than that, of each object.
        containers: how the containers of pods were that were not ready, by the pod's UID and their name.
    """

    marks: Mapping[Key, Mark] = field(default_factory=dict)
    pods: frozenset[str] = frozenset()
    events: Mapping[str, int] = field(default_factory=dict)
    ready_pods: frozenset[str] = frozenset()
    condemned: bool = False
    declared: frozenset[Key] = frozenset()
    stored: Stored = field(default_factory=Stored)
    allowed: Mapping[Key, int] = field(default_factory=dict)
    unseen: Unseen = field(default_factory=dict)
    foreign: Mapping[Key, tuple[ForeignField, ...]] = field(default_factory=dict)
    hidden: frozenset[Key] = frozenset()
    tried: Mapping[Key, Tried] = field(default_factory=dict)
    containers: Mapping[tuple[str, str], Container] = field(default_factory=dict)


def mark(live: Manifest) -> Mark:
    """Return the present state of an object."""
    progressing = objects.condition(live, "Progressing")
    exceeded = progressing.get("reason") == "ProgressDeadlineExceeded"
    return Mark(
        uid=objects.uid(live),
        template=foreign.mapping(objects.spec(live), "template"),
        replicas=foreign.spelled_number(objects.spec(live), "replicas"),
        deadline=foreign.text(progressing, "lastUpdateTime") if exceeded else "",
        shortage=shortage(live),
        revision=foreign.text(objects.status(live), "updateRevision"),
    )


def left_by_another(hook: Manifest, stored: Stored) -> bool:
    """Return whether the live object of a hook is from before the revision, and so says nothing about it.

    Within one second the resource versions tell: those of one API server go up with every write.
    """
    created = foreign.text(objects.meta(hook), "creationTimestamp")
    if not created or created != stored.at:
        return "" < created < stored.at
    return 0 < (foreign.spelled_number(objects.meta(hook), "resourceVersion") or 0) < stored.version
