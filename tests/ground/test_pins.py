"""What is built, and under which key it is cached."""

import shutil
from pathlib import Path

import pytest

from tools.ground import pins


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "go"
    shutil.copytree(pins.MODULE_DIR, copy)
    monkeypatch.setattr(pins, "MODULE_DIR", copy)
    return copy


def test_every_program_is_a_tool_of_the_module() -> None:
    tools = {line.strip() for line in (pins.MODULE_DIR / "go.mod").read_text().splitlines()}
    assert {program.package for program in pins.PROGRAMS} <= tools


def test_versions_are_read_from_go_mod() -> None:
    assert pins.module_version("helm.sh/helm/v3").startswith("v3.")
    assert pins.module_version("helm.sh/helm/v4").startswith("v4.")
    assert pins.go_version() >= (1, 26)


def test_an_unknown_module_has_no_version() -> None:
    with pytest.raises(LookupError):
        pins.module_version("example.org/none")


def test_servers_and_helm_are_told_their_versions() -> None:
    flags = pins.linker_flags()
    assert f"-X k8s.io/component-base/version.gitVersion={pins.module_version('k8s.io/kubernetes')}" in flags
    assert "version.gitMajor=1 " in flags
    assert f"-X helm.sh/helm/v4/internal/version.version={pins.module_version('helm.sh/helm/v4')}" in flags


@pytest.mark.usefixtures("module")
def test_the_same_pins_have_the_same_key_in_another_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    there = pins.key()
    monkeypatch.undo()
    assert there == pins.key()


@pytest.mark.parametrize("name", ["go.mod", "go.sum"])
def test_other_pins_have_another_key(module: Path, name: str) -> None:
    before = pins.key()
    with (module / name).open("a") as pinned:
        pinned.write("\n")
    assert pins.key() != before


def test_other_linker_flags_have_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = pins.key()
    monkeypatch.setattr(pins, "linker_flags", lambda: "-s")
    assert pins.key() != before
