"""A command line against a cluster in memory."""

from pathlib import Path

import pytest

from helm_rollback_component.kube.api.client import Cluster
from tests.support.command_line import KUBECONFIG, CommandLine


@pytest.fixture
def command_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> CommandLine:
    """A command line whose kubeconfig leads to a cluster in memory."""
    made = CommandLine(capsys)
    file = tmp_path / "kubeconfig"
    file.write_text(KUBECONFIG)
    for name in ("HELM_NAMESPACE", "HELM_KUBECONTEXT", "HELM_DEBUG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KUBECONFIG", str(file))
    monkeypatch.setattr(Cluster, "connect", lambda *_: made.cluster)
    return made
