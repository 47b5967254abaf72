"""One run: its parts, put together, and what every operation does with them."""

from __future__ import annotations

import functools
import queue
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi_local_engine import dynamic, graph, kubernetes, plugin, urns
from pulumi_local_engine.engine_service import EngineService, Server
from pulumi_local_engine.executor import (
    Executor,
    StepFailedError,
    StoppedError,
)
from pulumi_local_engine.planner import Planner
from pulumi_local_engine.process import Launcher, RunInfo
from pulumi_local_engine.registration import FUNCTIONS
from pulumi_local_engine.registry import Factory, Registry
from pulumi_local_engine.snapshot import Snapshot
from pulumi_local_engine.step_application import ProtectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pulumi_local_engine.events import Events
    from pulumi_local_engine.hosted import HostedProvider
    from pulumi_local_engine.project import Project
    from pulumi_local_engine.resource import Resource, State
    from pulumi_local_engine.steps import Step
    from pulumi_local_engine.values import Properties


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
    target: Sequence[str] = ()
    continue_on_error: bool = False
    forget_pending: bool = False


class Run:
    """The parts that every operation uses, put together for one run."""

    def __init__(self, setting: Setting, events: Events) -> None:
        """Put the parts together; nothing starts yet."""
        self.setting = setting
        self.events = events
        self.interrupted = False
        preview, parallel = setting.info.preview, setting.info.parallel
        self.server = Server(EngineService(events), parallel)
        environment = {**setting.environment, "PULUMI_PROJECT": setting.project.name}
        self.launcher = Launcher(
            setting.project.main, environment, setting.config, self.server.address, self._on_line
        )
        self.registry = Registry(
            {
                dynamic.PACKAGE: self._dynamic,
                kubernetes.PACKAGE: self._kubernetes,
                FUNCTIONS: lambda *_: Registry({}),  # it has no resources
            },
            self._plugin,
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
            continue_on_error=setting.continue_on_error,
        )
        names = urns.Names(setting.info.stack, setting.project.name)
        self.planner = Planner(
            names,
            setting.base.resources,
            self.registry,
            events,
            preview=preview,
            replace=setting.replace,
            target=setting.target,
        )

    def _dynamic(self, config: Properties, _id: str) -> HostedProvider:
        return dynamic.provider(self.launcher, config)

    def _kubernetes(self, config: Properties, _id: str) -> kubernetes.KubernetesProvider:
        return kubernetes.KubernetesProvider(config, self.setting.environment)

    def _plugin(self, package: str) -> Factory | None:
        path = self.setting.environment.get("PATH", "")
        found = plugin.find(package, self.setting.project.plugins, path)
        if found is None:
            return None
        start = functools.partial(self.launcher.start_plugin, package, found)
        return functools.partial(plugin.PluginProvider, start)

    def _on_line(self, line: str) -> None:
        if line.strip():
            self.events.diagnostic("info", "", line)

    @property
    def failed(self) -> bool:
        """Whether anything has gone wrong."""
        return bool(self.executor.failures) or self.planner.errored

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve program and providers, and end what was started, however the run ends."""
        with self.server.running():
            try:
                yield
            except BaseException:
                self.snapshot.freeze()  # what is in flight now stays recorded as pending
                self.executor.stop("canceled")
                raise
            finally:
                self.registry.close()

    def conclude(self) -> None:
        """Raise if the run did not go well."""
        if self.interrupted:
            raise KeyboardInterrupt
        self.events.conclude()
        if self.failed:
            raise RunFailedError(*self.executor.failures)

    def await_signal(self) -> str:
        """Wait until something has to be done; a first Ctrl-C lets the steps in flight end."""
        try:
            return self.signals.get()
        except KeyboardInterrupt:
            self._interrupt()
            return "stopped"

    @contextmanager
    def workers(self) -> Iterator[ThreadPoolExecutor]:
        """Lend threads. Whoever leaves early does not wait for them: they end when their providers do."""
        pool = ThreadPoolExecutor(self.setting.info.parallel)
        try:
            yield pool
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def delete(self, groups: Iterable[Sequence[Step]]) -> None:
        """Delete group after group. What a protected or failed resource depends on stays with it."""
        kept = self._needed_by(self.executor.undone)
        with self.workers() as pool:
            for group in groups:
                wanted = [step for step in group if id(step.resource) not in kept]
                kept |= self._needed_by(self._delete_group(pool, wanted))
                if self.executor.stopping:
                    return

    def _needed_by(self, resources: Iterable[Resource]) -> set[int]:
        olds = self.setting.base.resources
        return {needed for resource in resources for needed in graph.requirements(olds, resource)}

    def _delete_group(self, pool: ThreadPoolExecutor, group: Sequence[Step]) -> list[Resource]:
        """Delete the resources of a group at once; return those that are still there."""
        results = [pool.submit(self._delete, step) for step in group]
        try:
            wait(results)
        except KeyboardInterrupt:
            self._interrupt()
        return [spared for spared in (result.result() for result in results) if spared]

    def _delete(self, step: Step) -> Resource | None:
        try:
            self.executor.run([step])
        except (ProtectedError, StepFailedError):
            return step.resource
        except StoppedError:
            return None
        return None

    def _interrupt(self) -> None:
        self.interrupted = True
        self.executor.stop("canceled")
        self.registry.cancel()
        self.events.diagnostic(
            "info", "", "canceling: waiting for the operations in flight; once more to abandon them"
        )
