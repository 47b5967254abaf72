"""Helm releases that roll back by themselves, for Pulumi programs.

The names below are loaded when they are first used, so that a provider's process, which needs few of them,
starts quickly.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str
    from helm_rollback_component.args import (
        HealthArgs,
        HelmReleaseArgs,
        HistoryArgs,
        OperationsArgs,
        RollbackArgs,
        SourceArgs,
        TimeoutsArgs,
    )
    from helm_rollback_component.component import HelmRelease
    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.errors import (
        HelmRollbackError,
        OperationError,
        Problem,
        RollbackError,
        ValidationError,
    )
    from helm_rollback_component.operations import HelmOperations
    from helm_rollback_component.outputs import (
        ConditionOutput,
        ResourceOutput,
        RevisionOutput,
        RollbackStatusOutput,
    )
    from helm_rollback_component.provider import ReleaseProvider
    from helm_rollback_component.reasons import Reason
    from helm_rollback_component.results import (
        Condition,
        Phase,
        ReleaseRevision,
        ReleaseStatus,
        Resource,
        RollbackState,
        RollbackStatus,
    )

_MODULES = {
    "args": (
        "HealthArgs",
        "HelmReleaseArgs",
        "HistoryArgs",
        "OperationsArgs",
        "RollbackArgs",
        "SourceArgs",
        "TimeoutsArgs",
    ),
    "component": ("HelmRelease",),
    "config": ("HelmConfig",),
    "errors": ("HelmRollbackError", "OperationError", "Problem", "RollbackError", "ValidationError"),
    "operations": ("HelmOperations",),
    "outputs": ("ConditionOutput", "ResourceOutput", "RevisionOutput", "RollbackStatusOutput"),
    "provider": ("ReleaseProvider",),
    "reasons": ("Reason",),
    "results": (
        "Condition",
        "Phase",
        "ReleaseRevision",
        "ReleaseStatus",
        "Resource",
        "RollbackState",
        "RollbackStatus",
    ),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "Condition",
    "ConditionOutput",
    "HealthArgs",
    "HelmConfig",
    "HelmOperations",
    "HelmRelease",
    "HelmReleaseArgs",
    "HelmRollbackError",
    "HistoryArgs",
    "OperationError",
    "OperationsArgs",
    "Phase",
    "Problem",
    "Reason",
    "ReleaseProvider",
    "ReleaseRevision",
    "ReleaseStatus",
    "Resource",
    "ResourceOutput",
    "RevisionOutput",
    "RollbackArgs",
    "RollbackError",
    "RollbackState",
    "RollbackStatus",
    "RollbackStatusOutput",
    "SourceArgs",
    "TimeoutsArgs",
    "ValidationError",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module(f"{__name__}.package_version").version()
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
