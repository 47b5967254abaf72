"""What every Helm engine is: a way to run Helm's verbs, each with complete arguments.

An engine does not decide anything: not whether to act, not what to restore, not what a failure means.
It carries a request out, waits as the request says, and either returns or raises `EngineError`.
The resulting state of the release is read from its records afterwards, never from an engine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from helm_rollback_component.config import SourceConfig
    from helm_rollback_component.core.cancellation import Cancellation


class Capability(StrEnum):
    """What an engine may support; named like the input that needs it."""

    DEPENDENCY_UPDATE = "dependency_update"
    DESCRIPTION = "description"
    DISABLE_HOOKS = "disable_hooks"
    DISABLE_OPENAPI_VALIDATION = "disable_openapi_validation"
    FORCE_CONFLICTS = "force_conflicts"
    FORCE_UPDATE = "force_update"
    KEYRING = "keyring"
    LABELS = "labels"
    POST_RENDERER = "post_renderer"
    REPLACE = "replace"
    REPOSITORY_CREDENTIALS = "repository_credentials"
    SKIP_CRDS = "skip_crds"
    TAKE_OWNERSHIP = "take_ownership"
    VERIFY = "verify"
    WAIT_FOR_JOBS = "wait_for_jobs"
    WAIT_STRATEGY = "wait_strategy"


@dataclass(frozen=True)
class Target:
    """Which release, on which cluster.

    Attributes:
        release: Helm's name of it.
        namespace: its namespace.
        kubeconfig: the content of a kubeconfig (YAML); never empty, may contain secrets.
        context: a context of that kubeconfig, or None for its current one.
        validates_fields: whether its API server refuses unknown fields by itself where it is asked to.
        on_start: called with the id of the process that is to work on the release, before it begins to, and
            with the seconds for which it goes on at most should we die. If it raises, nothing is begun.
        on_end: called when that process does nothing more to the release.
    """

    release: str
    namespace: str
    kubeconfig: str = field(repr=False)
    context: str | None = None
    validates_fields: bool = False
    on_start: Callable[[int, float], None] = field(default=lambda *_: None, repr=False, compare=False)
    on_end: Callable[[], None] = field(default=lambda: None, repr=False, compare=False)


@dataclass(frozen=True)
class Options:
    """Helm's own switches, named as `kubernetes.helm.v3.Release` names them. Each asks for a `Capability`.

    Attributes:
        force_conflicts: take over fields that other managers own; only where Helm applies on the server's
            side, else Helm 4 refuses it when the history is already touched.
        replace: install over the history of an uninstalled release.
        wait_strategy: ``watcher`` or ``legacy``, as Helm 4 has them; empty for the engine's default.
    """

    description: str = ""
    disable_hooks: bool = False
    disable_openapi_validation: bool = False
    force_conflicts: bool = False
    force_update: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    post_renderer: tuple[str, ...] = ()
    replace: bool = False
    skip_crds: bool = False
    take_ownership: bool = False
    wait_for_jobs: bool = False
    wait_strategy: str = ""


@dataclass(frozen=True)
class Deployment:
    """What an install or an upgrade is to deploy.

    Attributes:
        chart: a chart's folder or archive on this machine.
        values: the merged values, JSON-like; may contain secrets.
        timeout: how long Helm may wait for readiness and hooks, in seconds.
        options: Helm's switches.
    """

    chart: Path
    values: Mapping[str, Any] = field(repr=False)
    timeout: int
    options: Options = field(default_factory=Options)


class EngineError(Exception):
    """Helm failed.

    Attributes:
        output: Helm's own words (what it wrote to stderr, or its library's message), not redacted.
    """

    def __init__(self, output: str) -> None:
        super().__init__(output)
        self.output = output


class HelmEngine(Protocol):
    """Helm's verbs.

    Every method blocks until Helm is done, may be called from many threads at once, and raises
    `EngineError` when Helm fails. Helm's history limit is always 0 (unlimited): pruning is not an
    engine's work. ``--atomic`` and similar options are never used, and an upgrade always resets values.
    """

    @property
    def name(self) -> str:
        """Such as ``helm 4.3.1`` or ``embedded 4.2.3``; for messages."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What this engine supports."""

    @property
    def faults(self) -> tuple[str, ...]:
        """What is known to be wrong with this version of Helm, one sentence each."""

    def install(self, target: Target, deployment: Deployment, cancellation: Cancellation) -> None:
        """Install and wait until ready; stops early when cancelled. Does not clean up after a failure."""

    def upgrade(self, target: Target, deployment: Deployment, cancellation: Cancellation) -> None:
        """Upgrade with reset values and wait until ready; stops early when cancelled. Does not roll back."""

    def render(self, target: Target, deployment: Deployment, *, install: bool = False) -> dict[str, Any]:
        """Return the release that an upgrade would store, as Helm spells it in JSON; nothing is changed.

        The cluster is asked for what templates look up in it. It has ``manifest``, and ``hooks`` where there
        are some. With `install` it is what an install would store, whether there is a release or not.
        """

    def rollback(
        self,
        target: Target,
        revision: int,
        timeout: int,
        *,
        disable_hooks: bool = False,
        force_conflicts: bool = False,
    ) -> None:
        """Restore a revision's content as a new revision; `timeout` (seconds) bounds its hooks.

        `force_conflicts` as in `Options`.

        Does not wait for readiness and cannot be cancelled: Helm leaves a release ``pending-rollback``
        when it is stopped while it waits in a rollback.
        """

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
        """Uninstall and wait until the objects are gone, `timeout` seconds at most. Missing is success.

        Stops early when cancelled; the next uninstall goes on from there.

        `wait_strategy` as in `Options`.
        """

    def test(self, target: Target, timeout: int, cancellation: Cancellation | None = None) -> None:
        """Run the release's test hooks; a failing one raises. Stops early when cancelled."""


class ChartTools(Protocol):
    """The work on charts that is Helm's own. Every method raises `EngineError` when Helm fails."""

    def pull(self, source: SourceConfig, folder: Path) -> None:
        """Fetch the archive of the ``oci://`` chart of `source` to the empty `folder`; verify it if asked."""

    def verify(self, archive: Path, keyring: str | None) -> None:
        """Check `archive` against the signature in the ``.prov`` file beside it."""

    def build_dependencies(self, chart: Path, *, locked: bool) -> None:
        """Fetch the dependencies of the folder `chart` into it, those of its lock file if `locked`."""


class Engine(HelmEngine, ChartTools, Protocol):
    """A whole Helm."""
