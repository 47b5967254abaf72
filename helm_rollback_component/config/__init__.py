"""The inputs of a release in their one validated form, and their documentation; see `HelmConfig.parse`."""

from helm_rollback_component.config.release import HelmConfig
from helm_rollback_component.config.sections import (
    HealthConfig,
    HistoryConfig,
    OperationsConfig,
    RollbackConfig,
    TimeoutsConfig,
)
from helm_rollback_component.config.source import SourceConfig
from helm_rollback_component.inputs.chart_source import OCI_SCHEME

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
