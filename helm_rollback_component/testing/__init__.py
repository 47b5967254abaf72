"""For users' tests: Pulumi mocks for a `HelmRelease`, and an engine that runs a program without the CLI."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi_local_engine import LocalEngine

    from helm_rollback_component.testing.mocks import Deployed, HelmReleaseMocks, RolledBack

_HOMES = {
    "Deployed": "helm_rollback_component.testing.mocks",
    "HelmReleaseMocks": "helm_rollback_component.testing.mocks",
    "LocalEngine": "pulumi_local_engine",
    "RolledBack": "helm_rollback_component.testing.mocks",
}

__all__ = ["Deployed", "HelmReleaseMocks", "LocalEngine", "RolledBack"]


def __getattr__(name: str) -> Any:  # noqa: ANN401  # whatever is exported under that name
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)
