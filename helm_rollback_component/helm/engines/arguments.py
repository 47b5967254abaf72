"""The arguments of Helm's command line, for each major version. Nothing is run here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.helm.engines.engine import Capability

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from helm_rollback_component.config import SourceConfig
    from helm_rollback_component.helm.engines.engine import Deployment, Options, Target

Version = tuple[int, int, int]

OLDEST: Version = (3, 13, 0)


@dataclass(frozen=True)
class Dialect:
    """The arguments of one major version of Helm.

    Attributes:
        waits: wait until everything is ready, or gone; by `Options.wait_strategy`.
        force: replace objects that cannot be updated in place.
        capabilities: for each, since which version it is supported.
        leaves_fields_to_server: whether it asks the server to refuse unknown fields, and has nothing to add.
            It would read and parse the server's whole schema just to learn that it has not, which takes two
            fifths of an upgrade's time (kubectl's ``ParamVerifyingSchema``).
    """

    waits: Mapping[str, str]
    force: tuple[str, ...]
    capabilities: Mapping[Capability, Version]
    leaves_fields_to_server: bool

    def honours(self, version: Version) -> frozenset[Capability]:
        """Return what `version` of this generation supports."""
        return frozenset(capability for capability, since in self.capabilities.items() if version >= since)


_ALWAYS: Version = (0, 0, 0)
_COMMON = {
    Capability.DEPENDENCY_UPDATE: _ALWAYS,
    Capability.DESCRIPTION: _ALWAYS,
    Capability.DISABLE_HOOKS: _ALWAYS,
    Capability.DISABLE_OPENAPI_VALIDATION: _ALWAYS,
    Capability.FORCE_UPDATE: _ALWAYS,
    Capability.KEYRING: _ALWAYS,
    Capability.LABELS: _ALWAYS,
    Capability.POST_RENDERER: _ALWAYS,
    Capability.REPLACE: _ALWAYS,
    Capability.REPOSITORY_CREDENTIALS: _ALWAYS,
    Capability.SKIP_CRDS: _ALWAYS,
    Capability.VERIFY: _ALWAYS,
    Capability.WAIT_FOR_JOBS: _ALWAYS,
}
DIALECTS: Mapping[int, Dialect] = {
    3: Dialect(
        waits={"": "--wait", "legacy": "--wait"},
        force=("--force",),
        capabilities={**_COMMON, Capability.TAKE_OWNERSHIP: (3, 17, 0)},
        leaves_fields_to_server=False,
    ),
    4: Dialect(
        waits={"": "--wait=watcher", "watcher": "--wait=watcher", "legacy": "--wait=legacy"},
        # Replacing is refused in the middle of a server-side apply, when the history is already touched.
        force=("--force-replace", "--server-side=false"),
        capabilities={
            **_COMMON,
            Capability.FORCE_CONFLICTS: _ALWAYS,
            Capability.TAKE_OWNERSHIP: _ALWAYS,
            Capability.WAIT_STRATEGY: _ALWAYS,
        },
        leaves_fields_to_server=True,
    ),
}
"""One for each major version that is known; the flags of an unknown one cannot be guessed."""


@dataclass(frozen=True)
class CommandLine:
    """The command lines of Helm's verbs for one release.

    Attributes:
        dialect: the arguments of the Helm that is used.
        target: the release.
        kubeconfig: where Helm finds the kubeconfig.
    """

    dialect: Dialect
    target: Target
    kubeconfig: str

    def install(self, deployment: Deployment) -> list[str]:
        """Return the arguments of an install that waits; the values come on standard input."""
        return [
            *("install", self.target.release),
            *self._deploy(deployment),
            *_switch("replace", on=deployment.options.replace),
        ]

    def upgrade(self, deployment: Deployment) -> list[str]:
        """Return the arguments of an upgrade that waits; the values come on standard input."""
        return [
            "upgrade",
            self.target.release,
            *self._deploy(deployment),
            "--reset-values",
            "--history-max=0",
        ]

    def render(self, deployment: Deployment, *, install: bool) -> list[str]:
        """Return the arguments of an upgrade or install that is rendered and not carried out, as JSON."""
        deploying = self.install(deployment) if install else self.upgrade(deployment)
        return [*deploying, "--dry-run=server", "--output=json"]

    def rollback(
        self, revision: int, timeout: int, *, disable_hooks: bool = False, force_conflicts: bool = False
    ) -> list[str]:
        """Return the arguments of a rollback that does not wait for readiness.

        Without ``--wait`` every Helm waits for hooks alone; 4.0 knows no word for that.
        """
        return [
            *("rollback", self.target.release, str(revision)),
            *self._cluster(),
            f"--timeout={timeout}s",
            "--history-max=0",
            *_switch("no-hooks", on=disable_hooks),
            *_switch("force-conflicts", on=force_conflicts),
        ]

    def uninstall(
        self,
        timeout: int,
        *,
        keep_history: bool = False,
        disable_hooks: bool = False,
        wait_strategy: str = "",
    ) -> list[str]:
        """Return the arguments of an uninstall that waits.

        ``--ignore-not-found`` is left out: it takes every failure to read the history for an absent release.
        """
        return [
            *("uninstall", self.target.release),
            *self._cluster(),
            self.dialect.waits[wait_strategy],
            f"--timeout={timeout}s",
            *_switch("keep-history", on=keep_history),
            *_switch("no-hooks", on=disable_hooks),
        ]

    def test(self, timeout: int) -> list[str]:
        """Return the arguments that run the release's tests."""
        return ["test", self.target.release, *self._cluster(), f"--timeout={timeout}s"]

    def _deploy(self, deployment: Deployment) -> Iterator[str]:
        yield str(deployment.chart)
        yield from self._cluster()
        wait = self.dialect.waits[deployment.options.wait_strategy]
        yield from ("--values=-", wait, f"--timeout={deployment.timeout}s")
        yield from _switch("disable-openapi-validation", on=self._without_schema(deployment.options))
        yield from _options(self.dialect, deployment.options)

    def _without_schema(self, options: Options) -> bool:
        in_vain = self.dialect.leaves_fields_to_server and self.target.validates_fields
        return options.disable_openapi_validation or in_vain

    def _cluster(self) -> Iterator[str]:
        yield f"--namespace={self.target.namespace}"
        yield f"--kubeconfig={self.kubeconfig}"
        yield from _given("kube-context", self.target.context)


def pull(source: SourceConfig, folder: Path) -> list[str]:
    """Return the arguments that fetch an ``oci://`` chart into `folder`; credentials come in a file."""
    return [
        *("pull", source.chart),
        f"--version={source.version}",
        f"--destination={folder}",
        *_given("ca-file", source.ca_file),
        *_given("cert-file", source.cert_file),
        *_given("key-file", source.key_file),
        *_switch("plain-http", on=source.plain_http),
        *_switch("insecure-skip-tls-verify", on=source.insecure_skip_tls_verify),
        *_switch("verify", on=source.verify),
        *_given("keyring", source.keyring),
    ]


def verify(archive: Path, keyring: str | None) -> list[str]:
    """Return the arguments that check an archive's signature, in the ``.prov`` file beside it."""
    return ["verify", str(archive), *_given("keyring", keyring)]


def build_dependencies(chart: Path, *, locked: bool) -> list[str]:
    """Return the arguments that fetch a chart's dependencies into it, as its lock says if it has one."""
    return ["dependency", "build" if locked else "update", str(chart)]


def _options(dialect: Dialect, options: Options) -> Iterator[str]:
    yield from _given("description", options.description)
    yield from _switch("no-hooks", on=options.disable_hooks)
    yield from dialect.force if options.force_update else ()
    yield from _switch("force-conflicts", on=options.force_conflicts)
    yield from (f"--labels={key}={value}" for key, value in sorted(options.labels.items()))
    yield from (f"--post-renderer={name}" for name in options.post_renderer[:1])
    yield from (f"--post-renderer-args={argument}" for argument in options.post_renderer[1:])
    yield from _switch("skip-crds", on=options.skip_crds)
    yield from _switch("take-ownership", on=options.take_ownership)
    yield from _switch("wait-for-jobs", on=options.wait_for_jobs)


def _switch(name: str, *, on: bool) -> tuple[str, ...]:
    return (f"--{name}",) if on else ()


def _given(name: str, value: str | None) -> tuple[str, ...]:
    return (f"--{name}={value}",) if value else ()
