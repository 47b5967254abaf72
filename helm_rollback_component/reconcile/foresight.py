"""What an update will do to a release, as far as that can be known before: nothing is changed for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.failures.classify import classify
from helm_rollback_component.core.health import field_owners
from helm_rollback_component.core.health.baseline import Baseline
from helm_rollback_component.core.manifests import chart_tree, secrecy, text
from helm_rollback_component.core.manifests.differences import differences, keyed
from helm_rollback_component.core.manifests.fields import Change
from helm_rollback_component.core.manifests.moved_defaults import moved_defaults, of_the_chart_itself
from helm_rollback_component.core.manifests.unsteady import without_unsteady
from helm_rollback_component.core.records.history import History
from helm_rollback_component.core.records.ledger import Ledger
from helm_rollback_component.core.remediation import first_step, manual_rollback
from helm_rollback_component.core.remediation.plan import next_step
from helm_rollback_component.core.remediation.steps import Install, Rollback, Situation, Unlock, Upgrade
from helm_rollback_component.errors import HelmRollbackError
from helm_rollback_component.helm.charts import chart_definitions, chart_texts, fetching
from helm_rollback_component.helm.engines.engine import Capability, EngineError
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile import (
    clock,
    creation_refusals,
    definitions_ahead,
    desired,
    install_ahead,
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
    from helm_rollback_component.kube.claims.claims import Claim
    from helm_rollback_component.reconcile.session import Session

_NOT_KNOWN = "what it changes in the manifests is not known: "
_NOT_KNOWN_OF_INSTALL = "which objects it adds is not known: "
_FOR_CERTAIN = frozenset(
    {
        Reason.RENDER_FAILED,
        Reason.POST_RENDERER_FAILED,
        Reason.SCHEMA_INVALID,
        Reason.CHART_INVALID,
        Reason.DEPENDENCY_MISSING,
        Reason.OWNERSHIP_CONFLICT,
    }
)
"""What the update fails with as well: Helm finds it before it changes anything."""
_IF_REPLACED = "if the resource is replaced, the release is uninstalled first, and installed anew"
"""The engine does not tell a creation in place of another, by ``--replace``, from that of a lost state."""
_ADOPTED = "the release is there already: it is taken over, with its history"
_MOST_NAMED = 3

_Objects = dict["Key", "Manifest"]


@dataclass(frozen=True)
class Creation:
    """That the release is to be created.

    Attributes:
        creator: who is to create it.
        replaced: the release, ``namespace/name``, that is deleted before; empty if none is.
    """

    creator: Identity
    replaced: str = ""


class Foresight:
    """Looks ahead for one release.

    Args:
        config: what is declared.
        session: the release's connections.
        redact: removes the secrets from a text.
        creation: how the release is to be created; None where it is there already.
    """

    def __init__(
        self, config: HelmConfig, session: Session, redact: Redactor, creation: Creation | None = None
    ) -> None:
        self._config = config
        self._session = session
        self._redact = redact
        self._creation = creation
        self._replaced = creation.replaced if creation else ""

    def lines(self) -> Iterator[str]:
        """Yield what the update begins with, what it changes in the manifests, and whose work it replaces.

        A server that does not answer is not waited for, as an update does.

        Raises:
            HelmRollbackError: not even the first can be known.
        """
        self._session.cluster.greet()
        chart = fetching.fetch(self._config.source, self._session.engine)
        situation = self._situation(chart)
        claim = self._session.claims.read() if self._creation else None
        if refused := self._refused(claim, situation):
            yield f"{self._config.label}: {first_step.WILL_FAIL}{refused}"
            return
        step = next_step(situation)
        yield from self._of(step, situation, chart)
        if self._creation and not isinstance(step, Install):
            yield _IF_REPLACED if self._is_own(claim) else _ADOPTED
        if told := manual_rollback.overruled(step, situation):
            yield told

    def _of(self, step: Step, situation: Situation, chart: LocalChart) -> Iterator[str]:
        in_place = first_step.IN_PLACE if self._deleted_before() else ""
        headline = f"{in_place}{first_step.told(step, situation)}"
        try:
            changes = [*self._changes(step, situation, chart)]
        except (EngineError, HelmRollbackError) as error:
            yield from self._without_changes(error, step, headline)
        else:
            yield f"{self._config.label}: {headline}{changes[0] if changes else ''}"
            yield from changes[1:]
        yield from () if self._config.skip_crds else self._definitions(step, chart)

    def _definitions(self, step: Step, chart: LocalChart) -> Iterator[str]:
        cluster, values = self._session.cluster, desired.merged_values(self._config)
        match step:
            case Install():
                yield from definitions_ahead.of_install(cluster, chart.path, values)
            case Upgrade() | Unlock():
                yield from definitions_ahead.of_upgrade(self._config.source, cluster, chart.path, values)

    def _is_own(self, claim: Claim | None) -> bool:
        """Whether the resource that is to create the release has it already."""
        held, creator = claim and claim.owner, self._creation and self._creation.creator.owner
        return bool(held and creator and held.may_be(creator))

    def _refused(self, claim: Claim | None, situation: Situation) -> str:
        """Return why the release cannot be created; empty if it can."""
        if self._creation is None or self._deleted_before():
            return ""
        return creation_refusals.told(self._config, self._creation.creator, claim, situation.history)

    def _deleted_before(self) -> bool:
        return self._replaced == self._config.label

    def _situation(self, chart: LocalChart) -> Situation:
        session, config = self._session, self._config
        wanted = desired.desired(config, chart, session.digester, config.timeouts.upgrade)
        session.learn_secrets_of_before()
        if self._deleted_before():
            return Situation(wanted, History(), Ledger())
        history = session.records.history()
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
            yield from self._of_install(self._rendered(chart, install=True))
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

    def _of_install(self, rendered: _Objects) -> Iterator[str]:
        cluster = self._session.cluster
        return install_ahead.lines(self._config, cluster, rendered, self._replaced, self._redact)

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
        own, below = chart_texts.default_values(chart.path), chart_definitions.read(chart.path)
        recorded = self._session.records.default_values(revision)
        before = of_the_chart_itself(recorded, own, chart_tree.names_below(below))
        moved = [*moved_defaults(before, own, desired.merged_values(self._config))]
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
