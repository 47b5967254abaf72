"""Whatever leaves the operations on a release has no secrets in it, by whichever way it leaves."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import helm_rollback_component
from helm_rollback_component.core.records.ledger import Conclusion, Ledger, Request
from helm_rollback_component.errors import HelmRollbackError, OperationError, Problem, ValidationError
from helm_rollback_component.inputs.masking import MASK
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.operations import HelmOperations
from helm_rollback_component.reconcile.way_out import MaskedLock, WayOut, guarded
from helm_rollback_component.results import (
    Condition,
    Phase,
    ReleaseRevision,
    ReleaseStatus,
    RollbackPlan,
    RollbackStatus,
)
from tests.support.histories import attempt, entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECRET = "hunter2"
SAID = f"the password is {SECRET}"
SHOWN = f"the password is {MASK}"
_LOGGING = {"kube/claims/held_lock.py", "telemetry/export.py"}
"""The second only keeps OpenTelemetry's own words from being printed."""
PACKAGE = Path(helm_rollback_component.__file__).parent
CONDITION = Condition("Ready", "False", "HelmFailed", SAID, "")
REVISION = ReleaseRevision(1, "1.2.3", "1", "deployed", "", SAID, verified=True)
STATUS = ReleaseStatus(
    *("web", "apps", 1, "1.2.3", "1", "deployed", Phase.FAILED),
    rollback_status=RollbackStatus(message=SAID),
    history=(REVISION,),
    conditions=(CONDITION,),
)


class Leaving:
    """Something with a way out."""

    def __init__(self) -> None:
        """Know the secret."""
        self.way_out = WayOut(Redactor([SECRET]))

    @guarded
    def give(self, result: Any) -> Any:
        """Return it."""
        return result

    @guarded
    def fail(self, error: Exception) -> None:
        """Raise it, as one that another error caused."""
        raise error from TimeoutError(SAID)


class Lock:
    """Takes down what is written."""

    def __init__(self) -> None:
        """Begin with an empty ledger."""
        self.ledger = Ledger()
        self.released = False

    def write(self, ledger: Ledger) -> None:
        """Take the ledger."""
        self.ledger = ledger

    conclude = write

    def require_namespace(self) -> None:
        """Go on: the namespace stays."""

    def release_claim(self) -> None:
        """Note it."""
        self.released = True


def members() -> Iterator[tuple[str, Any]]:
    for kind in HelmOperations.__mro__[:-1]:
        for name, member in vars(kind).items():
            if not name.startswith("_"):
                yield name, member.fget if isinstance(member, property) else member


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in PACKAGE.rglob("*.py"):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def test_every_operation_leaves_by_the_way_out() -> None:
    found = dict(members())
    assert {"deploy", "upgrade", "rollback", "delete", "get_status", "cluster_identity"} <= found.keys()
    assert {"plan_rollback", "unlock", "prune"} <= found.keys()
    assert [name for name, act in found.items() if inspect.unwrap(act) is act] == []


def test_what_is_told_has_no_secrets() -> None:
    lines: list[str] = []
    WayOut(Redactor([SECRET])).telling(lines.append)(SAID)
    assert lines == [SHOWN]


def test_a_status_has_none() -> None:
    found = Leaving().give(STATUS)
    said = (found.rollback_status.message, found.history[0].description, found.conditions[0].message)
    assert said == (SHOWN, SHOWN, SHOWN)
    assert (found.release_name, found.phase, found.history[0].verified) == ("web", Phase.FAILED, True)


def test_a_history_has_none() -> None:
    assert Leaving().give((REVISION,))[0].description == SHOWN


def test_a_plan_has_none() -> None:
    found = Leaving().give(RollbackPlan(REVISION, REVISION, destroys=SAID, standing=SAID))
    assert (found.replaced.description, found.target.description) == (SHOWN, SHOWN)
    assert (found.destroys, found.standing) == (SHOWN, SHOWN)


def test_what_a_person_said_of_a_rollback_is_written_without() -> None:
    lock, said = Lock(), Request(by="alice", why=SAID)
    begun = attempt(3, request=said)
    known = Ledger(attempt=begun, entries=(entry(2), entry(3).model_copy(update={"request": said})))
    MaskedLock(lock, WayOut(Redactor([SECRET]))).write(known)
    assert lock.ledger.attempt is not None
    requests = [lock.ledger.attempt.request, *(each.request for each in lock.ledger.entries)]
    assert [each and each.why for each in requests] == [SHOWN, None, SHOWN]


@pytest.mark.parametrize("result", [None, True, "cluster-1"])
def test_what_has_no_words_of_others_stays(result: object) -> None:
    assert Leaving().give(result) is result


@pytest.mark.parametrize(
    "error",
    [
        OperationError(SAID, reason="HelmFailed", remedy=SAID),
        ValidationError([Problem("values", SAID)]),
        KeyError(SAID, 7),
    ],
)
def test_an_error_has_none_and_no_cause_that_has(error: Exception) -> None:
    with pytest.raises(type(error)) as raised:
        Leaving().fail(error)
    assert MASK in str(raised.value)
    assert SECRET not in f"{raised.value!s} {raised.value!r}"
    assert raised.value.__cause__ is None
    if isinstance(error, HelmRollbackError):
        assert SECRET not in error.with_remedy
    if isinstance(error, ValidationError):
        assert error.problems == (Problem("values", SHOWN),)


@pytest.mark.parametrize("write", [MaskedLock.write, MaskedLock.conclude])
def test_a_ledger_is_written_without(write: Callable[[MaskedLock, Ledger], None]) -> None:
    lock = Lock()
    masked = MaskedLock(lock, WayOut(Redactor([SECRET])))
    write(
        masked,
        Ledger(
            conclusion=Conclusion(phase=Phase.FAILED, reason="HelmFailed", message=SAID),
            rollback_status=RollbackStatus(message=SAID),
            conditions=(CONDITION,),
        ),
    )
    assert SECRET not in masked.ledger.model_dump_json()
    assert masked.ledger.model_dump_json().count(SHOWN) == 3
    masked.write(Ledger())
    masked.release_claim()
    assert lock.ledger == Ledger()
    assert lock.released


def test_nothing_is_printed_and_only_the_lock_logs() -> None:
    """A print, a stream or a logger would be another way out."""
    printing, streams, logging = set[str](), set[str](), set[str]()
    for name, tree in modules():
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id="print" | "breakpoint")):
                    printing.add(name)
                case ast.Attribute(value=ast.Name(id="sys"), attr="stderr" | "__stderr__" | "__stdout__"):
                    streams.add(name)
                case ast.Import(names=[ast.alias(name="logging"), *_]):
                    logging.add(name)
                case ast.Attribute(value=ast.Name(id="warnings"), attr="warn" | "warn_explicit"):
                    logging.add(name)
    assert (printing, logging) == (set(), _LOGGING)
    assert streams == {"cli/acting.py", "cli/running.py", "pulumi_adapter/stderr.py"}


def test_only_the_resources_row_speaks_to_the_engine() -> None:
    speaking = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("LogRequest", "EngineStub")
    }
    assert speaking == {"pulumi_adapter/engine_log.py"}
