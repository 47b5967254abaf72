"""The built wheels: the extra `testing` gives an engine that runs a program, without the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PROJECT = "name: lab\nruntime: python\n"
PROGRAM = """
    import pulumi
    from pulumi.dynamic import CreateResult, Resource, ResourceProvider


    class Provider(ResourceProvider):
        def create(self, props):
            return CreateResult("made", {"size": len(props["text"])})


    class Thing(Resource):
        size: pulumi.Output[int]


    pulumi.export("size", Thing(Provider(), "thing", {"text": "hello", "size": None}).size)
"""
TEST = """
    import helm_rollback_component
    import pulumi_local_engine
    from helm_rollback_component.testing import LocalEngine

    result = LocalEngine("dev", "project", state_dir="state").up()
    print(result.outputs["size"].value, helm_rollback_component.__file__, pulumi_local_engine.__file__)
"""


def _uv(*arguments: str) -> None:
    uv = shutil.which("uv") or shutil.which("uv", path=CHECKOUT / ".uv" / "bin")
    if uv is None:
        pytest.skip("uv is neither on the PATH nor in .uv/bin, so nothing can be built")
    environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    subprocess.run([uv, "--quiet", *arguments], cwd=CHECKOUT, env=environment, check=True)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment with `helm-rollback-component[testing]` from built wheels."""
    folder = tmp_path_factory.mktemp("distributions")
    wheels, locked, environment = folder / "wheels", folder / "locked.txt", folder / "environment"
    _uv("build", "--all-packages", "--wheel", "--out-dir", str(wheels))
    _uv("export", "--locked", "--no-hashes", "--no-emit-workspace", "--output-file", str(locked))
    _uv("venv", "--python", sys.executable, str(environment))
    interpreter = environment / "bin" / "python"
    found = ["--find-links", str(wheels), "--constraints", str(locked)]
    product = next(wheels.glob("helm_rollback_component-*.whl")).as_uri()
    wanted = f"helm-rollback-component[testing] @ {product}"
    _uv("pip", "install", "--python", str(interpreter), *found, wanted)
    return interpreter


def test_the_extra_gives_an_engine_that_runs_a_program(python: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text(PROJECT)
    (project / "__main__.py").write_text(textwrap.dedent(PROGRAM))
    test = tmp_path / "test.py"
    test.write_text(textwrap.dedent(TEST))
    environment = {"PATH": os.environ["PATH"], "PULUMI_CONFIG_PASSPHRASE": "open sesame"}

    done = subprocess.run(
        [python, test], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    size, *modules = done.stdout.split()
    assert size == "5"
    installed = python.parents[1]
    assert [installed in Path(module).parents for module in modules] == [True, True]


def test_two_builds_of_one_state_are_the_same(tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    unneeded = shutil.ignore_patterns(".*", "__pycache__", "tests", "docs", "benchmarks")
    shutil.copytree(CHECKOUT, copy, ignore=unneeded, copy_function=shutil.copy)
    shutil.copy(CHECKOUT / ".gitignore", copy)
    built = []
    for number, folder in enumerate((CHECKOUT, copy)):
        out = tmp_path / str(number)
        _uv("build", "--all-packages", "--out-dir", str(out), str(folder))
        built.append({file.name: file.read_bytes() for file in out.iterdir() if file.name[0] != "."})

    assert len(built[0]) == 4
    assert built[0] == built[1]
