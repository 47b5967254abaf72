"""`LocalEngine`: one stack of one project, driven as the Automation API's `Stack` is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pulumi import automation

from pulumi_local_engine.crypt import load_cipher
from pulumi_local_engine.process import RunInfo
from pulumi_local_engine.project import Configuration, read_project
from pulumi_local_engine.run import Setting
from pulumi_local_engine.session import (
    DESTROY,
    PREVIEW,
    REFRESH,
    UPDATE,
    Ended,
    Kind,
    OnOutput,
    Options,
    Session,
)
from pulumi_local_engine.store import Store, dump_state, freeze, stack_folder
from pulumi_local_engine.urns import ROOT_TYPE, Names
from pulumi_local_engine.values import Secret, unwrap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pulumi_local_engine.events import Listener

ORGANIZATION: Final = "organization"
MOST_PARALLEL: Final = 128


@dataclass(frozen=True, slots=True)
class Workspace:
    """The part of the Automation API's workspace that is about stacks."""

    work_dir: str
    state_dir: Path

    def remove_stack(self, stack_name: str) -> None:
        """Remove a stack: its state, configuration and key. What it deployed stays."""
        LocalEngine(stack_name, self.work_dir, state_dir=self.state_dir).remove()


class LocalEngine:
    """A stack that runs without the Pulumi CLI. The package's documentation says what it leaves out."""

    def __init__(
        self,
        stack_name: str,
        work_dir: str | Path,
        *,
        state_dir: str | Path | None = None,
        env_vars: Mapping[str, str] | None = None,
    ) -> None:
        """Use the project in `work_dir`; by default its state goes to the folder `.local-engine` in there."""
        self.name = stack_name
        self._project = read_project(Path(work_dir))
        self._environment = {**os.environ, **(env_vars or {})}
        states = Path(state_dir or self._project.root / ".local-engine")
        self.workspace = Workspace(str(work_dir), states)
        folder = stack_folder(states, self._project.name, stack_name)
        self._store = Store(folder, load_cipher(folder, self._environment))
        self._configuration = Configuration(self._project, stack_name, self._store)

    @classmethod
    def create_or_select_stack(
        cls,
        stack_name: str,
        work_dir: str | Path,
        *,
        state_dir: str | Path | None = None,
        env_vars: Mapping[str, str] | None = None,
    ) -> LocalEngine:
        """Return the stack, new or not, as `pulumi.automation.create_or_select_stack` does."""
        return cls(stack_name, work_dir, state_dir=state_dir, env_vars=env_vars)

    def preview(  # noqa: PLR0913  # the Automation API's
        self,
        *,
        parallel: int | None = None,
        replace: Sequence[str] = (),
        target: Sequence[str] = (),
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
        on_event: Listener | None = None,
    ) -> automation.PreviewResult:
        """Tell what `up` would do. Nothing is created, updated, deleted or recorded.

        Args:
            parallel: how many steps run at once; by default four for each processor.
            replace: URNs of resources to replace in any case.
            target: URNs of the only resources to change; empty for all.
            on_output: called with each line of the display.
            on_error: called with the reason of a failure.
            on_event: called with each event of the engine.

        Raises:
            pulumi.automation.CommandError: the preview failed.
        """
        options = Options(parallel, on_output, on_error, on_event, replace, target)
        ended = self._perform(PREVIEW, options)
        return automation.PreviewResult(ended.stdout, ended.stderr, ended.changes)

    def up(  # noqa: PLR0913  # the same
        self,
        *,
        parallel: int | None = None,
        replace: Sequence[str] = (),
        target: Sequence[str] = (),
        refresh: bool = False,
        continue_on_error: bool = False,
        suppress_outputs: bool = False,
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
        on_event: Listener | None = None,
    ) -> automation.UpResult:
        """Run the program and bring the stack to what it declares.

        Args:
            parallel: how many steps run at once; by default four for each processor.
            replace: URNs of resources to replace in any case.
            target: URNs of the only resources to change; empty for all.
            refresh: whether to read every resource first.
            continue_on_error: whether what does not depend on a failed resource goes on.
            suppress_outputs: whether the display leaves out the stack's outputs.
            on_output: called with each line of the display.
            on_error: called with the reason of a failure.
            on_event: called with each event of the engine.

        Raises:
            pulumi.automation.CommandError: the update failed; what it has done is in the state.
        """
        options = Options(
            parallel,
            on_output,
            on_error,
            on_event,
            replace,
            target,
            continue_on_error=continue_on_error,
            suppress_outputs=suppress_outputs,
        )
        if refresh:
            self._perform(REFRESH, options)
        ended = self._perform(UPDATE, options)
        return automation.UpResult(ended.stdout, ended.stderr, ended.summary, self.outputs())

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
        clear = clear_pending_creates
        options = Options(parallel, on_output, on_error, on_event, clear_pending_creates=clear)
        ended = self._perform(REFRESH, options)
        return automation.RefreshResult(ended.stdout, ended.stderr, ended.summary)

    def destroy(
        self,
        *,
        parallel: int | None = None,
        remove: bool = False,
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
        on_event: Listener | None = None,
    ) -> automation.DestroyResult:
        """Delete everything that the stack has; with `remove`, the stack too."""
        ended = self._perform(DESTROY, Options(parallel, on_output, on_error, on_event))
        if remove:
            self.remove()
        return automation.DestroyResult(ended.stdout, ended.stderr, ended.summary)

    def outputs(self) -> dict[str, automation.OutputValue]:
        """Return the stack's outputs after the last update, secrets in the clear but marked."""
        resources = self._store.read_state().resources
        found = next((resource.outputs for resource in resources if resource.type == ROOT_TYPE), {})
        return {
            key: automation.OutputValue(freeze(unwrap(value), None), isinstance(value, Secret))
            for key, value in found.items()
        }

    def export_stack(self) -> automation.Deployment:
        """Return the state, its secrets marked but in the clear, as the Automation API does."""
        return automation.Deployment(version=3, deployment=dump_state(self._store.read_state()))

    def get_config(self, key: str) -> automation.ConfigValue:
        """Return one configuration value."""
        return self._configuration.get(key)

    def get_all_config(self) -> dict[str, automation.ConfigValue]:
        """Return the configuration: that of `Pulumi.<stack>.yaml`, and above it what was set here."""
        return self._configuration.get_all()

    def set_config(self, key: str, value: automation.ConfigValue) -> None:
        """Set one configuration value; a secret is stored encrypted."""
        self._configuration.set_all({key: value})

    def set_all_config(self, config: Mapping[str, automation.ConfigValue]) -> None:
        """Set some configuration values."""
        self._configuration.set_all(config)

    def remove_config(self, key: str) -> None:
        """Remove a configuration value that was set on this engine."""
        self._configuration.remove(key)

    def cancel(self) -> None:
        """Do nothing: the lock of a stack ends with the process that holds it."""

    def remove(self) -> None:
        """Remove the stack: its state, configuration and key. What it deployed stays."""
        self._store.remove()

    def _perform(self, kind: Kind, options: Options) -> Ended:
        root_urn = Names(self.name, self._project.name).root()
        secrets = self._configuration.secrets()
        return Session(self.name, root_urn, self._store, self._setting, secrets).perform(kind, options)

    def _setting(self, kind: Kind, options: Options) -> Setting:
        parallel = min(options.parallel or 4 * (os.cpu_count() or 1), MOST_PARALLEL)
        return Setting(
            project=self._project,
            info=RunInfo(self._project.name, self.name, ORGANIZATION, kind.preview, parallel),
            config=self._configuration.values(),
            environment=self._environment,
            base=self._store.read_state(),
            save=self._store.write_state,
            replace=options.replace,
            target=options.target,
            continue_on_error=options.continue_on_error,
            forget_pending=options.clear_pending_creates,
        )
