"""The plugin's host, and the only cluster that it sees."""

from __future__ import annotations

import sys

import pytest

from helm_rollback_component import operations
from helm_rollback_component.plugin import host as plugin_host
from helm_rollback_component.pulumi_adapter import present_kubeconfigs
from tests.unit.test_provider import Cluster


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """The only cluster that there is."""
    made = Cluster()
    monkeypatch.setattr(operations, "HelmOperations", made.operations)
    return made


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> plugin_host.PluginHost:
    """One that is not configured yet; what it sets up in the process is undone."""
    monkeypatch.setattr(sys, "tracebacklimit", 1000, raising=False)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    monkeypatch.setattr(present_kubeconfigs, "_declared", {})
    return plugin_host.PluginHost()
