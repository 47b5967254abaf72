"""`helm-rollback unlock`: who has the lock, and what becomes of it."""

import json
import os

import pytest

from helm_rollback_component.kube.claims import lock_holder
from helm_rollback_component.operations import HelmOperations
from helm_rollback_component.results import LockStatus
from tests.support.command_line import CommandLine

ALIVE = lock_holder.identified(os.getpid())
DEAD = " ".join([*ALIVE.split()[:2], "999999999", "1"])
SPEC = {
    "holderIdentity": "ci-7/4711/x",
    "leaseDurationSeconds": 20,
    "acquireTime": "then",
    "renewTime": "now",
}


@pytest.fixture
def web(command_line: CommandLine) -> CommandLine:
    """A release that is managed."""
    command_line.store("web", "deployed")
    command_line.claim("web", "g")
    return command_line


def lock(web: CommandLine, process: str) -> None:
    """Have a process hold the lock."""
    web.edit_spec("web", SPEC)
    web.edit_lease("web", **{"helm-rollback/process": process})


def test_a_free_release_needs_nothing(web: CommandLine) -> None:
    ended = web.run("unlock", "web")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "web is not locked, and no operation is pending; nothing to do.\n"


def test_a_program_reads_of_a_free_release_that_nobody_has_it(web: CommandLine) -> None:
    found = json.loads(web.run("unlock", "web", "-o", "json").out)
    assert {*found} == {"holder", "owner", "since", "renewed", "alive", "helm", "revision", "status", "began"}
    assert [key for key, value in found.items() if value is not None] == ["owner"]


def test_the_lock_of_a_process_that_has_ended_is_freed(web: CommandLine) -> None:
    lock(web, DEAD)
    ended = web.run("unlock", "web")
    assert (ended.code, ended.out) == (
        0,
        "web is free. Nothing was deployed; the next update goes on from here.\n",
    )
    assert "Locked by:   process 4711 on ci-7, which has ended" in ended.err
    assert "Since:       then" in ended.err
    assert "Owner:       stack acme/shop/prod" in ended.err
    assert "the lock of process 4711 on ci-7 (since then) is free" in ended.err


def test_that_of_one_that_runs_is_not_unless_by_force(web: CommandLine) -> None:
    lock(web, ALIVE)
    ended = web.run("unlock", "web")
    assert (ended.code, ended.out) == (1, "")
    assert "Locked by:   process 4711 on ci-7, which runs" in ended.err
    assert "which still runs (wait for it, or end it; or add --force, and it stops" in ended.err
    assert web.run("unlock", "web", "--force").code == 0


def test_a_pending_revision_is_told_and_marked(web: CommandLine) -> None:
    web.store("shop", "pending-install")
    ended = web.run("unlock", "shop", "--force", "-o", "json")
    assert ended.code == 0
    assert "Pending:   revision 1 (pending-install), since" in ended.err
    assert "revision 1 was pending-install, and is marked failed" in ended.err
    assert json.loads(ended.out)["revision"] == 1


def test_a_release_that_is_not_there_is_told(web: CommandLine) -> None:
    ended = web.run("unlock", "wbe")
    assert (ended.code, ended.out) == (1, "")
    assert "there is no release of that name" in ended.err


def test_one_that_is_interrupted_ends_as_such(web: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def unlock(operations: HelmOperations, *, force: bool) -> LockStatus:
        operations._session._interrupt.request()  # noqa: SLF001  # as a signal does
        return LockStatus(holder=str(force))

    lock(web, DEAD)
    monkeypatch.setattr(HelmOperations, "unlock", unlock)
    assert web.run("unlock", "web").code == 130
