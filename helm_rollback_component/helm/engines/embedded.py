"""Helm's library as an engine: works where no Helm is installed."""

from __future__ import annotations

import atexit
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.failures.classify import is_absent
from helm_rollback_component.errors import OperationError, Problem, ValidationError
from helm_rollback_component.helm.engines import library_options
from helm_rollback_component.helm.engines.cli_version import parse_version
from helm_rollback_component.helm.engines.engine import Capability, EngineError, Options
from helm_rollback_component.helm.engines.known_faults import known_faults
from helm_rollback_component.helm.engines.process import Patience
from helm_rollback_component.helm.engines.registry_login import registry_config
from helm_rollback_component.helm.engines.rendering import RENDERING
from helm_rollback_component.helm.engines.worker_pool import ALWAYS, WorkerPool
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from helm_rollback_component.config import SourceConfig
    from helm_rollback_component.core.cancellation import Cancellation
    from helm_rollback_component.helm.engines.engine import Deployment, Target
    from helm_rollback_component.helm.engines.wire import Message
    from helm_rollback_component.helm.engines.worker_pool import Library
    from helm_rollback_component.helm.engines.worker_process import WorkerProcess

MODULE = "helm_python"
EXTRA = "helm-rollback-component[embedded]"

_DOWNLOADING = Patience(300.0)


class EmbeddedEngine:
    """Runs Helm's library in worker processes, one for each running request, reused for later ones.

    Not one process for all: a cancelled request goes on inside the library until its process ends.
    """

    def __init__(self, patience: Callable[..., Patience] = Patience.with_timeout) -> None:
        self._patience = patience
        self._workers = WorkerPool()
        atexit.register(self.close)

    @property
    def name(self) -> str:
        """Such as ``embedded 4.2.3``."""
        return f"embedded {self._library().version}"

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the library supports, as it says itself.

        Raises:
            OperationError: it cannot be loaded.
        """
        return self._library().capabilities

    @property
    def faults(self) -> tuple[str, ...]:
        """What is known to be wrong with the library's version; see `capabilities` for what it raises."""
        return known_faults(parse_version(self._library().version))

    def install(self, target: Target, deployment: Deployment, cancellation: Cancellation) -> None:
        """Install and wait until ready; see `HelmEngine`."""
        self._deploy("install", target, deployment, cancellation)

    def upgrade(self, target: Target, deployment: Deployment, cancellation: Cancellation) -> None:
        """Upgrade with reset values and wait until ready; see `HelmEngine`."""
        self._deploy("upgrade", target, deployment, cancellation)

    def render(self, target: Target, deployment: Deployment, *, install: bool = False) -> dict[str, Any]:
        """Return what an upgrade, or an install, would store; see `HelmEngine`."""
        with self._workers.one() as worker:
            asked = self._asked("install" if install else "upgrade", target, deployment)
            told = {"target": _told(target), "deployment": asked, "install": install}
            return worker.call({"verb": "render", **told}, RENDERING)

    def rollback(
        self,
        target: Target,
        revision: int,
        timeout: int,
        *,
        disable_hooks: bool = False,
        force_conflicts: bool = False,
    ) -> None:
        """Restore a revision's content without waiting for readiness; see `HelmEngine`."""
        switches = self._switches(Options(disable_hooks=disable_hooks, force_conflicts=force_conflicts))
        options = {"version": revision, "timeout": timeout, **switches}
        request = {"verb": "rollback", "target": _told(target), "options": options}
        self._work(target, request, self._patience(timeout, interruptible=False))

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
        switches = self._switches(Options(disable_hooks=disable_hooks, wait_strategy=wait_strategy))
        options = {"timeout": timeout, "keep_history": keep_history, **switches}
        request = {"verb": "uninstall", "target": _told(target), "options": options}
        try:
            self._work(target, request, self._patience(timeout), cancellation)
        except EngineError as error:
            if not is_absent(error.output):
                raise

    def test(self, target: Target, timeout: int, cancellation: Cancellation | None = None) -> None:
        """Run the release's test hooks; see `HelmEngine`."""
        request = {"verb": "test", "target": _told(target), "timeout": timeout}
        self._work(target, request, self._patience(timeout), cancellation)

    def pull(self, source: SourceConfig, folder: Path) -> None:
        """Fetch the archive of an ``oci://`` chart; see `ChartTools`."""
        _refuse_what_pull_cannot(source)
        login = (
            registry_config(source.chart, source.username, source.password or "") if source.username else ""
        )
        chart = {
            "reference": source.chart,
            "version": source.version,
            "plain_http": source.plain_http,
            "insecure": source.insecure_skip_tls_verify,
        }
        request = {"verb": "pull", "chart": chart, "folder": os.fspath(folder), "credentials": login}
        self._call(request, _DOWNLOADING)

    def verify(self, archive: Path, keyring: str | None) -> None:
        """Check an archive against the signature beside it; see `ChartTools`."""
        ring = keyring or os.fspath(default_keyring())
        self._call({"verb": "verify", "archive": os.fspath(archive), "keyring": ring}, _DOWNLOADING)

    def build_dependencies(self, chart: Path, *, locked: bool) -> None:
        """Fetch a chart's dependencies into it; see `ChartTools`."""
        request = {"verb": "build_dependencies", "chart": os.fspath(chart), "locked": locked}
        self._call(request, _DOWNLOADING)

    def close(self) -> None:
        """End the idle workers; for the end of the program, or of a test."""
        self._workers.close()

    def _deploy(self, verb: str, target: Target, deployment: Deployment, cancellation: Cancellation) -> None:
        self._refuse_what_it_cannot(deployment.options)
        if cancellation.requested:
            raise EngineError("cancelled before Helm was started")
        with self._workers.one() as worker:
            asked = self._asked(verb, target, deployment)
            request = {"verb": verb, "target": _told(target), "deployment": asked}
            _serve(worker, target, request, self._patience(deployment.timeout), cancellation)

    def _asked(self, verb: str, target: Target, deployment: Deployment) -> Message:
        return {
            "chart": os.fspath(deployment.chart),
            "values": dict(deployment.values),
            "timeout": deployment.timeout,
            "description": deployment.options.description,
            "labels": dict(deployment.options.labels),
            "options": library_options.deploying(verb, self._fitting(deployment.options, target)),
        }

    def _fitting(self, options: Options, target: Target) -> Options:
        """Leave unknown fields to a server that refuses them, as `Dialect.leaves_fields_to_server` says."""
        switch = Capability.DISABLE_OPENAPI_VALIDATION
        in_vain = target.validates_fields and switch in self._workers.library.capabilities
        return replace(options, disable_openapi_validation=options.disable_openapi_validation or in_vain)

    def _switches(self, options: Options) -> Message:
        self._refuse_what_it_cannot(options)
        return library_options.switches(options)

    def _refuse_what_it_cannot(self, options: Options) -> None:
        asked = {Capability(name) for name in Options.__dataclass_fields__ if getattr(options, name)}
        if not asked <= ALWAYS:
            _refuse(sorted(asked - self.capabilities))

    def _library(self) -> Library:
        try:
            return self._workers.acquaint()
        except EngineError as error:
            message = f"the embedded Helm cannot be used: {error.output}"
            raise OperationError(message, reason=Reason.HELM_UNUSABLE) from error

    def _call(self, request: Message, patience: Patience) -> None:
        with self._workers.one() as worker:
            worker.call(request, patience)

    def _work(
        self,
        target: Target,
        request: Message,
        patience: Patience,
        cancellation: Cancellation | None = None,
    ) -> None:
        with self._workers.one() as worker:
            _serve(worker, target, request, patience, cancellation)


def _serve(
    worker: WorkerProcess,
    target: Target,
    request: Message,
    patience: Patience,
    cancellation: Cancellation | None,
) -> None:
    """Have a worker work on a release; those who want to know are told which process it is."""
    target.on_start(worker.pid, 0.0)
    try:
        worker.call(request, patience, cancellation)
    finally:
        if worker.reusable or patience.interruptible:
            target.on_end()


def _told(target: Target) -> Message:
    """Return what a worker has to know of a release."""
    names = ("release", "namespace", "kubeconfig", "context", "validates_fields")
    return {name: getattr(target, name) for name in names}


def default_keyring() -> Path:
    """Return the public keys that Helm uses by default."""
    folder = Path(os.environ.get("GNUPGHOME") or Path.home() / ".gnupg")
    rings = [folder / name for name in ("pubring.gpg", "pubring.kbx")]
    return next((ring for ring in rings if ring.exists()), rings[0])


def _refuse_what_pull_cannot(source: SourceConfig) -> None:
    fields = ("ca_file", "cert_file", "key_file", "verify")
    _refuse([f"source.{name}" for name in fields if getattr(source, name)], " for an oci:// chart")


def _refuse(paths: Sequence[str], circumstance: str = "") -> None:
    message = f"the embedded Helm does not support it{circumstance}; set helm to a Helm program, or remove it"
    if paths:
        raise ValidationError([Problem(path, message) for path in paths], reason=Reason.UNSUPPORTED_BY_ENGINE)
