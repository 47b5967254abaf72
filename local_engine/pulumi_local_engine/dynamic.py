"""The SDK's own host of dynamic providers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pulumi_local_engine.hosted import HostedProvider

if TYPE_CHECKING:
    from pulumi_local_engine.process import Launcher
    from pulumi_local_engine.values import Properties

PACKAGE: Final = "pulumi-python"


def provider(launcher: Launcher, config: Properties) -> HostedProvider:
    """Return what serves all dynamic resources of a run; `config` is the stack's, under namespaced keys."""
    return HostedProvider(lambda: launcher.start_provider(PACKAGE), config)
