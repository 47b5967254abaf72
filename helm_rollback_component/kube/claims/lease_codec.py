"""The Lease of a release, as values: the owner, who works on the release, and the ledger. Pure.

The Lease's own fields are the lock, as in Kubernetes' leader election; the rest are annotations.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from helm_rollback_component.core.records.owner import NOBODY, Owner
from helm_rollback_component.kube.claims import ledger_codec
from helm_rollback_component.kube.claims.lock_holder import described

if TYPE_CHECKING:
    from helm_rollback_component.core.records.ledger import Ledger
    from helm_rollback_component.kube.claims.lock_holder import Holder

LABELS = {"app.kubernetes.io/managed-by": "helm-rollback"}

_OWNER = "helm-rollback/owner"
_INCARNATION = "helm-rollback/incarnation"
_LEDGER = "helm-rollback/ledger"
_PROCESS = "helm-rollback/process"
_HELM = "helm-rollback/helm"

_DEFAULT_DURATION = 20
_LONGEST_DURATION = 120
_LONGEST_ALONE = 86_400.0

Lease = dict[str, Any]


@dataclass(frozen=True)
class Claim:
    """What the Lease beside a release says.

    Attributes:
        owner: whose the release is; None if that cannot be read.
        incarnation: the id that the owner's last create gave it.
        ledger: what is known of the release; empty if it is `damaged`.
        uid: the Lease's UID.
        holder: who works on the release (``<host>/<pid>/<random>``), an empty string if nobody does.
        process: the holder's process, for `lock_holder.provably_dead`.
        helm: the process of Helm that works on the release, or did when its holder died, in the same form.
        alone: for how many seconds that one goes on at most without its holder.
        duration: the seconds for which the lock lasts without being renewed.
        renewed: when it was last renewed, by the holder's clock (RFC 3339).
        acquired: when the holder got it, by the holder's clock (RFC 3339).
        damaged: whether the ledger or the owner is there but cannot be read.
    """

    owner: Owner | None
    incarnation: str
    ledger: Ledger
    uid: str
    holder: str
    process: str
    helm: str
    alone: float
    duration: int
    renewed: str
    acquired: str
    damaged: bool

    def belongs_to(self, owner: Owner, incarnation: str) -> bool:
        """Whether the claim has that incarnation, or an owner who may be that one, or nobody as its owner."""
        return self.bears(incarnation) or (
            self.owner is not None and (self.owner == NOBODY or self.owner.may_be(owner))
        )

    def bears(self, incarnation: str) -> bool:
        """Whether the claim has that incarnation."""
        return bool(incarnation) and self.incarnation == incarnation

    def is_renewed(self, now: datetime) -> bool:
        """Whether somebody has the lock and renews it, if `now` is the time by the holder's clock."""
        try:
            unrenewed = (now - datetime.fromisoformat(self.renewed)).total_seconds()
        except (ValueError, TypeError):
            return False
        return bool(self.holder) and unrenewed < self.duration

    @property
    def lock(self) -> tuple[str, str, str]:
        """What changes when the lock is taken or renewed."""
        return self.uid, self.holder, self.renewed

    @property
    def helm_words(self) -> str:
        """Which process of Helm works on the release although its holder died, in readable form."""
        return f"Helm (process {self.helm.split()[-2]} here), which an update that was killed had started"

    @property
    def holder_words(self) -> str:
        """Who works on the release, and since when, in readable form."""
        return f"{described(self.holder)} (since {self.acquired or 'an unknown time'})"


def name(release: str) -> str:
    """Return the name of the Lease, and of the Secret with its key."""
    return f"helm-rollback.{release}"


def claim(lease: Lease) -> Claim:
    """Return what a Lease says, also if parts of it are missing or damaged."""
    metadata, spec = lease["metadata"], lease.get("spec") or {}
    notes = metadata.get("annotations") or {}
    helm, alone = _helm(notes.get(_HELM, ""))
    owner, ledger = _owner(notes.get(_OWNER, "")), ledger_codec.decode(notes.get(_LEDGER, ""))
    return Claim(
        owner=owner,
        incarnation=notes.get(_INCARNATION, ""),
        ledger=ledger or ledger_codec.EMPTY,
        uid=metadata.get("uid", ""),
        holder=spec.get("holderIdentity") or "",
        process=notes.get(_PROCESS, ""),
        helm=helm,
        alone=alone,
        duration=_duration(spec.get("leaseDurationSeconds")),
        renewed=spec.get("renewTime") or "",
        acquired=spec.get("acquireTime") or "",
        damaged=owner is None or ledger is None,
    )


def new(name: str, namespace: str) -> Lease:
    """Return a Lease that nobody owns or holds yet."""
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": name, "namespace": namespace, "labels": LABELS},
    }


def unnamed(namespace: str) -> Lease:
    """Return a Lease that the server is to name."""
    lease = new("", namespace)
    return {**lease, "metadata": {"generateName": name("try-"), "namespace": namespace, "labels": LABELS}}


def owned(lease: Lease, owner: Owner, incarnation: str) -> Lease:
    """Return the Lease as the owner's; a stack's id that it holds already stays where the owner has none."""
    before = _owner((lease["metadata"].get("annotations") or {}).get(_OWNER, ""))
    if before and not owner.stack_id and before.may_be(owner):
        owner = before
    return _noted(lease, {_OWNER: json.dumps(asdict(owner)), _INCARNATION: incarnation})


def locked(lease: Lease, holder: Holder, duration: int, now: datetime) -> Lease:
    """Return the Lease with the lock held, for `duration` seconds."""
    before = lease.get("spec") or {}
    spec = {
        "holderIdentity": holder.name,
        "leaseDurationSeconds": duration,
        "acquireTime": _micro_time(now),
        "renewTime": _micro_time(now),
        "leaseTransitions": (before.get("leaseTransitions") or 0) + 1,
    }
    return {**_noted(lease, {_PROCESS: holder.process}), "spec": spec}


def renewed(lease: Lease, now: datetime) -> Lease:
    """Return the Lease with the lock renewed."""
    return {**lease, "spec": {**lease["spec"], "renewTime": _micro_time(now)}}


def with_ledger(lease: Lease, ledger: Ledger) -> Lease:
    """Return the Lease with this ledger in place of its own."""
    return _noted(lease, {_LEDGER: ledger_codec.encode(ledger)})


def with_helm(lease: Lease, process: str, alone: float) -> Lease:
    """Return the Lease with the process of Helm that is to work on the release (`Claim`)."""
    return _noted(lease, {_HELM: f"{process}/{alone:g}"})


def without_helm(lease: Lease) -> Lease:
    """Return the Lease without the process of Helm, which has ended."""
    return _noted(lease, {_HELM: ""}) if (lease["metadata"].get("annotations") or {}).get(_HELM) else lease


def released(lease: Lease) -> Lease:
    """Return the Lease with the lock free; owner and ledger stay."""
    kept = {"leaseTransitions": lease["spec"].get("leaseTransitions", 0)}
    return {**_noted(lease, {_PROCESS: ""}), "spec": kept}


def _noted(lease: Lease, notes: dict[str, str]) -> Lease:
    metadata = lease["metadata"]
    annotations = {**(metadata.get("annotations") or {}), **notes}
    return {**lease, "metadata": {**metadata, "annotations": annotations}}


def _owner(text: str) -> Owner | None:
    try:
        owner = Owner(**from_json(text))
    except (ValueError, TypeError):
        return None
    return owner if all(isinstance(word, str) for word in asdict(owner).values()) else None


def _helm(text: str) -> tuple[str, float]:
    process, _, alone = text.rpartition("/")
    try:
        return process, min(max(0.0, float(alone)), _LONGEST_ALONE) if process else 0.0
    except ValueError:
        return "", 0.0


def _duration(stated: object) -> int:
    seconds = stated if isinstance(stated, int) and stated > 0 else _DEFAULT_DURATION
    return min(seconds, _LONGEST_DURATION)


def _micro_time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
