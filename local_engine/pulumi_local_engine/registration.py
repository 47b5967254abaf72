"""Takes what the program declares, resource by resource, through planning and execution."""

from __future__ import annotations

import dataclasses
import threading
from typing import TYPE_CHECKING, Final

from pulumi_local_engine import urns
from pulumi_local_engine.executor import Executor, StepFailedError, StoppedError
from pulumi_local_engine.goal import Goal
from pulumi_local_engine.planner import PlanError, Planner
from pulumi_local_engine.registry import default_name, is_provider
from pulumi_local_engine.steps import Op, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi_local_engine.events import Events
    from pulumi_local_engine.resource import Resource
    from pulumi_local_engine.snapshot import Snapshot
    from pulumi_local_engine.values import Properties


FUNCTIONS: Final = "pulumi"
"""The package of Pulumi's own functions."""


@dataclasses.dataclass(frozen=True, slots=True)
class Registered:
    """A resource as the program gets it.

    Attributes:
        resource: the resource.
        done: whether it has reached its goal; it failed or was skipped otherwise.
        left_out: whether it does not exist, because it is no target.
    """

    resource: Resource
    done: bool
    left_out: bool


class Registrar:
    """Registers resources and the outputs of components. Plans one at a time; executes many at once."""

    def __init__(
        self,
        planner: Planner,
        executor: Executor,
        snapshot: Snapshot,
        events: Events,
        package_config: Mapping[str, Properties],
    ) -> None:
        """`package_config` holds the inputs of packages' default providers."""
        self._planner = planner
        self._executor = executor
        self._snapshot = snapshot
        self._events = events
        self._package_config = package_config
        self._planning = threading.Lock()
        self._defaulting = threading.Lock()
        self._defaults: dict[str, str] = {}
        self._goals: dict[str, Goal] = {}
        self._failed: set[str] = set()  # and what was skipped because of that
        self._steps: dict[str, Step] = {}
        self._stack_outputs: Properties | None = None

    def register(self, goal: Goal) -> Registered:
        """Bring a resource to its goal.

        Raises:
            StepFailedError: that failed, and the run does not continue.
            StoppedError: the run is ending.
            PlanError: the resource cannot be planned.
        """
        full = self._with_provider(self._inherit(goal))
        step, done = self._carry_out(full)
        self._goals[step.resource.urn] = full
        if not done:
            self._failed.add(step.resource.urn)
        return Registered(step.resource, done, left_out=step.op is Op.SAME and step.old is None)

    def look_up(self, urn: str) -> Resource:
        """Return a resource that is registered; asking needs the default provider of Pulumi's own functions.

        Raises:
            LookupError: there is none of that URN.
        """
        self._default(FUNCTIONS, "")
        if urn not in self._steps:
            raise LookupError(f"unknown resource {urn}")
        return self._steps[urn].resource

    def stored(self) -> list[Resource]:
        """Return what the state holds by now: what is done in this run, and what was there before."""
        return self._snapshot.state().resources

    def register_outputs(self, urn: str, outputs: Properties) -> None:
        """Take a component's outputs. The stack's are set aside until it is clear how the run ended."""
        if self._executor.stopping:
            raise StoppedError
        if urns.type_of(urn) == urns.ROOT_TYPE:
            self._stack_outputs = outputs
            return
        if urn in self._failed:
            message = f"cannot complete a resource '{urn}' whose registration isn't pending"
            self._events.error(urn, message)
            raise PlanError(message)
        self._set_outputs(self._steps[urn], outputs)

    def settle_stack(self, *, failed: bool) -> None:
        """Give the stack its outputs. After a failure, those that are missing keep their last values."""
        step = next((s for urn, s in self._steps.items() if urns.type_of(urn) == urns.ROOT_TYPE), None)
        if step is None or self._stack_outputs is None:
            return
        former = step.old.outputs if failed and step.old else {}
        self._set_outputs(step, {**former, **self._stack_outputs})

    def give_up(self, error: Exception) -> None:
        """End the run because of `error`; report it unless that has been done."""
        if not isinstance(error, StepFailedError | StoppedError | PlanError):
            self._events.error("", str(error) or repr(error))
        if not self._executor.stopping:
            self._executor.stop(str(error))

    def _set_outputs(self, step: Step, outputs: Properties) -> None:
        self._snapshot.set_outputs(step.resource, outputs)
        self._events.registered(step)

    def _carry_out(self, goal: Goal) -> tuple[Step, bool]:
        """Plan and do the steps for a goal; return the last, and whether it was done."""
        with self._planning, self._executor.busy():
            chain = self._planner.plan(goal)
        done = [step for step in chain if step.new is not None and step.op is not Op.REPLACE][-1]
        if self._failed & {done.resource.parent, *done.resource.needs()}:
            self._executor.skip(done)
            return done, False
        try:
            self._executor.run(chain)
        except StepFailedError:
            if not self._executor.continue_on_error:
                raise
            return done, False
        self._steps[done.resource.urn] = done
        return done, True

    def _inherit(self, goal: Goal) -> Goal:
        """Take from the parent what is not said of the resource itself."""
        parent = self._goals.get(goal.parent)
        if parent is None:
            return goal
        return dataclasses.replace(
            goal,
            protect=_first(goal.protect, parent.protect),
            retain_on_delete=_first(goal.retain_on_delete, parent.retain_on_delete),
            provider=goal.provider or _fitting(parent.provider, goal),
            providers={**parent.providers, **goal.providers},
        )

    def _with_provider(self, goal: Goal) -> Goal:
        if not goal.custom:
            return dataclasses.replace(goal, provider="")
        if is_provider(goal.type):
            version = {"version": goal.version} if goal.version else {}
            return dataclasses.replace(goal, properties={**goal.properties, **version}, provider="")
        package = urns.package_of(goal.type)
        chosen = goal.provider or goal.providers.get(package) or self._default(package, goal.version)
        return dataclasses.replace(goal, provider=chosen, providers={})

    def _default(self, package: str, version: str) -> str:
        """Return the reference of a package's default provider, registering it when it is first needed."""
        key = f"{package}@{version}"
        with self._defaulting:
            if key not in self._defaults:
                self._defaults[key] = self._register_default(package, version)
            return self._defaults[key]

    def _register_default(self, package: str, version: str) -> str:
        inputs = {**self._package_config.get(package, {}), **({"version": version} if version else {})}
        type_ = f"{urns.PROVIDER_TYPE_PREFIX}{package}"
        goal = Goal(type=type_, name=default_name(version), custom=True, properties=inputs)
        made = self._carry_out(goal)[0].resource
        return urns.provider_reference(made.urn, made.id)


def _first(own: bool | None, theirs: bool | None) -> bool | None:  # noqa: FBT001  # a resource option
    return theirs if own is None else own


def _fitting(provider: str, goal: Goal) -> str:
    """Return the parent's provider if it serves the package of the resource too."""
    if not provider or not goal.custom:
        return ""
    package = urns.package_of(urns.type_of(urns.provider_urn(provider)))
    return provider if package == urns.package_of(goal.type) else ""
