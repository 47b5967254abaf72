"""Helm's command line, versions 3 and 4, as an engine."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.failures.classify import is_absent
from helm_rollback_component.helm.charts.chart_files import read_metadata
from helm_rollback_component.helm.engines import arguments
from helm_rollback_component.helm.engines.arguments import DIALECTS, CommandLine
from helm_rollback_component.helm.engines.cli_version import helm_version, spell
from helm_rollback_component.helm.engines.crash import LARGEST_DOWNLOAD
from helm_rollback_component.helm.engines.engine import EngineError
from helm_rollback_component.helm.engines.environment import helm_environment
from helm_rollback_component.helm.engines.known_faults import known_faults
from helm_rollback_component.helm.engines.memory_files import readable_path
from helm_rollback_component.helm.engines.process import Command, Patience, run
from helm_rollback_component.helm.engines.registry_login import registry_config
from helm_rollback_component.helm.engines.rendering import LONGEST_RENDERED, RENDERING, rendered
from helm_rollback_component.helm.engines.repository_config import repository_config
from helm_rollback_component.helm.engines.values_text import values_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from helm_rollback_component.config import SourceConfig
    from helm_rollback_component.core.cancellation import Cancellation
    from helm_rollback_component.helm.engines.engine import Capability, Deployment, Target

_DOWNLOADING = Patience(300.0)


class CliEngine:
    """Runs a Helm program. It gets secrets only through files without a name."""

    def __init__(self, program: Path) -> None:
        """Take the Helm at `program`, an absolute path.

        Raises:
            OperationError: it is not a Helm, or its version is too old or too new.
        """
        self._program = program
        self._version = helm_version(program)
        self._dialect = DIALECTS[self._version[0]]

    @property
    def name(self) -> str:
        """Such as ``helm 4.3.1``."""
        return f"helm {spell(self._version)}"

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What this version supports."""
        return self._dialect.honours(self._version)

    @property
    def faults(self) -> tuple[str, ...]:
        """What is known to be wrong with this version."""
        return known_faults(self._version)

    def install(self, target: Target, deployment: Deployment, cancellation: Cancellation) -> None:
        """Install and wait until ready; see `HelmEngine`."""
        self._on_cluster(
            target,
            lambda line: line.install(deployment),
            Patience.with_timeout(deployment.timeout),
            values_text(deployment.values),
            cancellation,
        )

    def upgrade(self, target: Target, deployment: Deployment, cancellation: Cancellation) -> None:
        """Upgrade with reset values and wait until ready; see `HelmEngine`."""
        self._on_cluster(
            target,
            lambda line: line.upgrade(deployment),
            Patience.with_timeout(deployment.timeout),
            values_text(deployment.values),
            cancellation,
        )

    def render(self, target: Target, deployment: Deployment, *, install: bool = False) -> dict[str, Any]:
        """Return what an upgrade, or an install, would store; see `HelmEngine`."""
        said = self._on_cluster(
            target,
            lambda line: line.render(deployment, install=install),
            RENDERING,
            values_text(deployment.values),
            longest=LONGEST_RENDERED,
        )
        return rendered(said)

    def rollback(
        self,
        target: Target,
        revision: int,
        timeout: int,
        *,
        disable_hooks: bool = False,
        force_conflicts: bool = False,
    ) -> None:
        """Restore a revision's content without waiting for readiness; see `HelmEngine`.

        The process is never signalled: one that runs far longer than its timeout is left running.
        """
        self._on_cluster(
            target,
            lambda line: line.rollback(
                revision, timeout, disable_hooks=disable_hooks, force_conflicts=force_conflicts
            ),
            Patience.with_timeout(timeout, interruptible=False),
        )

    def uninstall(  # noqa: PLR0913  # each is one thing for the caller to decide
        self,
        target: Target,
        timeout: int,
        *,
        cancellation: Cancellation | None = None,
        keep_history: bool = False,
        disable_hooks: bool = False,
        wait_strategy: str = "",
    ) -> None:
        """Uninstall and wait until the objects are gone; see `HelmEngine`."""
        try:
            self._on_cluster(
                target,
                lambda line: line.uninstall(
                    timeout,
                    keep_history=keep_history,
                    disable_hooks=disable_hooks,
                    wait_strategy=wait_strategy,
                ),
                Patience.with_timeout(timeout),
                cancellation=cancellation,
            )
        except EngineError as error:
            if not is_absent(error.output):
                raise

    def test(self, target: Target, timeout: int, cancellation: Cancellation | None = None) -> None:
        """Run the release's test hooks; see `HelmEngine`."""
        self._on_cluster(
            target,
            lambda line: line.test(timeout),
            Patience.with_timeout(timeout),
            cancellation=cancellation,
        )

    def pull(self, source: SourceConfig, folder: Path) -> None:
        """Fetch the archive of an ``oci://`` chart; see `ChartTools`."""
        if not source.username:
            self._run(arguments.pull(source, folder))
            return
        login = registry_config(source.chart, source.username, source.password or "")
        with readable_path(login) as (path, descriptors):
            self._run(arguments.pull(source, folder), {"HELM_REGISTRY_CONFIG": path}, descriptors)

    def verify(self, archive: Path, keyring: str | None) -> None:
        """Check an archive against the signature beside it; see `ChartTools`."""
        self._run(arguments.verify(archive, keyring))

    def build_dependencies(self, chart: Path, *, locked: bool) -> None:
        """Fetch a chart's dependencies into it; see `ChartTools`."""
        wanted = read_metadata(chart).dependencies
        with (
            readable_path(repository_config(wanted, self._own_repositories())) as (path, descriptors),
            TemporaryDirectory(prefix="helm-rollback-") as cache,
        ):
            environment = {"HELM_REPOSITORY_CONFIG": path, "HELM_REPOSITORY_CACHE": cache}
            self._run(arguments.build_dependencies(chart, locked=locked), environment, descriptors)

    def _own_repositories(self) -> str:
        path = Path(self._run(["env", "HELM_REPOSITORY_CONFIG"]).strip())
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    def _on_cluster(
        self,
        target: Target,
        spell_out: Callable[[CommandLine], list[str]],
        patience: Patience,
        stdin: str = "",
        cancellation: Cancellation | None = None,
        **bounds: int,
    ) -> str:
        with readable_path(target.kubeconfig) as (kubeconfig, descriptors):
            line = spell_out(CommandLine(self._dialect, target, kubeconfig))
            command = Command(
                (str(self._program), *line),
                helm_environment(os.environ),
                patience,
                stdin.encode(),
                descriptors,
                target.on_start,
                target.on_end,
                **bounds,
            )
            return run(command, cancellation)

    def _run(
        self,
        line: list[str],
        environment: Mapping[str, str] | None = None,
        descriptors: tuple[int, ...] = (),
    ) -> str:
        whole = helm_environment(os.environ, environment)
        command = Command(
            (str(self._program), *line),
            whole,
            _DOWNLOADING,
            descriptors=descriptors,
            memory=LARGEST_DOWNLOAD,
        )
        return run(command)
