"""What `import helm_rollback_component` offers."""

from __future__ import annotations

import sys

import pytest

import helm_rollback_component
from helm_rollback_component import testing


@pytest.mark.parametrize("name", helm_rollback_component.__all__)
def test_every_name_can_be_imported(name: str) -> None:
    assert getattr(helm_rollback_component, name).__name__ == name


@pytest.mark.parametrize("name", testing.__all__)
def test_so_can_every_name_for_tests(name: str) -> None:
    assert getattr(testing, name).__name__ == name


def test_the_names_are_listed() -> None:
    assert dir(helm_rollback_component) == sorted(helm_rollback_component.__all__)


def test_no_other_name_is_there() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'HelmRelaese'"):
        helm_rollback_component.HelmRelaese  # noqa: B018
    with pytest.raises(AttributeError, match="has no attribute 'Depolyed'"):
        testing.Depolyed  # noqa: B018


def test_the_engine_names_its_extra_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pulumi_local_engine", None)
    with pytest.raises(ImportError, match=r"pip install 'helm-rollback-component\[testing\]'"):
        testing.LocalEngine  # noqa: B018


def test_another_module_that_the_engine_misses_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pulumi_local_engine", raising=False)
    monkeypatch.setitem(sys.modules, "pulumi_local_engine.stack", None)
    with pytest.raises(ModuleNotFoundError) as caught:
        testing.LocalEngine  # noqa: B018
    assert caught.value.name == "pulumi_local_engine.stack"
