"""Signals: what is saved, what stays pending, and that no process is left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.engine import operate
from tests.engine.laboratory import Laboratory

SLOW = """
    Thing("quick", text="x")
    slow = Thing("slow", text="x", hold="create")
    Thing("late", text=slow.text)
"""


@contextmanager
def _running(
    lab: Laboratory, program: str, *, operation: str = "up", until: str = "create"
) -> Iterator[subprocess.Popen[str]]:
    """Run an operation in a process of its own until the held call is in flight, and nothing else is."""
    lab.program(program)
    command = [sys.executable, operate.__file__, operation, str(lab.work_dir), str(lab.state)]
    environment = {**os.environ, **lab.environment}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            _until(lambda: f'"call": "{until}", "name": "slow"' in lab.log.read_text())
            _until(lambda: not program or "quick" in lab.resources())
            yield process
        finally:
            process.kill()


def _until(holds: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def _interrupt(process: subprocess.Popen[str]) -> None:
    """Interrupt the process and return when it has taken note of that."""
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    assert any("canceling" in line for line in process.stdout)


def _release(lab: Laboratory) -> None:
    (lab.world / "released").touch()


def _provider(lab: Laboratory) -> int:
    return int(next(note["pid"] for note in lab.notes() if note["call"] == "configure"))


def _alive(pid: int) -> bool:
    """Tell whether the process runs; one that nobody has waited for does not."""
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    return [int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()]


def _pending(lab: Laboratory) -> list[tuple[str, str]]:
    deployment = lab.stack().export_stack().deployment
    entries = deployment.get("pending_operations", [])
    return [(entry["resource"]["urn"].rsplit("::", 1)[-1], entry["type"]) for entry in entries]


def test_first_interrupt_waits_and_saves(local: Laboratory) -> None:
    with _running(local, SLOW) as process:
        children = _children(process.pid)
        _interrupt(process)
        _release(local)
        process.communicate()
    assert process.returncode == operate.INTERRUPTED
    assert set(local.resources()) == {"lab-dev", "quick", "slow"}
    assert _pending(local) == []
    assert not any(_alive(child) for child in [*children, _provider(local)])


def test_second_interrupt_abandons_and_leaves_a_pending_operation(local: Laboratory) -> None:
    with _running(local, SLOW) as process:
        children = _children(process.pid)
        _interrupt(process)
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == operate.INTERRUPTED
    assert _pending(local) == [("slow", "creating")]
    assert not any(_alive(child) for child in [*children, _provider(local)])


def test_kill_leaves_a_pending_operation_and_the_next_update_goes_on(local: Laboratory) -> None:
    with _running(local, SLOW) as process:
        children = _children(process.pid)
        process.kill()
        process.wait()
    provider = _provider(local)
    assert _alive(provider), (
        "the real engine does not end its providers when it is killed, so neither does this one"
    )
    os.kill(provider, signal.SIGKILL)
    _until(lambda: not any(_alive(child) for child in children))
    assert _pending(local) == [("slow", "creating")]
    _release(local)
    result = local.up(SLOW)
    assert "slow, interrupted while creating" in result.stdout
    assert "create slow" in local.calls()
    assert {"quick", "slow", "late"} <= set(local.resources())
    assert _pending(local) == [("slow", "creating")], "a pending creation stays until a person has looked"
    local.stack().refresh(clear_pending_creates=True)
    assert _pending(local) == []


def test_an_exception_in_a_listener_does_not_disturb_the_run(local: Laboratory) -> None:
    local.program('Thing("a", text="x")')

    def listen(event: object) -> None:
        raise LookupError(event)

    with pytest.raises(LookupError):
        local.stack().up(on_event=listen)
    assert "a" in local.resources()
    assert not _alive(_provider(local))


@pytest.mark.sweep
def test_second_interrupt_of_a_destruction_abandons_it_too(local: Laboratory) -> None:
    local.up('Thing("slow", text="x", hold="delete")')
    local.notes()
    with _running(local, "", operation="destroy", until="delete") as process:
        _interrupt(process)
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == operate.INTERRUPTED
    assert _pending(local) == [("slow", "deleting")]
    assert not _alive(_provider(local))
    assert "slow" in local.resources()


def test_a_provider_that_dies_is_an_error(local: Laboratory) -> None:
    source = local.work_dir / "stacks" / "things.py"
    source.write_text(source.read_text().replace('        _trouble("create", props)', "        os._exit(1)"))
    local.fail('Thing("a", text="x")')
    assert _pending(local) == []
