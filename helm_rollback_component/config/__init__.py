"""The inputs of a release in their one validated form, and their documentation; see `HelmConfig.parse`."""

from helm_rollback_component.config.release import HelmConfig
from helm_rollback_component.config.sections import (
    OCI_SCHEME,
    HealthConfig,
    HistoryConfig,
    OperationsConfig,
    RollbackConfig,
    SourceConfig,
    TimeoutsConfig,
)

__all__ = [
    "OCI_SCHEME",
    "HealthConfig",
    "HelmConfig",
    "HistoryConfig",
    "OperationsConfig",
    "RollbackConfig",
    "SourceConfig",
    "TimeoutsConfig",
]
