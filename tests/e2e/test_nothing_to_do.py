"""What is unchanged costs nothing: no request goes to the cluster, and no process is started."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Bench
from tests.e2e.values import GOOD
from tools.relay import relay

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]

COUNT = 3


def _noted(helm: str, folder: Path) -> tuple[Path, Path]:
    """Return a Helm that notes every start of it, and where."""
    program, notes = folder / "helm", folder / "starts"
    program.write_text(f'#!/bin/sh\necho "$@" >> {notes}\nexec {helm} "$@"\n')
    program.chmod(0o755)
    notes.touch()
    return program, notes


def test_unchanged_releases_make_no_request_and_start_no_helm(bench: Bench, tmp_path: Path) -> None:
    helm, starts = _noted(bench.helm, tmp_path)
    with relay(bench.space.ground.kubeconfig) as traffic:
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.write_text(traffic.kubeconfig)
        releases = {
            f"web-{number}": {**bench.web(values=GOOD), "helm": str(helm), "kubeconfig": str(kubeconfig)}
            for number in range(COUNT)
        }
        bench.project.deploy(releases)
        assert traffic.sent > 0
        assert starts.read_text()
        before = (traffic.sent, starts.read_text())

        preview = bench.project.preview()
        again = bench.project.up()

        assert preview.unchanged, preview.text
        assert again.unchanged, again.text
        assert (traffic.sent, starts.read_text()) == before
