"""For users' tests: Pulumi mocks for a `HelmRelease`, and an engine that runs a program without the CLI.

The mocks are there always; `LocalEngine` is a distribution of its own, which the extra `testing` installs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi_local_engine import LocalEngine

    from helm_rollback_component.testing.mocks import Deployed, HelmReleaseMocks, RolledBack

_ENGINE = "pulumi_local_engine"
_HOMES = {
    "Deployed": "helm_rollback_component.testing.mocks",
    "HelmReleaseMocks": "helm_rollback_component.testing.mocks",
    "LocalEngine": _ENGINE,
    "RolledBack": "helm_rollback_component.testing.mocks",
}

__all__ = ["Deployed", "HelmReleaseMocks", "LocalEngine", "RolledBack"]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(home), name)
    except ModuleNotFoundError as error:
        if error.name != _ENGINE:
            raise
        raise ImportError(
            f"{name} is in the distribution pulumi-local-engine, which is not installed: "
            "pip install 'helm-rollback-component[testing]'"
        ) from None
