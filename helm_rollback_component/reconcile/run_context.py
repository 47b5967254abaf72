"""What a run over one release works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.kube.health.examiner import HealthContext
from helm_rollback_component.reconcile.leftovers import Leftovers
from helm_rollback_component.reconcile.run_events import RunEvents

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.helm.engines.engine import Deployment, HelmEngine, Target
    from helm_rollback_component.inputs.redaction import Redactor
    from helm_rollback_component.kube.informers.informers import Informers
    from helm_rollback_component.kube.storage.storage import ReleaseStorage


@dataclass(frozen=True)
class RunContext:
    """What a run works with.

    Attributes:
        config: what the user declared.
        informers: what knows the state of the cluster.
        storage: the release's records.
        engine: Helm.
        target: the release, as an argument for Helm.
        deployment: what an install or upgrade deploys; None in a run without one.
        progress: takes one line for each step that begins and each change of what is waited for.
        warn: takes one sentence for each thing that you should know although nothing failed.
        redact: removes the secrets from a text.
        interrupt: requested when the run is to end at once, well.
        told: what the user has been told already: such as rights that are lacking.
        events: takes what happens.
    """

    config: HelmConfig
    informers: Informers
    storage: ReleaseStorage
    engine: HelmEngine
    target: Target
    deployment: Deployment | None
    progress: Callable[[str], None]
    warn: Callable[[str], None]
    redact: Redactor
    interrupt: Cancellation = field(default_factory=Cancellation)
    told: set[str] = field(default_factory=set)
    events: RunEvents = field(default_factory=RunEvents)

    @property
    def what_to_deploy(self) -> Deployment:
        """The deployment; a run that deploys has one."""
        if self.deployment is None:
            raise TypeError("this run was given nothing to deploy")
        return self.deployment

    @property
    def helm(self) -> HelmEngine:
        """The engine; what is known to be wrong with its version is told when it is first asked for."""
        for fault in self.engine.faults:
            self.warn_once(fault)
        return self.engine

    def warn_once(self, line: str) -> None:
        """Warn, unless that was told already."""
        if line not in self.told:
            self.told.add(line)
            self.warn(line)

    def note_once(self, text: str) -> None:
        """Tell what was seen, unless that was told already."""
        if text not in self.told:
            self.told.add(text)
            self.events.note(text)

    @property
    def leftovers(self) -> Leftovers:
        """What failed revisions left of the release."""
        return Leftovers(self.informers.cluster, self.target.release, self.target.namespace, self.warn)

    @property
    def health(self) -> HealthContext:
        """What every look at the release's health needs."""
        return HealthContext(
            self.informers,
            self.target.namespace,
            self.config.health,
            self.progress,
            wait_for_jobs=self.config.wait_for_jobs,
            told=self.told,
            on_change=self.events.note,
        )
