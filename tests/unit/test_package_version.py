"""The version of the package."""

from importlib import metadata

import pytest

from helm_rollback_component.package_version import version


def test_a_copy_of_the_package_that_is_not_installed_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    version.cache_clear()
    try:
        assert version() == "unknown"
    finally:
        version.cache_clear()
