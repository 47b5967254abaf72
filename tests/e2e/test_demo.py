"""The demonstration shows what it promises."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.ground, pytest.mark.sweep, pytest.mark.timeout(300)]


def test_the_demonstration_goes_as_it_should(kubeconfig: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.demo"],
        env={**os.environ, "KUBECONFIG": str(kubeconfig)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "✗" not in done.stdout
    assert "Everything went as it should" in done.stdout
