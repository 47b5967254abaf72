"""Turns what the program declares into steps, asking providers to check and compare.

Planning is done for one resource at a time, as in the real engine: the caller holds a lock. Nothing is changed here
but the record of what has been planned.
"""

import json
from collections.abc import Iterable, Sequence

from helm_rollback_component.testing.engine import graph, steps, urns
from helm_rollback_component.testing.engine.events import Events
from helm_rollback_component.testing.engine.goal import Goal
from helm_rollback_component.testing.engine.provider import (
    Call,
    CheckFailure,
    Diff,
    DiffUnavailableError,
    Provider,
    ProviderError,
)
from helm_rollback_component.testing.engine.registry import Registry, is_provider
from helm_rollback_component.testing.engine.resource import Resource
from helm_rollback_component.testing.engine.steps import Choice, Decision, Op, Step
from helm_rollback_component.testing.engine.values import UNKNOWN, Properties, keep_ignored, redact


class PlanError(Exception):
    """A resource cannot be planned; what is wrong has been reported at the resource."""


class Planner:
    """Plans the steps of one update and remembers which resources it has seen."""

    def __init__(  # noqa: PLR0913 - the parts of one run
        self,
        names: urns.Names,
        olds: Sequence[Resource],
        registry: Registry,
        events: Events,
        *,
        preview: bool,
        replace: Iterable[str] = (),
    ) -> None:
        """Begin with the resources in `olds`; those whose URNs are in `replace` are replaced without a diff."""
        self._names = names
        self._olds = list(olds)
        self._old_by_urn = {res.urn: res for res in olds if not res.delete}
        self._registry = registry
        self._events = events
        self._preview = preview
        self._replace = set(replace)
        self._seen: set[str] = set()
        self._planned: set[str] = set()
        self._renamed: dict[str, str] = {}  # new URN to the former one
        self._deleted_early: set[str] = set()
        self._deleted_early_ids: set[int] = set()
        self.errored = False  # a preview goes on after some errors, and fails at the end

    def plan(self, goal: Goal) -> list[Step]:
        """Return the steps that bring one resource to its goal, in order."""
        urn = self._name(goal)
        try:
            return self._plan(goal, urn)
        except ProviderError as error:
            self._events.error(urn, str(error))
            raise PlanError(str(error)) from None

    def _plan(self, goal: Goal, urn: str) -> list[Step]:
        old = self._find_old(urn, goal)
        new = goal.resource(urn, old)
        provider = self._provider(new)
        recreating = bool(old) and urn in self._deleted_early
        self._check(provider, new, None if recreating or urn in self._replace else old, goal)
        planned = self._steps(goal, old, new, provider, recreating=recreating)
        self._planned.add(urn)
        return planned

    def deletions(self) -> list[list[Step]]:
        """Return what is left to delete, in groups that follow each other."""
        left = [res for res in self._olds if self._is_left(res)]
        return [[_deletion(res) for res in group] for group in graph.deletion_order(self._olds, left)]

    def _is_left(self, resource: Resource) -> bool:
        if resource.delete:
            return id(resource) not in self._deleted_early_ids
        return resource.urn not in self._planned and resource.urn not in self._renamed.values()

    def _name(self, goal: Goal) -> str:
        if goal.parent and goal.parent not in self._seen:
            raise ProviderError(f"could not find parent resource {goal.parent}")
        urn = self._names.urn(goal.parent, goal.type, goal.name)
        if urn in self._seen:
            message = f"Duplicate resource URN '{urn}'; try giving it a unique name"
            self._events.error(urn, message)
            raise PlanError(message)
        self._seen.add(urn)
        return urn

    def _find_old(self, urn: str, goal: Goal) -> Resource | None:
        candidates = urns.alias_urns(
            self._names,
            type_=goal.type,
            name=goal.name,
            parent=goal.parent,
            aliases=goal.aliases,
            renamed=self._renamed,
        )
        found = next((self._old_by_urn[one] for one in [urn, *candidates] if one in self._old_by_urn), None)
        if found and found.urn != urn:
            self._claim(urn, found.urn)
        return found

    def _claim(self, urn: str, former: str) -> None:
        if former in self._seen or former in self._renamed.values():
            message = f"Duplicate resource alias '{former}' applied to resource with URN '{urn}'"
            self._events.error(urn, message)
            raise PlanError(message)
        self._renamed[urn] = former

    def _provider(self, new: Resource) -> Provider | None:
        if not new.custom:
            return None
        return self._registry if is_provider(new.type) else self._registry.find(new.provider)

    def _call(self, resource: Resource, id_: str = "") -> Call:
        return Call(resource.urn, id_, preview=self._preview, ignore_changes=resource.ignore_changes)

    def _check(self, provider: Provider | None, new: Resource, old: Resource | None, goal: Goal) -> None:
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

    def _steps(
        self, goal: Goal, old: Resource | None, new: Resource, provider: Provider | None, *, recreating: bool
    ) -> list[Step]:
        if old is None:
            return [Step(Op.CREATE, new=new)]
        if recreating:
            self._deleted_early.discard(new.urn)
            return steps.replacement(old, new, Decision(Choice.REPLACE, delete_first=True), [])
        decision = steps.decide(
            self._diff(old, new, provider),
            replace_on_changes=goal.replace_on_changes,
            delete_first=goal.delete_before_replace,
            pending_replacement=old.pending_replacement,
        )
        if decision.choice is Choice.REPLACE:
            return self._replacement(goal, old, new, provider, decision)
        if decision.choice is Choice.SAME:
            return [Step(Op.SAME, old, new)]
        return [Step(Op.UPDATE, old, new, diffs=decision.diffs or steps.changed_keys(old.inputs, new.inputs))]

    def _diff(self, old: Resource, new: Resource, provider: Provider | None) -> Diff:
        if new.urn in self._replace:
            return steps.FORCED_REPLACEMENT
        if self._provider_changed(old, new, provider):
            return steps.PROVIDER_CHANGED
        if provider is None:
            return steps.resolve(Diff(None), old.inputs, new.inputs)
        try:
            diff = provider.diff(self._call(new, old.id), old.inputs, old.outputs, new.inputs)
        except DiffUnavailableError as error:
            self._events.warning(new.urn, str(error))
            return Diff(changes=True)
        return steps.resolve(diff, old.inputs, keep_ignored(new.inputs, old.inputs, new.ignore_changes))

    def _provider_changed(self, old: Resource, new: Resource, provider: Provider | None) -> bool:
        if old.provider == new.provider:
            return False
        if not old.provider or not new.provider or provider is None:
            return True
        was, now = urns.provider_urn(old.provider), urns.provider_urn(new.provider)
        if self._renamed.get(now) == was and old.provider.removeprefix(was) == new.provider.removeprefix(now):
            return False
        former = next(
            (res for res in self._olds if urns.provider_reference(res.urn, res.id) == old.provider), None
        )
        return former is None or provider.moved(former.inputs)

    def _replacement(
        self, goal: Goal, old: Resource, new: Resource, provider: Provider | None, decision: Decision
    ) -> list[Step]:
        self._refuse_protected(old, new)
        if new.urn not in self._replace:
            self._check(provider, new, None, goal)
        if not decision.delete_first:
            return steps.replacement(old, new, decision, [])
        condemned = self._condemned(old)
        for res in [*condemned, old]:
            self._deleted_early_ids.add(id(res))
        self._deleted_early |= {res.urn for res in condemned}
        self._ensure_providers([*condemned, old])
        return steps.replacement(old, new, decision, condemned)

    def _refuse_protected(self, old: Resource, new: Resource) -> None:
        if old.protect and new.protect:
            message = (
                f'unable to replace resource "{new.urn}"\nas it is currently marked for protection. To unprotect the '
                "resource, remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`"
            )
            self._events.error(new.urn, message)
            self.errored = True
            if not self._preview:
                raise PlanError(message)

    def _condemned(self, root: Resource) -> list[Resource]:
        """List the dependants of `root` that its replacement would replace, so must go before it."""
        gone, condemned = {root.urn}, []
        for res in graph.dependents(self._olds, root, self._planned):
            if id(res) not in self._deleted_early_ids and self._falls_with(res, gone):
                if res.protect:
                    message = f'unable to replace resource "{res.urn}" as part of replacing "{root.urn}"'
                    self._events.error(root.urn, f"{message} as it is currently marked for protection")
                    raise PlanError(message)
                gone.add(res.urn)
                condemned.append(res)
        return condemned

    def _falls_with(self, res: Resource, gone: set[str]) -> bool:
        """Ask the provider whether unknown values from what is `gone` would replace this dependant."""
        if not res.custom:
            return False
        self._ensure_providers([res])
        if res.provider and urns.provider_urn(res.provider) in gone:
            return True
        affected = {
            key for key, deps in res.property_dependencies.items() if gone & set(deps) and key in res.inputs
        }
        if not affected:
            return False
        news: Properties = {key: UNKNOWN if key in affected else value for key, value in res.inputs.items()}
        provider = self._provider(res)
        if provider is None:
            return False
        call = Call(res.urn, res.id, preview=True, ignore_changes=res.ignore_changes)
        diff = steps.resolve(provider.diff(call, res.inputs, res.outputs, news), res.inputs, news)
        decision = steps.decide(
            diff, replace_on_changes=res.replace_on_changes, delete_first=None, pending_replacement=False
        )
        return decision.choice is Choice.REPLACE

    def _ensure_providers(self, resources: Iterable[Resource]) -> None:
        ensure_providers(self._registry, self._olds, resources)


def ensure_providers(registry: Registry, olds: Sequence[Resource], resources: Iterable[Resource]) -> None:
    """Make ready the providers of `resources` that no program has registered in this run."""
    known = {urns.provider_reference(res.urn, res.id): res for res in olds if is_provider(res.type)}
    for reference in {res.provider for res in resources if res.provider}:
        if reference not in known:
            try:
                registry.find(reference)
            except ProviderError:
                raise ProviderError(f"could not find provider {reference} in the state") from None
        else:
            registry.ensure(known[reference])


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
    return f"{kind} resource '{name}': property {failure.property} value {{{value}}} has a problem: {failure.reason}"
