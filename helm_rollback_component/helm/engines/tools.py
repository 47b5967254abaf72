"""What an engine does with charts, beside Helm's verbs on releases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from helm_rollback_component.helm.engines.engine import HelmEngine

if TYPE_CHECKING:
    from pathlib import Path

    from helm_rollback_component.config import SourceConfig


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
