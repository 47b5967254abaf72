"""Turns what the program declares into steps, asking providers to check and compare.

Planning is done for one resource at a time, as in the real engine: the caller holds a lock. Nothing is
changed here but the record of what has been planned.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from pulumi_local_engine import graph, steps, urns
from pulumi_local_engine.dependent_deletions import DependentDeletions, ProtectedDependantError
from pulumi_local_engine.goal import Goal, Identities, IdentityError
from pulumi_local_engine.provider import (
    Call,
    CheckFailure,
    Diff,
    DiffUnavailableError,
    Provider,
    ProviderError,
)
from pulumi_local_engine.steps import Choice, Decision, Op, Step
from pulumi_local_engine.targets import Targets
from pulumi_local_engine.values import keep_ignored, redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pulumi_local_engine.events import Events
    from pulumi_local_engine.registry import Registry
    from pulumi_local_engine.resource import Resource


_NOT_TARGETED: Final = "Resource '{urn}' depends on '{missing}' which was was not specified in --target list."


class PlanError(Exception):
    """A resource cannot be planned; what is wrong has been reported at the resource."""


class Planner:
    """Plans the steps of one update and remembers which resources it has seen."""

    def __init__(  # noqa: PLR0913  # the parts of one run
        self,
        names: urns.Names,
        olds: Sequence[Resource],
        registry: Registry,
        events: Events,
        *,
        preview: bool,
        replace: Iterable[str],
        target: Iterable[str] = (),
    ) -> None:
        """Begin with the resources in `olds`.

        Args:
            names: the stack and the project.
            olds: the resources in the state, each behind what it depends on.
            registry: the providers to ask.
            events: told of what cannot be planned.
            preview: whether this is a preview, which knows less and goes on after some errors.
            replace: the URNs of resources that are replaced in any case.
            target: the URNs of the only resources that may change; empty for all.
        """
        self._olds = olds
        self._registry = registry
        self._events = events
        self._preview = preview
        self._replace = set(replace)
        self._targets = Targets(target)
        self._identities = Identities(names, olds)
        self._condemned = DependentDeletions(olds, registry)
        self._planned: set[str] = set()
        self.errored = False  # a preview goes on after some errors, and fails at the end

    def plan(self, goal: Goal) -> list[Step]:
        """Return the steps that bring one resource to its goal, in order."""
        try:
            urn = self._identities.name(goal)
            old = self._identities.find(urn, goal)
        except IdentityError as error:
            raise self._refused(error.urn, str(error)) from None
        try:
            planned = self._planned_steps(goal, old, goal.resource(urn, old))
        except (ProviderError, ProtectedDependantError) as error:
            raise self._refused(urn, str(error)) from None
        self._planned.add(urn)
        return planned

    def deletions(self) -> list[list[Step]]:
        """Return what is left to delete, in groups that follow each other."""
        left = [one for one in self._olds if self._is_left(one) and self._targets.names(one.urn)]
        return [
            [_deletion(resource) for resource in group] for group in graph.deletion_order(self._olds, left)
        ]

    def report_unknown_targets(self) -> None:
        """Tell which targets are neither in the state nor in the program."""
        for urn in self._targets.unknown({*self._planned, *(one.urn for one in self._olds)}):
            hint = "" if "$" in urn else " Did you forget to escape $ in your shell?"
            self._events.error("", f"Target '{urn}' could not be found in the stack.{hint}")
            self.errored = True

    def _is_left(self, resource: Resource) -> bool:
        if resource.delete:
            return not self._condemned.is_gone(resource)
        return resource.urn not in self._planned and not self._identities.is_claimed(resource.urn)

    def _planned_steps(self, goal: Goal, old: Resource | None, new: Resource) -> list[Step]:
        if not self._targets.includes(new.urn):
            return self._leave(old, new)
        planned = self._plan(goal, old, new)
        missing = self._targets.missing(new)
        if missing:
            self.errored = True
            refused = self._refused(new.urn, _NOT_TARGETED.format(urn=new.urn, missing=missing))
            if not self._preview:
                raise refused
        return planned

    def _leave(self, old: Resource | None, new: Resource) -> list[Step]:
        """Leave what is no target as it is, and with it what it needs."""
        if old is None:
            self._targets.leave_out(new.urn)
            return [Step(Op.SAME, new=new)]
        needed = graph.requirements(self._olds, old)
        others = [one for one in self._olds if id(one) in needed and one is not old and self._is_left(one)]
        self._planned |= {one.urn for one in others}
        return [Step(Op.SAME, one, one.copy()) for one in [*others, old]]

    def _plan(self, goal: Goal, old: Resource | None, new: Resource) -> list[Step]:
        provider = self._registry.serving(new) if new.custom else None
        again = self._condemned.take_back(new.urn)
        self._check(provider, goal, None if again or new.urn in self._replace else old, new)
        if old is None:
            return [Step(Op.CREATE, new=new)]
        if again:
            return steps.replacement(old, new, Decision(Choice.REPLACE, delete_first=True), [])
        diff = self._diff(provider, old, new)
        decision = steps.decide(
            diff,
            goal.replace_on_changes,
            delete_first=goal.delete_before_replace,
            pending_replacement=old.pending_replacement,
            init_errors=bool(old.init_errors),
        )
        match decision.choice:
            case Choice.SAME:
                return [Step(Op.SAME, old, new)]
            case Choice.UPDATE:
                diffs = decision.diffs or steps.changed_keys(old.inputs, new.inputs)
                return [Step(Op.UPDATE, old, new, diffs=diffs)]
            case Choice.REPLACE:
                return self._replacement(provider, goal, old, new, decision)

    def _check(self, provider: Provider | None, goal: Goal, old: Resource | None, new: Resource) -> None:
        """Replace the inputs of `new` with what its provider makes of them."""
        news = keep_ignored(goal.properties, old.inputs, goal.ignore_changes) if old else goal.properties
        if provider is None:
            new.inputs = news
            return
        checked = provider.check(self._call(new), old.inputs if old else {}, news)
        if checked.failures:
            for failure in checked.failures:
                self._events.error(new.urn, _refusal(new, failure))
            raise PlanError(f"resource {new.urn} is invalid")
        new.inputs = checked.inputs

    def _diff(self, provider: Provider | None, old: Resource, new: Resource) -> Diff:
        if new.urn in self._replace:
            return steps.FORCED_REPLACEMENT
        if self._provider_changed(provider, old, new):
            return steps.PROVIDER_CHANGED
        if provider is None:
            return steps.resolve(Diff(None), old.inputs, new.inputs)
        try:
            diff = provider.diff(self._call(new, old.id), old.inputs, old.outputs, new.inputs)
        except DiffUnavailableError as error:
            self._events.warning(new.urn, str(error))
            return Diff(changes=True)
        return steps.resolve(diff, old.inputs, keep_ignored(new.inputs, old.inputs, new.ignore_changes))

    def _provider_changed(self, provider: Provider | None, old: Resource, new: Resource) -> bool:
        if old.provider == new.provider:
            return False
        if not old.provider or not new.provider or provider is None:
            return True
        now, _, id_ = new.provider.rpartition("::")
        if old.provider == urns.provider_reference(self._identities.was(now), id_):
            return False
        former = next(
            (one for one in self._olds if urns.provider_reference(one.urn, one.id) == old.provider), None
        )
        return former is None or provider.moved(former.inputs)

    def _replacement(
        self, provider: Provider | None, goal: Goal, old: Resource, new: Resource, decision: Decision
    ) -> list[Step]:
        self._refuse_protected(old, new)
        if new.urn not in self._replace:
            self._check(provider, goal, None, new)
        condemned = self._condemned.with_root(old, self._planned) if decision.delete_first else []
        return steps.replacement(old, new, decision, condemned)

    def _refuse_protected(self, old: Resource, new: Resource) -> None:
        if not (old.protect and new.protect):
            return
        message = (
            f'unable to replace resource "{new.urn}"\nas it is currently marked for protection. To unprotect '
            "the resource, remove the `protect` flag from the resource in your Pulumi program and run "
            "`pulumi up`"
        )
        refused = self._refused(new.urn, message)
        self.errored = True
        if not self._preview:
            raise refused

    def _refused(self, urn: str, message: str) -> PlanError:
        self._events.error(urn, message)
        return PlanError(message)

    def _call(self, resource: Resource, id_: str = "") -> Call:
        return Call(resource.urn, id_, preview=self._preview, ignore_changes=resource.ignore_changes)


def _deletion(resource: Resource) -> Step:
    if resource.delete:
        return Step(Op.DELETE_REPLACED, resource)
    return Step(Op.REMOVE_PENDING_REPLACE if resource.pending_replacement else Op.DELETE, resource)


def _refusal(resource: Resource, failure: CheckFailure) -> str:
    kind, name = resource.type, urns.name_of(resource.urn)
    if not failure.property:
        return f"{kind} resource '{name}' has a problem: {failure.reason}"
    found = redact(resource.inputs.get(failure.property))
    value = found if isinstance(found, str) else json.dumps(found)
    where = f"{kind} resource '{name}': property {failure.property}"
    return f"{where} value {{{value}}} has a problem: {failure.reason}"
