"""Which fields of an object another manager than Helm set, and which of them a release sets anew. Pure.

The API server keeps for each manager the fields that it set (``metadata.managedFields``, `fieldsV1`_).

.. _fieldsV1: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.health import objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from helm_rollback_component.core.health.baseline import Baseline
    from helm_rollback_component.core.health.objects import Manifest

SHOWING = "helm-rollback-show"
"""What this package calls itself where it has a watch tell of an object once more; it sets nothing."""
_KUBERNETES_PROVIDER = re.compile(r"pulumi-(resource-)?kubernetes\b.*")
"""What Pulumi's Kubernetes provider calls itself: by default, as it applies, and as Helm within it."""
_HELM = re.compile(r"helm[\d.]*(\.exe)?")
"""What Helm calls itself: the name of its program."""
_HELM_WITHIN = re.compile(r"helm-controller|pulumi-resource-kubernetes")
"""What Helm calls itself within Flux, and in the `Release` of Pulumi's Kubernetes provider: what they set, a
chart set, so nobody's work is lost where a release that was theirs sets it anew."""
_ITSELF = "."
_ABSENT = object()


@dataclass(frozen=True)
class ForeignField:
    """A field that another manager set.

    Attributes:
        manager: who set it, such as ``kubectl-edit``, with the subresource if it was through one.
        steps: the way to the field, as ``fieldsV1`` has it.
        value: the value it has.
    """

    manager: str
    steps: tuple[str, ...]
    value: Any

    @property
    def path(self) -> str:
        """The way to the field, as the API server's messages spell it: ``.spec.replicas``."""
        return "".join(map(_spelled, self.steps))


def managers(live: Manifest) -> frozenset[str]:
    """Return who but Helm has set anything of an object, apart from its status."""
    return frozenset(str(each.get("manager")) for each in foreign_entries(live))


def is_of_kubernetes_provider(live: Manifest) -> bool:
    """Return whether Pulumi's Kubernetes provider has set anything of an object, apart from its status."""
    return any(map(_KUBERNETES_PROVIDER.fullmatch, managers(live)))


def foreign_entries(live: Manifest) -> list[Manifest]:
    """Return the entries of ``managedFields`` that are not Helm's, and not about the status."""
    entries = objects.meta(live).get("managedFields")
    return [*filter(_foreign, entries)] if isinstance(entries, list) else []


def foreign_fields(live: Manifest) -> tuple[ForeignField, ...]:
    """Return the fields of an object that another manager set, as far as their values are at hand."""
    return tuple(each for each in _foreign_fields(live) if each.value is not _ABSENT)


def hides_fields(live: Manifest) -> bool:
    """Return whether another manager set a field of an object whose value is not at hand."""
    return any(each.value is _ABSENT for each in _foreign_fields(live))


def takeovers(desired: Iterable[Manifest], namespace: str, before: Baseline) -> Iterator[str]:
    """Yield one sentence for each field that a release sets to another value than another manager did.

    Args:
        desired: the release's objects.
        namespace: the release's.
        before: what there was before.
    """
    for each in desired:
        key = objects.key(each, namespace)
        for field in before.foreign.get(key, ()):
            value = _value(each, field.steps)
            if value is not _ABSENT and _written(value) != _written(field.value):
                yield f"{field.manager} set {field.path} of {key}; the chart sets it too and takes it over"


def _foreign_fields(live: Manifest) -> Iterator[ForeignField]:
    for entry in foreign_entries(live):
        fields = None if _HELM_WITHIN.fullmatch(str(entry.get("manager"))) else entry.get("fieldsV1")
        for steps in _leaves(fields):
            yield ForeignField(_name(entry), steps, _value(live, steps))


def _written(value: Any) -> Any:
    """Return a value in a form in which the order of keys, and whether a number is quoted, do not count."""
    match value:
        case dict():
            return {key: _written(each) for key, each in value.items()}
        case list():
            return [_written(each) for each in value]
        case _:
            return str(value)


def _foreign(entry: object) -> bool:
    if not isinstance(entry, dict) or entry.get("subresource") == "status":
        return False
    manager = str(entry.get("manager", ""))
    return manager != SHOWING and not _HELM.fullmatch(manager)


def _name(entry: Mapping[str, Any]) -> str:
    manager, subresource = entry.get("manager", ""), entry.get("subresource")
    return f"{manager} (subresource {subresource})" if subresource else str(manager)


def _leaves(fields: object, steps: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if not isinstance(fields, dict):
        return
    for step, within in fields.items():
        if within:
            yield from _leaves(within, (*steps, step))
        elif step != _ITSELF:
            yield (*steps, step)


def _value(found: Any, steps: tuple[str, ...]) -> Any:
    for step in steps:
        found = _next(found, step)
    return found


def _next(found: Any, step: str) -> Any:
    kind, _, key = step.partition(":")
    if kind == "f" and isinstance(found, dict):
        return found.get(key, _ABSENT)
    if kind == "k" and isinstance(found, list):
        wanted = json.loads(key)
        return next((each for each in found if _has(each, wanted)), _ABSENT)
    return _ABSENT


def _has(element: object, wanted: Mapping[str, Any]) -> bool:
    """Return whether a list's element is the one with these keys; one with a default may lack it."""
    return isinstance(element, dict) and all(
        element.get(key, value) == value for key, value in wanted.items()
    )


def _spelled(step: str) -> str:
    kind, _, key = step.partition(":")
    if kind != "k":
        return f".{key}"
    return f"[{','.join(f'{name}={json.dumps(value)}' for name, value in json.loads(key).items())}]"
