"""The steps of an update and how to choose among them. Everything here is pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from typing import TYPE_CHECKING

from pulumi_local_engine.provider import Diff
from pulumi_local_engine.values import Properties, contains_unknown, path_contains, unwrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pulumi_local_engine.resource import Resource


class Op(StrEnum):
    """What a step does, in the CLI's words."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    REPLACE = "replace"
    CREATE_REPLACEMENT = "create-replacement"
    DELETE_REPLACED = "delete-replaced"
    REFRESH = "refresh"
    REMOVE_PENDING_REPLACE = "remove-pending-replace"


COUNTED = frozenset({Op.SAME, Op.CREATE, Op.UPDATE, Op.DELETE, Op.REPLACE})


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do to one resource. `old` is what was, `new` what is to be."""

    op: Op
    old: Resource | None = None
    new: Resource | None = None
    keys: Sequence[str] = ()
    diffs: Sequence[str] = ()
    delete_first: bool = False

    @property
    def resource(self) -> Resource:
        """The resource that the step is about."""
        found = self.new or self.old
        assert found is not None  # noqa: S101  # a step is always about something
        return found

    @property
    def pair(self) -> tuple[Resource, Resource]:
        """What was and what is to be, of a step that has both."""
        assert self.old is not None  # noqa: S101  # the kinds of steps that this is asked of have it
        assert self.new is not None  # noqa: S101  # the same
        return self.old, self.new


class Choice(Enum):
    """What to do with a resource that exists."""

    SAME = "same"
    UPDATE = "update"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Decision:
    """The choice, and the property keys that led to it."""

    choice: Choice
    keys: Sequence[str] = ()
    diffs: Sequence[str] = ()
    delete_first: bool = False


FORCED_REPLACEMENT = Diff(changes=True, replaces=["id"])
INIT_ERROR = "#initerror"
"""The key that stands for a partial failure of the last operation, in `replace_on_changes` too."""
PROVIDER_CHANGED = Diff(changes=True, replaces=["provider"])


def resolve(diff: Diff, old_inputs: Properties, new_inputs: Properties) -> Diff:
    """Decide by comparing inputs where the provider left it to the engine."""
    if diff.changes is not None:
        return diff
    changed = changed_keys(old_inputs, new_inputs)
    return replace(diff, changes=bool(changed), changed_keys=[*diff.changed_keys, *changed])


def changed_keys(old: Properties, new: Properties) -> list[str]:
    """List the top-level keys whose values differ; an unknown differs from everything."""
    before, after = unwrap(old), unwrap(new)
    keys = dict.fromkeys([*before, *after])
    return [key for key in keys if before.get(key) != after.get(key) or contains_unknown(after.get(key))]


def decide(
    diff: Diff,
    replace_on_changes: Sequence[str],
    *,
    delete_first: bool | None = None,
    pending_replacement: bool = False,
    init_errors: bool = False,
) -> Decision:
    """Choose between leaving, updating and replacing. A wish of the program beats that of the provider.

    After a partial failure (`init_errors`) a resource is updated even if nothing has changed.
    """
    candidates = [*diff.changed_keys, *([INIT_ERROR] if init_errors else [])]
    forced = [key for key in candidates if any(path_contains(path, key) for path in replace_on_changes)]
    keys = list(dict.fromkeys([*diff.replaces, *forced]))
    changes = diff.changes or INIT_ERROR in forced
    if pending_replacement or (changes and keys):
        first = diff.delete_before_replace if delete_first is None else delete_first
        return Decision(Choice.REPLACE, keys, diff.changed_keys, first)
    if changes or init_errors:
        return Decision(Choice.UPDATE, diffs=diff.changed_keys)
    return Decision(Choice.SAME)


def replacement(
    old: Resource, new: Resource, decision: Decision, condemned: Sequence[Resource]
) -> list[Step]:
    """List the steps that replace `old`. `condemned` are dependants that go before it, in state order."""
    diffs = decision.diffs or changed_keys(old.inputs, new.inputs)
    made = Step(Op.CREATE_REPLACEMENT, old, new, decision.keys, diffs, decision.delete_first)
    replaced = Step(Op.REPLACE, old, new, decision.keys, diffs, decision.delete_first)
    if not decision.delete_first:
        return [made, replaced]  # what was replaced is deleted after everything else
    gone = [Step(Op.DELETE_REPLACED, res, delete_first=True) for res in reversed(condemned)]
    own = [] if old.pending_replacement else [Step(Op.DELETE_REPLACED, old, delete_first=True)]
    return [*gone, *own, replaced, made]


@dataclass(slots=True)
class Counts:
    """How many resources each kind of step was done to."""

    by_op: dict[str, int] = field(default_factory=dict)

    def add(self, op: Op) -> None:
        """Count a step, if it is of a kind that summaries show."""
        if op in COUNTED:
            self.by_op[op.value] = self.by_op.get(op.value, 0) + 1
