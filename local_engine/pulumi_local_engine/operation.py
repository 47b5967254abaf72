"""What can be done to a stack: update, refresh, destroy. Each is one run, and leaves no process."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Final

from pulumi_local_engine import dynamic
from pulumi_local_engine.monitor import Monitor
from pulumi_local_engine.process import ChildProcess, start_program
from pulumi_local_engine.provider import ProviderError
from pulumi_local_engine.refreshing import read_all
from pulumi_local_engine.registration import Registrar
from pulumi_local_engine.run import Run, Setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pulumi_local_engine.events import Events
    from pulumi_local_engine.resource import Resource
    from pulumi_local_engine.steps import Step
    from pulumi_local_engine.values import Properties

_REPORTED: Final = "exited 32"


def update(setting: Setting, events: Events) -> None:
    """Run the program and bring the stack to what it declares."""
    _warn_of_pending(setting, events)
    run = Run(setting, events)
    registrar = Registrar(run.planner, run.executor, run.snapshot, events, _package_config(setting))
    monitor = Monitor(setting.info, registrar, lambda: run.signals.put("declared"))
    run.server.add_monitor(monitor)
    with run.serving():
        program = start_program(run.launcher, setting.project, setting.info, run.server.address)
        try:
            _converge(run, registrar, program)
            if not run.failed:
                monitor.close()
                program.wait()
        finally:
            program.stop(signal.SIGTERM)
            monitor.close()  # after a failure not before, or the program would complain of its absence
    run.conclude()


def destroy(setting: Setting, events: Events) -> None:
    """Delete everything that the stack has, without its program."""
    _warn_of_pending(setting, events)
    run = Run(setting, events)
    with run.serving():
        _delete(run, run.planner.deletions())
    run.conclude()


def refresh(setting: Setting, events: Events) -> None:
    """Read every resource and make the state say what is there."""
    run = Run(setting, events)
    with run.serving():
        if _ready(run, setting.base.resources):
            found = read_all(run)
            if not setting.info.preview:
                setting.save(found)
    run.conclude()


def _converge(run: Run, registrar: Registrar, program: ChildProcess) -> None:
    """Do what the program declares, delete what it no longer does, and settle the stack's outputs."""
    program.on_exit(lambda code: run.signals.put(f"exited {code}"))
    _await_program(run)
    if not run.failed or (run.setting.continue_on_error and not run.executor.stopping):
        run.planner.report_unknown_targets()
        _delete(run, run.planner.deletions())
    registrar.settle_stack(failed=run.failed)


def _await_program(run: Run) -> None:
    """Wait until the program has declared all or ended, or a step failed; then for what is in flight."""
    outcome = run.await_signal()
    if outcome.startswith("exited") and outcome != "exited 0":
        message = f"Program exited with non-zero exit code: {outcome.split()[1]}"
        if outcome != _REPORTED:
            run.events.error("", message)
        run.executor.stop(message)
    run.executor.wait_until_idle()


def _delete(run: Run, groups: Sequence[Sequence[Step]]) -> None:
    if _ready(run, [step.resource for group in groups for step in group]):
        run.delete(groups)


def _ready(run: Run, resources: Iterable[Resource]) -> bool:
    """Make ready the providers of `resources`; whether that was possible."""
    try:
        run.registry.ensure_for(run.setting.base.resources, resources)
    except ProviderError as error:
        run.events.error("", str(error))
        run.executor.stop(str(error))
        return False
    return True


def _package_config(setting: Setting) -> dict[str, Properties]:
    """Return the inputs of default providers: the dynamic one gets all configuration, others their part."""
    found: dict[str, Properties] = {}
    for key, value in setting.config.items():
        package, _, name = key.partition(":")
        found.setdefault(package, {})[name] = value
    return {**found, dynamic.PACKAGE: setting.config}


def _warn_of_pending(setting: Setting, events: Events) -> None:
    pending = setting.base.pending
    if pending and not setting.info.preview:
        listed = "".join(f"  * {entry.resource.urn}, interrupted while {entry.kind}\n" for entry in pending)
        events.warning(
            "",
            "Attempting to deploy or update resources "
            f"with {len(pending)} pending operations from previous deployment.\n{listed}"
            "These resources are in an unknown state because the engine was interrupted while waiting for "
            "changes to these resources to complete.",
        )
