"""From a resource's properties to the release that they declare."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pulumi.output import Unknown

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.errors import ValidationError
from helm_rollback_component.inputs.chart_source import passwords_in
from helm_rollback_component.inputs.chart_values import decode
from helm_rollback_component.inputs.problems import hidden_by
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.inputs.secret_values import secrets_at
from helm_rollback_component.inputs.tree import DROP, leaves, map_leaves
from helm_rollback_component.pulumi_adapter import stderr
from helm_rollback_component.pulumi_adapter.state import COMPUTED, CONTEXT, DECLARED, OBSERVED

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_INTERNAL = (*CONTEXT, *COMPUTED, OBSERVED, "__provider")


@dataclass(frozen=True)
class Declared:
    """What the properties of a release resource say about the release.

    Attributes:
        config: what is declared.
        owner: who declares it: ``organization``, ``project``, ``stack``, ``urn``, and ``stack_id`` if known.
        redact: removes the secrets among the properties from a text.
    """

    config: HelmConfig
    owner: Mapping[str, str]
    redact: Redactor


def read(properties: Mapping[str, Any], before: Mapping[str, Any] = _NOTHING) -> Declared:
    """Return what a resource's properties, checked once, hold.

    Args:
        properties: those of today.
        before: those of the last operation, whose secrets are masked too.

    Raises:
        NotYetKnown: so much is not known yet that there is no config.
    """
    config, owner = _config(_declared(properties)), map_leaves(properties["owner"], _unless_unknown)
    return Declared(config, owner, redactor(properties, before))


def redactor(*given: Mapping[str, Any]) -> Redactor:
    """Return what removes the secrets among the properties of a resource from a text; nothing is refused.

    Args:
        given: the properties of today, and those of earlier operations, as something that they deployed may
            still tell theirs.
    """
    redact = Redactor(places=(place for each in given for place in _secret_places(each)))
    for properties in given:
        declared = _declared(properties)
        redact.learn(secrets_at(declared, _secret_places(properties)))
        redact.learn(passwords_in(str(declared.get("source"))))
    stderr.know(redact)
    return redact


def _declared(properties: Mapping[str, Any]) -> dict[str, Any]:
    return decode({key: properties[key] for key in DECLARED if key in properties})  # type: ignore[no-any-return]


def _secret_places(properties: Mapping[str, Any]) -> tuple[str, ...]:
    return (*(properties.get("secret_paths") or ()), "source.password")


def parse_inputs(inputs: Mapping[str, Any]) -> HelmConfig:
    """Return the config that a program's inputs hold.

    Raises:
        ValidationError: names everything that is wrong; what is not known yet is not an error.
        NotYetKnown: so much is not known yet that there is no config.
    """
    return _config(decode({key: value for key, value in inputs.items() if key not in _INTERNAL}))


def _config(declared: Mapping[str, Any]) -> HelmConfig:
    known = map_leaves(declared, _unless_unknown)
    known["values"] = known.get("values") or {}
    try:
        return HelmConfig.parse(known)
    except ValidationError as error:
        unknown = tuple(path for path, leaf in leaves(declared) if isinstance(leaf, Unknown))
        problems = [problem for problem in error.problems if not hidden_by(problem, unknown)]
        if problems:
            raise ValidationError(problems) from None
        raise NotYetKnown from None


class NotYetKnown(Exception):  # noqa: N818  # no error: a preview goes on without the rest of the checks
    """Too much is unknown in this preview to say more."""


def _unless_unknown(leaf: Any) -> Any:
    return DROP if isinstance(leaf, Unknown) else leaf
