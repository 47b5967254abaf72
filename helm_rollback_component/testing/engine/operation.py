"""The three things that can be done to a stack: update, refresh, destroy. Each is one run, and leaves no process."""

import queue
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from helm_rollback_component.testing.engine import dynamic, graph, kubernetes, urns
from helm_rollback_component.testing.engine.engine_service import EngineService
from helm_rollback_component.testing.engine.events import Events
from helm_rollback_component.testing.engine.executor import Executor, ProtectedError, StepFailedError, StoppedError
from helm_rollback_component.testing.engine.monitor import Monitor
from helm_rollback_component.testing.engine.planner import Planner, ensure_providers
from helm_rollback_component.testing.engine.process import ChildProcess, Launcher
from helm_rollback_component.testing.engine.program import RunInfo, config_environment, start_program
from helm_rollback_component.testing.engine.project import Project
from helm_rollback_component.testing.engine.provider import ProviderError
from helm_rollback_component.testing.engine.registration import Registrar
from helm_rollback_component.testing.engine.registry import Registry
from helm_rollback_component.testing.engine.resource import Resource, State
from helm_rollback_component.testing.engine.server import Server
from helm_rollback_component.testing.engine.snapshot import Snapshot
from helm_rollback_component.testing.engine.steps import Step
from helm_rollback_component.testing.engine.values import Properties

_CANCELED: Final = "canceled"


class RunFailedError(Exception):
    """A run failed; what went wrong has been reported."""


@dataclass(frozen=True, slots=True)
class Setting:
    """All that a run needs to know."""

    project: Project
    info: RunInfo
    config: Properties
    environment: Mapping[str, str]
    base: State
    save: Callable[[State], None]
    replace: Sequence[str] = ()


class Run:
    """The parts that every operation uses, put together for one run."""

    def __init__(self, setting: Setting, events: Events) -> None:
        """Put the parts together; nothing starts yet."""
        self.setting = setting
        self.events = events
        preview, parallel = setting.info.preview, setting.info.parallel
        self.server = Server(EngineService(events), parallel)
        environment = {
            **setting.environment,
            **config_environment(setting.config),
            "PULUMI_PROJECT": setting.project.name,
        }
        self.launcher = Launcher(setting.project.main, environment, self.server.address, self._on_line)
        self.registry = Registry(
            {dynamic.PACKAGE: self._dynamic, kubernetes.PACKAGE: kubernetes.KubernetesProvider}
        )
        self.snapshot = Snapshot(setting.base, (lambda _: None) if preview else setting.save)
        self.signals: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.executor = Executor(
            self.registry,
            self.snapshot,
            events,
            preview=preview,
            parallel=parallel,
            on_stop=lambda: self.signals.put("stopped"),
        )
        names = urns.Names(setting.info.stack, setting.project.name)
        self.planner = Planner(
            names, setting.base.resources, self.registry, events, preview=preview, replace=setting.replace
        )

    def _dynamic(self, config: Properties) -> dynamic.DynamicProvider:
        return dynamic.DynamicProvider(self.launcher, config)

    def _on_line(self, line: str) -> None:
        if line.strip():
            self.events.diagnostic("info", "", line)

    def delete(self, groups: Iterable[Sequence[Step]]) -> None:
        """Delete group after group. What a protected resource depends on stays with it."""
        kept: set[int] = set()
        with ThreadPoolExecutor(self.setting.info.parallel) as pool:
            for group in groups:
                wanted = [step for step in group if id(step.resource) not in kept]
                for spared in [found for found in pool.map(self._delete, wanted) if found]:
                    kept |= graph.requirements(self.setting.base.resources, spared)
                if self.executor.stopping:
                    return

    def _delete(self, step: Step) -> Resource | None:
        try:
            self.executor.run([step])
        except ProtectedError:
            return step.resource
        except (StepFailedError, StoppedError):
            pass
        return None

    def close(self) -> None:
        """End what the providers started."""
        self.registry.close()


def update(setting: Setting, events: Events) -> None:
    """Run the program and bring the stack to what it declares."""
    _warn_of_pending(setting, events)
    run = Run(setting, events)
    registrar = Registrar(
        run.planner, run.executor, run.snapshot, events, {dynamic.PACKAGE: setting.config, **_package_config(setting)}
    )
    monitor = Monitor(setting.info, registrar, lambda: run.signals.put("declared"))
    run.server.add_monitor(monitor)
    program: ChildProcess | None = None
    with run.server.running():
        try:
            program = start_program(run.launcher, setting.project, setting.info, run.server.address)
            program.on_exit(lambda code: run.signals.put(f"exited {code}"))
            _await_program(run)
            if not run.executor.stopping and not run.planner.errored:
                ensure_providers(run.registry, setting.base.resources, _all(run.planner.deletions()))
                run.delete(run.planner.deletions())
            failed = bool(run.executor.failures) or run.planner.errored
            registrar.settle_stack(failed=failed)
            monitor.close()
            if not failed:
                program.wait()
        finally:
            monitor.close()
            if program is not None:
                program.stop(signal.SIGTERM)
            run.close()
    if failed:
        raise RunFailedError(run.executor.failures[0] if run.executor.failures else "planning failed")


def destroy(setting: Setting, events: Events) -> None:
    """Delete everything that the stack has, without its program."""
    _warn_of_pending(setting, events)
    run = Run(setting, events)
    with run.server.running():
        try:
            groups = run.planner.deletions()
            ensure_providers(run.registry, setting.base.resources, _all(groups))
            run.delete(groups)
        finally:
            run.close()
    if run.executor.failures:
        raise RunFailedError(run.executor.failures[0])


def _all(groups: Iterable[Sequence[Step]]) -> list[Resource]:
    return [step.resource for group in groups for step in group]


def _await_program(run: Run) -> None:
    """Wait until the program has declared everything, has ended, or a step has failed; then for steps in flight."""
    try:
        outcome = run.signals.get()
    except KeyboardInterrupt:
        run.executor.stop(_CANCELED)
        outcome = "stopped"
    if outcome.startswith("exited") and outcome != "exited 0":
        message = f"Program exited with non-zero exit code: {outcome.split()[1]}"
        if outcome != "exited 32":
            run.events.error("", message)
        run.executor.stop(message)
    run.executor.wait_until_idle()


def _package_config(setting: Setting) -> dict[str, Properties]:
    """Return the configuration of each package, its keys without their namespace."""
    found: dict[str, Properties] = {}
    for key, value in setting.config.items():
        package, _, name = key.partition(":")
        if package != setting.project.name:
            found.setdefault(package, {})[name] = value
    return found


def _warn_of_pending(setting: Setting, events: Events) -> None:
    pending = setting.base.pending
    if pending and not setting.info.preview:
        listed = "".join(f"  * {entry.resource.urn}, interrupted while {entry.kind}\n" for entry in pending)
        events.warning(
            "",
            "Attempting to deploy or update resources "
            f"with {len(pending)} pending operations from previous deployment.\n{listed}"
            "These resources are in an unknown state because the engine was interrupted while waiting for changes to "
            "these resources to complete.",
        )


def refresh(setting: Setting, events: Events) -> None:
    """Read every resource and make the state say what is there."""
    raise NotImplementedError
