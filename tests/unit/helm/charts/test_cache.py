"""What is kept in the user's cache."""

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from helm_rollback_component.helm.charts.cache import (
    cache_dir,
    find_archive,
    keep_archive,
    keep_folder,
    scratch_folder,
)

_DIGEST = hashlib.sha256(b"archive").hexdigest()


def test_an_archive_is_kept_under_its_digest(cache: Path) -> None:
    kept = keep_archive(b"archive")

    assert kept == cache / f"{_DIGEST}.tgz"
    assert kept.read_bytes() == b"archive"
    assert find_archive(_DIGEST) == kept


def test_what_is_kept_already_is_left(cache: Path) -> None:
    before = keep_archive(b"archive").stat().st_ino

    assert keep_archive(b"archive").stat().st_ino == before
    assert len(list(cache.iterdir())) == 1


def test_what_was_damaged_is_replaced() -> None:
    kept = keep_archive(b"archive")
    kept.write_bytes(b"damaged")

    assert find_archive(_DIGEST) is None
    assert keep_archive(b"archive").read_bytes() == b"archive"


def test_a_folder_is_kept_under_the_digest_of_its_content(cache: Path) -> None:
    kept = keep_folder(_folder("content"))

    assert kept.name == "web"
    assert (kept / "file").read_text() == "content"
    assert kept.parent.parent == cache
    assert keep_folder(_folder("content")) == kept
    assert keep_folder(_folder("other")) != kept


def test_a_folder_that_was_damaged_is_replaced() -> None:
    kept = keep_folder(_folder("content"))
    (kept / "file").write_text("damaged")

    assert (keep_folder(_folder("content")) / "file").read_text() == "content"


def test_another_process_may_be_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def lose(folder: Path, place: Path) -> Path:
        shutil.copytree(folder, place)
        return rename(folder, place)

    folder = _folder("content")
    monkeypatch.setattr(Path, "rename", lose)

    assert (keep_folder(folder) / "file").read_text() == "content"


def test_a_folder_that_cannot_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Path:
        raise PermissionError

    folder = _folder("content")
    monkeypatch.setattr(Path, "rename", fail)

    with pytest.raises(PermissionError):
        keep_folder(folder)


def test_a_scratch_folder_is_private_and_goes(cache: Path) -> None:
    with scratch_folder() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        assert folder.parent == cache

    assert list(cache.iterdir()) == []


def test_a_scratch_folder_that_a_killed_process_left_goes_after_a_day(cache: Path) -> None:
    left, fresh = cache / "fetching-left", cache / "fetching-fresh"
    for folder in (left, fresh):
        folder.mkdir(parents=True)
    (left / "chart.tgz").touch()
    os.utime(left, (0, 0))
    with scratch_folder():
        assert not left.exists()
        assert fresh.is_dir()


@pytest.mark.parametrize("configured", ["", "relative"])
def test_it_is_in_the_home_folder_unless_configured(
    configured: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", configured)
    monkeypatch.setenv("HOME", str(tmp_path))

    assert cache_dir() == tmp_path / ".cache" / "helm-rollback-component" / "charts"


def _folder(content: str) -> Path:
    folder = cache_dir() / f"made-{content}" / "web"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "file").write_text(content)
    return folder
