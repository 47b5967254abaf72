"""The rights of a user, as a person and as a program reads them. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from helm_rollback_component.cli.screen import Colour
from helm_rollback_component.cli.tables import Cell, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helm_rollback_component.cli.rights import Granted
    from helm_rollback_component.cli.screen import Screen
    from helm_rollback_component.kube.api.access import Right


def document(found: Granted) -> dict[str, Any]:
    """Return what the user may do for a feature, with stable keys; the namespace of the cluster is null."""
    return {
        "feature": found.feature.name,
        "namespace": found.namespace or None,
        "required": found.feature.required,
        "allowed": not found.lacking,
        "lacking": [asdict(each) for each in found.lacking],
        "without": found.feature.without,
    }


def lines(screen: Screen, found: Iterable[Granted]) -> Iterator[str]:
    """Yield the lines of a table; each feature has a row."""
    return table(screen, ("FEATURE", "NAMESPACE", "ALLOWED", "MISSING", "WITHOUT IT"), map(_row, found))


def _row(found: Granted) -> tuple[Cell | str, ...]:
    name, where = found.feature.name, found.namespace or "(whole cluster)"
    if not found.lacking:
        return name, where, Cell("yes", Colour.GOOD), "-", ""
    no = Cell("no", Colour.BAD if found.fatal else Colour.UNSURE)
    return name, where, no, "; ".join(_told(found.lacking)), found.feature.without


def _told(lacking: Iterable[Right]) -> Iterator[str]:
    """Yield the missing rights, those on the same objects together: ``get,list secrets``."""
    verbs: dict[str, dict[str, None]] = defaultdict(dict)
    for right in lacking:
        kind = f"{right.resource}.{right.group}" if right.group else right.resource
        verbs[f"{kind}/{right.name}" if right.name else kind][right.verb] = None
    return (f"{','.join(those)} {what}" for what, those in verbs.items())
