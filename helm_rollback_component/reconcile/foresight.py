"""What an update will do to a release, as far as that can be known before: nothing is changed for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.failures.classify import classify
from helm_rollback_component.core.health import field_owners, objects
from helm_rollback_component.core.health.baseline import Baseline
from helm_rollback_component.core.manifests import installation, secrecy, text
from helm_rollback_component.core.manifests.differences import differences, keyed
from helm_rollback_component.core.manifests.fields import Change
from helm_rollback_component.core.manifests.moved_defaults import moved_defaults
from helm_rollback_component.core.manifests.unsteady import without_unsteady
from helm_rollback_component.core.remediation import first_step, manual_rollback
from helm_rollback_component.core.remediation.plan import next_step
from helm_rollback_component.core.remediation.steps import Install, Rollback, Situation, Unlock, Upgrade
from helm_rollback_component.errors import HelmRollbackError
from helm_rollback_component.helm.charts import chart_texts, fetching
from helm_rollback_component.helm.engines.engine import Capability, EngineError
from helm_rollback_component.helm.engines.rendering import enabled_dependencies
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile import (
    clock,
    creation_refusals,
    definitions_ahead,
    desired,
    live_objects,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.core.health.objects import Key, Manifest
    from helm_rollback_component.core.manifests.differences import ObjectDifference
    from helm_rollback_component.core.records.owner import Identity
    from helm_rollback_component.core.remediation.steps import Step
    from helm_rollback_component.helm.charts.fetching import LocalChart
    from helm_rollback_component.inputs.redaction import Redactor
    from helm_rollback_component.reconcile.session import Session

_NOT_KNOWN = "what it changes in the manifests is not known: "
_NOT_KNOWN_OF_INSTALL = "which objects it adds is not known: "
_FOR_CERTAIN = frozenset(
    {
        Reason.RENDER_FAILED,
        Reason.SCHEMA_INVALID,
        Reason.CHART_INVALID,
        Reason.DEPENDENCY_MISSING,
        Reason.OWNERSHIP_CONFLICT,
    }
)
"""What the update fails with as well: Helm finds it before it changes anything."""
_MOST_NAMED = 3

_Objects = dict["Key", "Manifest"]


class Foresight:
    """Looks ahead for one release.

    Args:
        config: what is declared.
        session: the release's connections.
        redact: removes the secrets from a text.
        creator: who is to create the release; None where it is there already.
    """

    def __init__(
        self, config: HelmConfig, session: Session, redact: Redactor, creator: Identity | None = None
    ) -> None:
        self._config = config
        self._session = session
        self._redact = redact
        self._creator = creator
        self._enabled: frozenset[str] | None = None

    def lines(self) -> Iterator[str]:
        """Yield what the update begins with, what it changes in the manifests, and whose work it replaces.

        A server that does not answer is not waited for, as an update does.

        Raises:
            HelmRollbackError: not even the first can be known.
        """
        self._session.cluster.greet()
        chart = fetching.fetch(self._config.source, self._session.engine)
        situation = self._situation(chart)
        if refused := self._refused(situation):
            yield f"{self._config.label}: {first_step.WILL_FAIL}{refused}"
            return
        step = next_step(situation)
        yield from self._of(step, situation, chart)
        if told := manual_rollback.overruled(step, situation):
            yield told

    def _of(self, step: Step, situation: Situation, chart: LocalChart) -> Iterator[str]:
        try:
            changes = [*self._changes(step, situation, chart)]
        except (EngineError, HelmRollbackError) as error:
            yield from self._without_changes(error, step, first_step.told(step, situation))
        else:
            yield f"{self._config.label}: {first_step.told(step, situation)}{changes[0] if changes else ''}"
            yield from changes[1:]
        yield from () if self._config.skip_crds else self._definitions(step, chart)

    def _definitions(self, step: Step, chart: LocalChart) -> Iterator[str]:
        match step:
            case Install():
                yield from definitions_ahead.of_install(self._session.cluster, chart.path, self._enabled)
            case Upgrade() | Unlock():
                source, cluster = self._config.source, self._session.cluster
                yield from definitions_ahead.of_upgrade(source, cluster, chart.path, self._enabled)

    def _refused(self, situation: Situation) -> str:
        """Return why the release cannot be created; empty if it can."""
        if self._creator is None:
            return ""
        claim = self._session.claims.read()
        return creation_refusals.told(self._config, self._creator, claim, situation.history)

    def _situation(self, chart: LocalChart) -> Situation:
        session, config = self._session, self._config
        wanted = desired.desired(config, chart, session.digester, config.timeouts.upgrade)
        history = session.records.history()
        session.learn_secrets_of_before()
        latest = history.latest
        pending_for = latest.pending_for(clock.now()) if latest else 0.0
        return Situation(wanted, history, session.ledger(), pending_for=pending_for)

    def _without_changes(self, error: Exception, step: Step, told: str) -> Iterator[str]:
        install = isinstance(step, Install)
        verb, not_known = ("install", _NOT_KNOWN_OF_INSTALL) if install else ("upgrade", _NOT_KNOWN)
        certain, said = False, str(error)
        if isinstance(error, EngineError):
            failure = classify(error.output, verb, self._config.release_namespace, self._redact)
            certain, said = failure.reason in _FOR_CERTAIN, failure.message
        yield f"{self._config.label}: {f'{first_step.WILL_FAIL}{said}' if certain else told}"
        if not certain:
            yield f"{not_known}{said}"

    def _changes(self, step: Step, situation: Situation, chart: LocalChart) -> Iterator[str]:
        deployed = situation.history.deployed
        if isinstance(step, Install):
            yield from self._of_install(chart)
        if deployed is None:
            return
        records = self._session.records
        match step:
            case Upgrade() | Unlock():
                old = self._keyed(records.objects(deployed.revision))
                yield from self._of_upgrade(old, chart, deployed.revision)
            case Rollback(revision=revision):
                old, new = (self._keyed(records.objects(each)) for each in (deployed.revision, revision))
                yield from self._told(differences(old, new, self._redact), deployed.revision)

    def _of_install(self, chart: LocalChart) -> Iterator[str]:
        new, config = installation.made(self._rendered(chart, install=True)), self._config
        live = live_objects.find(
            self._session.cluster, {key: each for key, each in new.items() if not objects.is_hook(each)}
        )
        release = config.release_name, config.release_namespace
        found = [
            installation.present(key, each, release, take_ownership=config.take_ownership)
            for key, each in live.live.items()
        ]
        refused = installation.refusal(found)
        yield f"; {f'{first_step.WILL_FAIL}{refused}' if refused else installation.summary(new, found)}"
        yield from installation.lines(new, found, config.release_namespace, self._redact)
        if live.left_out:
            yield f"whether {len(live.left_out)} more of them are there already was not looked at"

    def _of_upgrade(self, old: _Objects, chart: LocalChart, revision: int) -> Iterator[str]:
        new = self._rendered(chart)
        found = differences(old, new, self._redact)
        unsteady: tuple[str, ...] = ()
        if found and chart_texts.ask_for_chance(chart.path, desired.merged_values(self._config)):
            found, unsteady = without_unsteady(found, differences(new, self._rendered(chart), self._redact))
        yield from self._told(found, revision)
        yield from self._moved_defaults(chart, revision, [*old.values(), *new.values()]) if found else ()
        if unsteady:
            more = len(unsteady) - _MOST_NAMED
            named = ", ".join(unsteady[:_MOST_NAMED])
            yield f"made anew by each upgrade: {named}{f' and {more} more' if more > 0 else ''}"
        yield from self._changed_by_others(new, found)

    def _told(self, found: Sequence[ObjectDifference], revision: int) -> Iterator[str]:
        yield f"; against revision {revision}: {text.summary(found)}"
        yield from text.lines(found, self._config.release_namespace)

    def _moved_defaults(
        self, chart: LocalChart, revision: int, manifests: Sequence[Manifest]
    ) -> Iterator[str]:
        before, given = self._session.records.default_values(revision), desired.merged_values(self._config)
        moved = [*moved_defaults(before, chart_texts.default_values(chart.path), given)]
        if moved:
            mask = secrecy.mask_for(manifests, self._redact)
            yield "defaults of the chart that moved, and that the values do not set:"
            yield from text.field_lines(secrecy.concealed(each, {}, mask) for each in moved)

    def _rendered(self, chart: LocalChart, *, install: bool = False) -> _Objects:
        session, config = self._session, self._config
        deployment = desired.deployment(config, chart, config.timeouts.upgrade, self._redact)
        if install and Capability.TAKE_OWNERSHIP in session.engine.capabilities:
            # Without it, Helm names the first object that is there already, and renders nothing.
            deployment = replace(deployment, options=replace(deployment.options, take_ownership=True))
        release = session.engine.render(session.target, deployment, install=install)
        self._enabled = enabled_dependencies(release)
        return self._keyed(session.records.rendered(release))

    def _keyed(self, objects: Sequence[Mapping[str, Any]]) -> _Objects:
        return keyed(objects, self._config.release_namespace)

    def _changed_by_others(self, new: _Objects, found: Sequence[ObjectDifference]) -> Iterator[str]:
        """Yield which fields that another manager set the update sets anew, in objects that it changes."""
        changed = {
            each.key: new[each.key] for each in found if each.change is Change.CHANGED and each.key in new
        }
        live = live_objects.find(self._session.cluster, changed)
        foreign = {key: field_owners.foreign_fields(each) for key, each in live.live.items()}
        namespace = self._config.release_namespace
        yield from field_owners.takeovers(changed.values(), namespace, Baseline(foreign=foreign))
        if live.left_out:
            more = len(live.left_out)
            yield f"whether others changed {more} more of these objects by hand was not looked at"
