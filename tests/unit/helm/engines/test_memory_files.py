"""Files without a name."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from helm_rollback_component.helm.engines.memory_files import anonymous_file, readable_path


def test_a_nameless_file_is_read_from_its_beginning() -> None:
    with anonymous_file(b"content") as file:
        assert file.read() == b"content"


def test_a_child_reads_it_again_and_again() -> None:
    with readable_path("secret ❄") as (path, descriptors):
        program = "import sys; print(*(open(sys.argv[1], encoding='utf-8').read() for _ in range(2)))"
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", program, path],
            pass_fds=descriptors,
            capture_output=True,
            check=True,
        )

    assert done.stdout.decode() == "secret ❄ secret ❄\n"


def test_it_is_gone_afterwards() -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208  # a count is wanted

    with readable_path("secret"):
        pass

    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_elsewhere_it_is_a_private_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with readable_path("secret") as (path, descriptors):
        file = Path(path)
        assert file.read_text() == "secret"
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700
        assert descriptors == ()

    assert list(tmp_path.iterdir()) == []


def test_elsewhere_a_nameless_file_has_no_name_either(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with anonymous_file(b"content") as file:
        assert file.read() == b"content"
        assert list(tmp_path.iterdir()) == []
