"""The refresh of a stack: read every resource, and let the state say what is there."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from pulumi_local_engine import graph
from pulumi_local_engine.provider import Call, Diff, Provider, ProviderError, attempt
from pulumi_local_engine.registry import is_provider
from pulumi_local_engine.resource import Resource, State
from pulumi_local_engine.steps import Op, Step, resolve
from pulumi_local_engine.values import mark_outputs

if TYPE_CHECKING:
    from pulumi_local_engine.run import Run


def read_all(run: Run) -> State:
    """Read every resource of the run's base, all at once, and return the state that this gives.

    A resource that cannot be read stays as it was, and fails the run.
    """
    olds = run.setting.base.resources
    with run.workers() as pool:
        news = list(pool.map(lambda old: _refresh(run, old), olds))
    found = [old if new is None else new for old, new in zip(olds, news, strict=True)]
    gone = [old for old, new in zip(olds, news, strict=True) if new is None]
    pending = [] if run.setting.forget_pending else run.setting.base.pending
    return State(graph.without(found, gone), [entry for entry in pending if entry.kind == "creating"])


def _refresh(run: Run, old: Resource) -> Resource | None:
    """Return the resource as it is now, or None if it is gone."""
    step = Step(Op.REFRESH, old, old)
    run.events.started(step)
    if not old.custom or is_provider(old.type) or old.pending_replacement:
        run.events.done(step, Op.SAME)
        return old
    try:
        new, op = _read(run, run.registry.find(old.provider), old)
    except ProviderError as error:
        if run.executor.stopping:
            return old  # given up, so of no interest
        run.executor.failures.append(str(error))
        run.events.failed(step, str(error))
        return old
    run.events.done(Step(Op.REFRESH, old, new), op)
    return new


def _read(run: Run, provider: Provider, old: Resource) -> tuple[Resource | None, Op]:
    call = Call(old.urn, old.id, timeout=old.timeout("read"))
    live, failure = attempt(lambda: provider.read(call, old.inputs, old.outputs))
    reasons = failure.reasons if failure else []
    if failure:
        run.events.warning(old.urn, "\n* ".join(["Refreshed resource is in an unhealthy state:", *reasons]))
    if not live.id:
        return None, Op.DELETE
    inputs = old.inputs if live.inputs is None else live.inputs
    outputs = mark_outputs(live.outputs, inputs, old.additional_secret_outputs)
    new = dataclasses.replace(old, id=live.id, inputs=inputs, outputs=outputs, init_errors=reasons)
    return new, Op.UPDATE if _differs(provider, old, new).changes else Op.SAME


def _differs(provider: Provider, old: Resource, new: Resource) -> Diff:
    """Ask what an update would change: from what was found, to what was last declared."""
    call = Call(new.urn, new.id, ignore_changes=old.ignore_changes)
    diff = provider.diff(call, new.inputs, new.outputs, old.inputs)
    return resolve(diff, new.inputs, old.inputs)
