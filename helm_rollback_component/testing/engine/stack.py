"""`LocalEngine`: one stack of one project, driven as the Automation API's `Stack` is."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pulumi import automation

from helm_rollback_component.testing.engine import operation
from helm_rollback_component.testing.engine.board import Board
from helm_rollback_component.testing.engine.crypt import load_cipher
from helm_rollback_component.testing.engine.display import Display, Rendered
from helm_rollback_component.testing.engine.events import Events, Listener
from helm_rollback_component.testing.engine.program import RunInfo
from helm_rollback_component.testing.engine.project import Project, read_project
from helm_rollback_component.testing.engine.run import RunFailedError, Setting
from helm_rollback_component.testing.engine.store import LockedError, Store, dump_state, load_state
from helm_rollback_component.testing.engine.urns import ROOT_TYPE, Names
from helm_rollback_component.testing.engine.values import Properties, Secret, unwrap

ORGANIZATION: Final = "organization"
MOST_PARALLEL: Final = 128
_FAILED: Final = 255

OnOutput = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """An operation: what it is called, and what does it."""

    word: str
    doing: str
    run: Callable[[Setting, Events], None]

    def title(self, stack: str) -> str:
        """Return the first line of a display."""
        return f"{self.doing} ({stack})"


PREVIEW: Final = Kind("preview", "Previewing update", operation.update)
UPDATE: Final = Kind("update", "Updating", operation.update)
REFRESH: Final = Kind("refresh", "Refreshing", operation.refresh)
DESTROY: Final = Kind("destroy", "Destroying", operation.destroy)


@dataclass(frozen=True, slots=True)
class _Options:
    """What a caller may ask of one operation."""

    parallel: int | None = None
    on_output: OnOutput | None = None
    on_error: OnOutput | None = None
    on_event: Listener | None = None
    replace: Sequence[str] = ()
    suppress_outputs: bool = False
    forget_pending: bool = False


class LocalEngine:
    """A stack that runs without the Pulumi CLI. See the package's documentation for what it leaves out."""

    def __init__(
        self,
        stack_name: str,
        work_dir: str | Path,
        *,
        state_dir: str | Path | None = None,
        env_vars: Mapping[str, str] | None = None,
    ) -> None:
        """Use the project in `work_dir`. State goes to `state_dir`, or to `.local-engine` in the work directory."""
        self.name = stack_name
        self._project: Project = read_project(Path(work_dir))
        self._environment = {**os.environ, **(env_vars or {})}
        folder = Path(state_dir or self._project.root / ".local-engine") / self._project.name / stack_name
        folder.mkdir(parents=True, exist_ok=True)
        self._cipher = load_cipher(folder, self._environment)
        self._store = Store(folder, self._cipher)

    @classmethod
    def create_or_select_stack(
        cls,
        stack_name: str,
        work_dir: str | Path,
        *,
        state_dir: str | Path | None = None,
        env_vars: Mapping[str, str] | None = None,
    ) -> "LocalEngine":
        """Return the stack, new or not, as `pulumi.automation.create_or_select_stack` does."""
        return cls(stack_name, work_dir, state_dir=state_dir, env_vars=env_vars)

    @property
    def root_urn(self) -> str:
        """The URN of the stack itself."""
        return Names(self.name, self._project.name).root()

    @property
    def state_path(self) -> Path:
        """The state file."""
        return self._store.state_path

    def preview(  # noqa: PLR0913 - the Automation API's names
        self,
        *,
        parallel: int | None = None,
        replace: Sequence[str] = (),
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
        on_event: Listener | None = None,
    ) -> automation.PreviewResult:
        """Tell what `up` would do. Nothing is created, updated, deleted or recorded."""
        options = _Options(parallel, on_output, on_error, on_event, replace)
        rendered, changes = self._run(PREVIEW, options, preview=True)
        return automation.PreviewResult(rendered.stdout, rendered.stderr, changes)

    def up(  # noqa: PLR0913
        self,
        *,
        parallel: int | None = None,
        replace: Sequence[str] = (),
        refresh: bool = False,
        suppress_outputs: bool = False,
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
        on_event: Listener | None = None,
    ) -> automation.UpResult:
        """Run the program and bring the stack to what it declares. `replace` lists URNs to replace in any case."""
        options = _Options(parallel, on_output, on_error, on_event, replace, suppress_outputs)
        if refresh:
            self._run(REFRESH, options)
        start = datetime.now(UTC)
        rendered, changes = self._run(UPDATE, options)
        summary = _summary("update", start, changes)
        return automation.UpResult(rendered.stdout, rendered.stderr, summary, self.outputs())

    def refresh(
        self,
        *,
        parallel: int | None = None,
        clear_pending_creates: bool = False,
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
        on_event: Listener | None = None,
    ) -> automation.RefreshResult:
        """Read every resource and make the state say what is there."""
        start = datetime.now(UTC)
        options = _Options(parallel, on_output, on_error, on_event, forget_pending=clear_pending_creates)
        rendered, changes = self._run(REFRESH, options)
        return automation.RefreshResult(rendered.stdout, rendered.stderr, _summary("refresh", start, changes))

    def destroy(
        self,
        *,
        parallel: int | None = None,
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
        on_event: Listener | None = None,
        remove: bool = False,
    ) -> automation.DestroyResult:
        """Delete everything that the stack has; with `remove`, the stack too."""
        start = datetime.now(UTC)
        options = _Options(parallel, on_output, on_error, on_event)
        rendered, changes = self._run(DESTROY, options)
        if remove:
            self.remove()
        return automation.DestroyResult(rendered.stdout, rendered.stderr, _summary("destroy", start, changes))

    def outputs(self) -> dict[str, automation.OutputValue]:
        """Return the stack's outputs after the last update, secrets in the clear but marked."""
        stack = next((res for res in self._store.read_state().resources if res.type == ROOT_TYPE), None)
        found: Properties = stack.outputs if stack else {}
        return {
            key: automation.OutputValue(unwrap(value), isinstance(value, Secret))
            for key, value in found.items()
        }

    def export_stack(self) -> automation.Deployment:
        """Return the state, its secrets marked but in the clear, as the Automation API does."""
        return automation.Deployment(version=3, deployment=dump_state(self._store.read_state(), None))

    def import_stack(self, state: automation.Deployment) -> None:
        """Replace the state with one that `export_stack` of the same stack gave."""
        with self._store.lock():
            self._store.write_state(load_state(dict(state.deployment or {}), self._cipher.decrypt))

    def get_config(self, key: str) -> automation.ConfigValue:
        """Return one configuration value."""
        return self.get_all_config()[self._project.key(key)]

    def get_all_config(self) -> dict[str, automation.ConfigValue]:
        """Return the configuration: that of `Pulumi.<stack>.yaml`, and above it what was set on this engine."""
        return {
            key: automation.ConfigValue(unwrap(value), isinstance(value, Secret))
            for key, value in self._config().items()
        }

    def set_config(self, key: str, value: automation.ConfigValue) -> None:
        """Set one configuration value; a secret is stored encrypted."""
        self.set_all_config({key: value})

    def set_all_config(self, config: Mapping[str, automation.ConfigValue]) -> None:
        """Set some configuration values."""
        given = {
            self._project.key(key): Secret(value.value) if value.secret else value.value
            for key, value in config.items()
        }
        self._store.write_config({**self._store.read_config(), **given})

    def remove_config(self, key: str) -> None:
        """Remove a configuration value that was set on this engine."""
        kept = self._store.read_config()
        kept.pop(self._project.key(key), None)
        self._store.write_config(kept)

    def cancel(self) -> None:
        """Do nothing: the lock of a stack ends with the process that holds it."""

    def remove(self) -> None:
        """Remove the stack: its state, configuration and key. What it deployed stays."""
        self._store.remove()

    def _config(self) -> Properties:
        return {**self._project.stack_config(self.name), **self._store.read_config()}

    def _run(
        self, kind: Kind, options: _Options, *, preview: bool = False
    ) -> tuple[Rendered, dict[automation.OpType, int]]:
        display = Display(
            kind.title(self.name),
            Board(self.root_urn),
            preview=preview,
            on_line=options.on_output,
            on_error=options.on_error,
        )
        listeners = [display.show, *([options.on_event] if options.on_event else [])]
        events = Events(listeners, preview=preview)
        error = self._attempt(kind, options, events, preview=preview)
        rendered = display.end(error, outputs=not options.suppress_outputs)
        if error:
            result = automation.CommandResult(rendered.stdout, rendered.stderr, _FAILED)
            raise automation.errors.create_command_error(result)
        return rendered, {automation.OpType(op): count for op, count in events.changes.items()}

    def _attempt(self, kind: Kind, options: _Options, events: Events, *, preview: bool) -> str:
        """Do it; return why that failed, or nothing."""
        started = time.monotonic()
        try:
            with self._store.lock():
                kind.run(self._setting(options, preview=preview), events)
        except RunFailedError:
            return f"{kind.word} failed"
        except LockedError as error:
            return str(error)
        finally:
            events.summary(time.monotonic() - started)
        return ""

    def _setting(self, options: _Options, *, preview: bool) -> Setting:
        parallel = min(options.parallel or 4 * (os.cpu_count() or 1), MOST_PARALLEL)
        return Setting(
            project=self._project,
            info=RunInfo(self._project.name, self.name, ORGANIZATION, preview, parallel),
            config=self._config(),
            environment=self._environment,
            base=self._store.read_state(),
            save=self._store.write_state,
            replace=options.replace,
            forget_pending=options.forget_pending,
        )


def _summary(kind: str, start: datetime, changes: dict[Any, int]) -> automation.UpdateSummary:
    return automation.UpdateSummary(
        kind=kind,
        start_time=start,
        message="",
        environment={},
        config={},
        result="succeeded",
        end_time=datetime.now(UTC),
        resource_changes=changes,
    )
