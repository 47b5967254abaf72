"""What differs between two stored revisions of a release: its objects, and its values."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from helm_rollback_component.cli.asking import Asking
from helm_rollback_component.core.manifests import differences, fields, secrecy, text
from helm_rollback_component.core.manifests.text import Limits
from helm_rollback_component.errors import OperationError
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile.way_out import guarded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.cli.screen import Screen
    from helm_rollback_component.core.manifests.differences import ObjectDifference
    from helm_rollback_component.core.manifests.fields import FieldDifference

_ALL = 1_000_000_000
_UNLIMITED = Limits(lines=_ALL, lines_of_object=_ALL, lines_of_field=_ALL, width=_ALL)
_NARROWEST = 40
_OF_VALUE, _OF_FIELD = 20, 4
"""How much of a line stands before a value, and before a field."""


@dataclass(frozen=True)
class Comparison:
    """What differs.

    Attributes:
        old: the one revision.
        new: the other one.
        namespace: that of the release.
        objects: the objects that differ, hooks included.
        values: the values that differ; secret ones without what they are.
        values_shown: whether values are told, not only which of them differ.
    """

    old: int
    new: int
    namespace: str
    objects: tuple[ObjectDifference, ...]
    values: tuple[FieldDifference, ...]
    values_shown: bool

    def __bool__(self) -> bool:
        return bool(self.objects or self.values)

    def document(self) -> dict[str, Any]:
        """Return it with stable keys."""
        return {
            "old": self.old,
            "new": self.new,
            "objects": [asdict(each) for each in self.objects],
            "values": [*self._values()],
        }

    def lines(self, screen: Screen, *, whole: bool) -> Iterator[str]:
        """Yield it as a person reads it; `whole` shortens nothing, nor is that done where no terminal is."""
        if not self:
            return
        limits = _UNLIMITED if whole or not screen.width else _fitted(screen.width)
        yield f"revision {self.old} → revision {self.new}: {text.summary(self.objects)}"
        yield from text.lines(self.objects, self.namespace, limits)
        if self.values and self.values_shown:
            yield "values:"
            yield from text.field_lines(self.values, limits)
        elif self.values:
            yield "values (shown with --show-values):"
            yield from (f"    {each['path']}: {each['change']}" for each in self._values())

    def _values(self) -> Iterator[dict[str, Any]]:
        for each in self.values:
            yield asdict(each) if self.values_shown else {"path": each.path, "change": each.change}


def _fitted(width: int) -> Limits:
    """Return how much a terminal of that width shows."""
    return Limits(width=max(_NARROWEST, width - _OF_VALUE), line=max(_NARROWEST, width - _OF_FIELD))


class Comparer(Asking):
    """Compares stored revisions."""

    @guarded
    def compare(self, release: str, old: int, new: int | None, *, values_shown: bool) -> Comparison:
        """Return what differs between two revisions of a release.

        Args:
            release: its name.
            old: the number of the one.
            new: that of the other; None for the one that runs.
            values_shown: whether values are told, not only which of them differ.

        Raises:
            OperationError: a revision is not stored or cannot be read, or the cluster cannot be.
        """
        config = self._connection.config(release)
        records = self._connection.session(config).records
        live = records.history().deployed
        if new is None and live is None:
            raise OperationError(
                "no revision is deployed; name a second one to compare with",
                reason=Reason.NO_DEPLOYED_RELEASE,
                release=config.label,
                remedy="see `helm-rollback history`",
            )
        pair = old, new or (live.revision if live else 0)
        redact, namespace = self._connection.redact, config.release_namespace
        before, after = (differences.keyed(records.objects(each), namespace) for each in pair)
        mask = secrecy.mask_for([*before.values(), *after.values()], redact)
        values = fields.field_differences(records.values(pair[0]), records.values(pair[1]))
        return Comparison(
            *pair,
            namespace=namespace,
            objects=differences.differences(before, after, redact),
            values=tuple(secrecy.concealed(each, {}, mask) for each in values),
            values_shown=values_shown,
        )
