"""Which Helm is chosen."""

import importlib.util
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from helm_rollback_component.errors import OperationError, ValidationError
from helm_rollback_component.helm.engines.cli import CliEngine
from helm_rollback_component.helm.engines.embedded import EmbeddedEngine
from helm_rollback_component.helm.engines.engine import Capability
from helm_rollback_component.helm.engines.selection import choose_engine, who_can
from helm_rollback_component.helm.engines.worker_pool import ALWAYS

_NOTHING: frozenset[Capability] = frozenset()

Install = Callable[[str, str], Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a Helm of some version on a PATH that has nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def put(name: str, version: str) -> Path:
        program = folder / name
        program.write_text(f"#!{sys.executable} -S\nprint('{version}')\n")
        program.chmod(0o755)
        return program

    return put


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, package=None: None if name == "helm_python" else find(name, package),
    )


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmbeddedEngine, "name", "embedded 4.9.9")
    monkeypatch.setattr(EmbeddedEngine, "capabilities", ALWAYS)
    monkeypatch.setattr(importlib.util, "find_spec", lambda *_: object())


@pytest.mark.usefixtures("library")
def test_auto_takes_the_program_on_the_path(install: Install) -> None:
    install("helm", "v4.1.0")

    assert choose_engine("auto", _NOTHING).name == "helm 4.1.0"


@pytest.mark.usefixtures("install", "library")
def test_auto_takes_the_library_where_there_is_no_program() -> None:
    assert isinstance(choose_engine("auto", _NOTHING), EmbeddedEngine)


@pytest.mark.usefixtures("library")
def test_auto_passes_over_a_program_that_cannot_be_used(install: Install) -> None:
    install("helm", "v3.1.0")

    assert isinstance(choose_engine("auto", _NOTHING), EmbeddedEngine)


@pytest.mark.usefixtures("install", "no_library")
def test_no_helm_at_all() -> None:
    with pytest.raises(OperationError, match="no Helm was found") as caught:
        choose_engine("auto", _NOTHING)

    assert caught.value.reason == "HelmNotFound"
    assert caught.value.remedy == (
        "install Helm 3 or 4, or `pip install 'helm-rollback-component[embedded]'`"
    )


@pytest.mark.usefixtures("no_library")
def test_an_old_helm_and_nothing_else(install: Install) -> None:
    install("helm", "v3.1.0")

    with pytest.raises(OperationError, match=r"is Helm 3.1.0") as caught:
        choose_engine("auto", _NOTHING)

    assert caught.value.reason == "HelmUnusable"


@pytest.mark.usefixtures("install", "library")
def test_auto_says_what_no_engine_can_do() -> None:
    with pytest.raises(ValidationError) as caught:
        choose_engine("auto", frozenset({Capability.SKIP_CRDS, Capability.LABELS}))

    assert [str(problem) for problem in caught.value.problems] == [
        "skip_crds: embedded 4.9.9 does not support it; Helm 3 or Helm 4 does"
    ]


@pytest.mark.usefixtures("library")
def test_what_was_chosen_is_not_passed_over(install: Install) -> None:
    install("helm", "v4.1.0")

    with pytest.raises(ValidationError, match=r"wait_for_jobs: embedded 4.9.9 does not support it"):
        choose_engine("embedded", frozenset({Capability.WAIT_FOR_JOBS}))


def test_a_program_of_another_generation_may_lack_it(install: Install) -> None:
    program = install("helm3", "v3.22.0")

    with pytest.raises(ValidationError, match=r"helm 3.22.0 does not support it; Helm 4 does"):
        choose_engine(str(program), frozenset({Capability.WAIT_STRATEGY}))


def test_a_version_may_be_too_old_for_an_input(install: Install) -> None:
    program = install("helm3", "v3.14.0")

    with pytest.raises(ValidationError) as caught:
        choose_engine(str(program), frozenset({Capability.TAKE_OWNERSHIP}))

    assert "helm 3.14.0 does not support it; Helm 3.17 and later or Helm 4 does" in str(caught.value)


@pytest.mark.parametrize(
    ("helm", "message"),
    [
        ("/nowhere/helm", "there is no program /nowhere/helm"),
        ("nohelm", "there is no program nohelm on the PATH"),
    ],
)
def test_a_program_that_is_not_there_is_told_by_where_it_was_looked_for(helm: str, message: str) -> None:
    with pytest.raises(OperationError) as caught:
        choose_engine(helm, _NOTHING)

    assert (caught.value.message, caught.value.reason) == (message, "HelmNotFound")


@pytest.mark.usefixtures("no_library")
def test_a_library_that_is_not_installed() -> None:
    with pytest.raises(OperationError, match="the embedded Helm is not installed") as caught:
        choose_engine("embedded", _NOTHING)

    assert caught.value.reason == "HelmNotFound"


def test_a_program_by_name_or_path(install: Install) -> None:
    program = install("helm3", "v3.20.0")

    assert choose_engine("helm3", _NOTHING).name == "helm 3.20.0"
    assert choose_engine(str(program), _NOTHING) is choose_engine("helm3", _NOTHING)


@pytest.mark.usefixtures("install")
@pytest.mark.parametrize("helm", ["cli", "helm9", "/nowhere/helm"])
def test_a_program_that_is_not_there(helm: str) -> None:
    with pytest.raises(OperationError, match="there is no program") as caught:
        choose_engine(helm, _NOTHING)

    assert caught.value.reason == "HelmNotFound"


def test_everybody_gets_the_same_engine(install: Install) -> None:
    install("helm", "v4.1.0")

    with ThreadPoolExecutor(8) as pool:
        engines = set(pool.map(lambda _: choose_engine("cli", _NOTHING), range(16)))

    assert len(engines) == 1
    assert isinstance(engines.pop(), CliEngine)


def test_a_program_that_was_replaced_is_asked_again(install: Install) -> None:
    program = install("helm", "v4.1.0")
    assert choose_engine("cli", _NOTHING).name == "helm 4.1.0"

    install("helm", "v4.2.0")
    os.utime(program, ns=(1, 1))

    assert choose_engine("cli", _NOTHING).name == "helm 4.2.0"


def test_an_engine_is_not_asked_what_nobody_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(EmbeddedEngine, "capabilities")

    assert isinstance(choose_engine("embedded", _NOTHING), EmbeddedEngine)


def test_who_can() -> None:
    assert who_can(Capability.DESCRIPTION) == "Helm 3 or Helm 4 or the embedded Helm"


@pytest.mark.parametrize("capability", Capability)
def test_for_every_capability_there_is_an_engine(capability: Capability) -> None:
    assert who_can(capability)


def test_no_engine_is_used_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Windows")
    with pytest.raises(ValidationError, match=r"helm: cannot be run on Windows.*in WSL"):
        choose_engine("auto", frozenset())
