"""Completion in the shells themselves, with the keys that a person presses."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.terminal import Terminal, terminal

PROGRAM = "helm-rollback"
KILL_LINE = "\x15"
TYPED = {
    "his": "helm-rollback history ",
    "history --names": "helm-rollback history --namespace ",
    "history web -o j": "helm-rollback history web -o json ",
    "history --output=j": "helm-rollback history --output=json ",
    "status --kubeconfig onl": "helm-rollback status --kubeconfig only-file ",
    "completion z": "helm-rollback completion zsh ",
}
COMPINIT = "autoload -Uz compinit; compinit -u -d dump"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a shell in a folder with one file, where the program is on the PATH."""
    (tmp_path / "only-file").touch()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {"PATH": path, "HOME": str(tmp_path), "PS1": "> ", "LC_ALL": "C.UTF-8"}


def there(shell: str) -> str:
    """Return where a shell is."""
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed")
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the shells are started."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def prepared(shell: Terminal, setup: str) -> Terminal:
    """Have a shell know the completion."""
    shell.type(f"{setup}\necho READ''Y\n")
    shell.await_text("READY")
    return shell


@pytest.fixture(params=["bash", "zsh", "zsh with a file"])
def shell(request: pytest.FixtureRequest, environment: dict[str, str], folder: Path) -> Iterator[Terminal]:
    """A shell that completes."""
    name, _, way = request.param.partition(" ")
    setup = f"source <({PROGRAM} completion {name})"
    if way:
        setup = f"{PROGRAM} completion zsh > _{PROGRAM}; fpath=({folder} $fpath); {COMPINIT}"
    elif name == "zsh":
        setup = f"{COMPINIT}; {setup}"
    bare = {"bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"]}[name]
    with terminal([there(name), *bare], environment) as made:
        yield prepared(made, setup)


def test_a_tab_completes(shell: Terminal) -> None:
    for typed, completed in TYPED.items():
        shell.type(f"{PROGRAM} {typed}\t")
        shell.await_text(completed.removeprefix(PROGRAM))
        shell.type(KILL_LINE)


@pytest.fixture
def fish(environment: dict[str, str], folder: Path) -> Callable[..., list[str]]:
    """Return what completes lines, each candidate with its help."""

    def complete(*lines: str) -> list[str]:
        asked = "; ".join(f"complete --do-complete '{PROGRAM} {line}'" for line in lines)
        done = subprocess.run(
            [there("fish"), "--no-config", "-c", f"{PROGRAM} completion fish | source; {asked}"],
            env=environment,
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stderr == ""
        return done.stdout.splitlines()

    return complete


def test_fish_completes(fish: Callable[..., list[str]]) -> None:
    words = [line.partition("\t")[0] for line in fish(*TYPED)]
    assert words == [completed.split()[-1] for completed in TYPED.values()]


def test_fish_shows_what_each_command_does(fish: Callable[..., list[str]]) -> None:
    found = fish("")
    assert "history\tShow which revisions were good, and what was rolled back." in found
    assert not [line for line in found if line.endswith("...")]
