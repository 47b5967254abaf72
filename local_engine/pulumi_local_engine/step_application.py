"""Does one step: has the provider do its part, and completes the resource with what comes back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from pulumi_local_engine.provider import Call, Live, PartialFailureError, attempt
from pulumi_local_engine.registry import Registry, is_provider
from pulumi_local_engine.steps import Op, Step
from pulumi_local_engine.values import Properties, mark_outputs

if TYPE_CHECKING:
    from pulumi_local_engine.resource import Resource

_PROTECTED: Final = (
    'resource "{urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove '
    "the `protect` flag from the resource in your Pulumi program and run `pulumi up`"
)


class ProtectedError(Exception):
    """A resource is protected from deletion; other deletions go on."""


class StepApplier:
    """Calls the providers of one run. It records nothing and tells nothing."""

    def __init__(self, registry: Registry, *, preview: bool) -> None:
        """Use the providers in `registry`; a preview changes nothing."""
        self._registry = registry
        self._preview = preview

    def apply(self, step: Step) -> None:
        """Bring the resource of a step to what the step says.

        Raises:
            PartialFailureError: that failed, and the new resource is what the failure left.
            ProviderError: that failed and has changed nothing.
            ProtectedError: the resource is protected from the deletion.
        """
        match step.op:
            case Op.SAME if step.old is not None:
                self._same(*step.pair)
            case Op.CREATE | Op.CREATE_REPLACEMENT:
                self._create(step)
            case Op.UPDATE:
                self._update(*step.pair)
            case Op.DELETE | Op.DELETE_REPLACED:
                self._delete(step)
            case _:
                return  # the others only tell or record

    def _same(self, old: Resource, new: Resource) -> None:
        new.id, new.outputs = old.id, old.outputs
        if is_provider(new.type):
            known = new.copy()
            known.inputs = old.inputs
            self._registry.ensure(known)
        self._mark(new)

    def _create(self, step: Step) -> None:
        new, failure = step.resource, None
        if new.custom:
            provider, call = self._registry.serving(new), self._call(new, "create")
            live, failure = attempt(lambda: provider.create(call, new.inputs))
            new.id, new.outputs = live.id, live.outputs
        new.created = new.modified = _now()
        self._mark(new)
        if step.old is not None and not step.delete_first:
            step.old.delete = True
        _raise(failure, new)

    def _update(self, old: Resource, new: Resource) -> None:
        new.id, failure = old.id, None
        if new.custom:
            provider, call = self._registry.serving(new), self._call(new, "update")
            live, failure = attempt(
                lambda: Live(old.id, provider.update(call, old.inputs, old.outputs, new.inputs))
            )
            new.outputs = live.outputs
            new.modified = _now()
        self._mark(new)
        _raise(failure, new)

    def _delete(self, step: Step) -> None:
        old = step.resource
        if step.op is Op.DELETE and old.protect:
            raise ProtectedError(_PROTECTED.format(urn=old.urn))
        if old.custom and not (self._preview or old.retain_on_delete):
            self._registry.serving(old).delete(self._call(old, "delete"), old.inputs, old.outputs)
        old.pending_replacement = step.delete_first

    def _call(self, resource: Resource, operation: str) -> Call:
        return Call(
            resource.urn,
            resource.id,
            preview=self._preview,
            timeout=resource.timeout(operation),
            ignore_changes=resource.ignore_changes,
        )

    def _mark(self, resource: Resource) -> None:
        outputs: Properties = resource.outputs
        resource.outputs = mark_outputs(outputs, resource.inputs, resource.additional_secret_outputs)


def _raise(failure: PartialFailureError | None, resource: Resource) -> None:
    """Raise a partial failure, if there was one, and mark the resource with its reasons."""
    if failure is not None:
        resource.init_errors = failure.reasons
        raise failure


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
