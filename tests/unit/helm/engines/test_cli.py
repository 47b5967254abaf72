"""The command line as an engine, with a stand-in for the program."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_rollback_component.config import SourceConfig
from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.engines.cli import CliEngine
from helm_rollback_component.helm.engines.cli_version import helm_version, locate
from helm_rollback_component.helm.engines.engine import Capability, Deployment, EngineError, Target

_HELM = """\
#!{python} -S
import json, os, pathlib, sys
here = pathlib.Path(__file__).parent
arguments = sys.argv[1:]
if arguments[0] == "version":
    with (here / "asked").open("a") as asked:
        asked.write("x")
    print((here / "version").read_text())
    sys.exit()
if arguments[0] == "env":
    print(here / "repositories.yaml")
    sys.exit()
paths = [word.partition("=")[2] for word in arguments if word.startswith("--kubeconfig=")]
registry = os.environ.get("HELM_REGISTRY_CONFIG")
repositories = os.environ.get("HELM_REPOSITORY_CONFIG")
note = {{
    "arguments": arguments,
    "stdin": sys.stdin.read(),
    "kubeconfig": [pathlib.Path(path).read_text() for path in paths],
    "registry": registry and pathlib.Path(registry).read_text(),
    "repositories": repositories and pathlib.Path(repositories).read_text(),
    "environment": dict(os.environ),
}}
with (here / "notes").open("a") as notes:
    notes.write(json.dumps(note) + "\\n")
renders = here / "renders"
if renders.exists():
    print(renders.read_text())
said = here / "said"
if said.exists():
    sys.exit(said.read_text())
"""
_TARGET = Target("web", "apps", "a kubeconfig with a token")
_DEPLOYMENT = Deployment(Path("/charts/web"), {"password": "s3cret", "null": None, "text": "❄"}, 300)

Notes = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    program = tmp_path / "helm"
    program.write_text(_HELM.format(python=sys.executable))
    program.chmod(0o755)
    (tmp_path / "version").write_text("v4.1.2")
    return program


@pytest.fixture
def engine(program: Path) -> CliEngine:
    return CliEngine(program)


@pytest.fixture
def notes(program: Path) -> Notes:
    return lambda: [json.loads(line) for line in program.with_name("notes").read_text().splitlines()]


def _has_helm_say(program: Path, said: str) -> None:
    program.with_name("said").write_text(said)


def test_a_rendering_returns_what_helm_says_of_the_release(program: Path, tmp_path: Path) -> None:
    (tmp_path / "renders").write_text(json.dumps({"manifest": "x" * 200_000}))
    release = CliEngine(program).render(_TARGET, _DEPLOYMENT)
    assert len(release["manifest"]) == 200_000


def test_its_name_has_the_version(engine: CliEngine) -> None:
    assert engine.name == "helm 4.1.2"


def test_it_can_do_what_its_version_can(program: Path) -> None:
    program.with_name("version").write_text("v3.16.0+gabcdef")

    engine = CliEngine(program)

    assert Capability.TAKE_OWNERSHIP not in engine.capabilities
    assert Capability.SKIP_CRDS in engine.capabilities


def test_what_is_wrong_with_its_version_is_known(program: Path) -> None:
    program.with_name("version").write_text("v4.2.1")

    assert "Helm 4.2.1" in CliEngine(program).faults[0]


def test_the_version_is_asked_once_for_each_state_of_the_file(program: Path) -> None:
    helm_version(program)
    helm_version(program)
    assert program.with_name("asked").read_text() == "x"

    program.with_name("version").write_text("v3.20.0")
    program.write_text(program.read_text() + "\n")

    assert helm_version(program) == (3, 20, 0)


@pytest.mark.parametrize("answer", ["v3.12.3", "v2.17.0", "v5.0.0"])
def test_a_version_that_cannot_be_used(program: Path, answer: str) -> None:
    program.with_name("version").write_text(answer)

    with pytest.raises(
        OperationError, match=rf"is Helm {answer[1:]} \(use Helm 3 or 4, 3.13.0 or later\)"
    ) as caught:
        CliEngine(program)

    assert caught.value.reason == "HelmUnusable"


def test_something_that_is_no_helm(program: Path) -> None:
    program.with_name("version").write_text("Usage: helm, the video player")

    with pytest.raises(OperationError, match="answers 'Usage: helm, the video player'"):
        CliEngine(program)


def test_something_that_does_not_work(tmp_path: Path) -> None:
    program = tmp_path / "helm"
    program.write_text(f"#!{sys.executable} -S\nraise SystemExit('segmentation fault')")
    program.chmod(0o755)

    with pytest.raises(OperationError, match="does not report its version: segmentation fault"):
        CliEngine(program)


def test_a_program_is_found_on_the_path(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(program.parent))

    assert locate("helm") == program
    assert locate("helm7") is None


@pytest.mark.parametrize("verb", ["install", "upgrade"])
def test_values_and_kubeconfig_reach_helm_unseen(engine: CliEngine, notes: Notes, verb: str) -> None:
    getattr(engine, verb)(_TARGET, _DEPLOYMENT, Cancellation())

    note = notes()[0]
    assert note["arguments"][:2] == [verb, "web"]
    assert json.loads(note["stdin"]) == _DEPLOYMENT.values
    assert note["kubeconfig"] == ["a kubeconfig with a token"]
    assert "s3cret" not in str(note["arguments"]) + str(note["environment"])
    assert "token" not in str(note["arguments"]) + str(note["environment"])


def test_the_other_verbs(engine: CliEngine, notes: Notes) -> None:
    engine.rollback(_TARGET, 2, 60, disable_hooks=True)
    engine.uninstall(_TARGET, 60, keep_history=True)
    engine.test(_TARGET, 60)

    assert [note["arguments"][0] for note in notes()] == ["rollback", "uninstall", "test"]
    assert [note["kubeconfig"] for note in notes()] == [["a kubeconfig with a token"]] * 3


def test_a_failure_says_what_helm_said(engine: CliEngine, program: Path) -> None:
    _has_helm_say(program, "Error: UPGRADE FAILED: no")

    with pytest.raises(EngineError) as caught:
        engine.upgrade(_TARGET, _DEPLOYMENT, Cancellation())

    assert caught.value.output == "Error: UPGRADE FAILED: no"


def test_uninstalling_what_is_absent_is_fine(engine: CliEngine, program: Path) -> None:
    _has_helm_say(program, "Error: uninstall: Release not loaded: web: release: not found")

    engine.uninstall(_TARGET, 60)


def test_uninstalling_may_fail(engine: CliEngine, program: Path) -> None:
    _has_helm_say(
        program, "Error: uninstall: Release not loaded: web: query: failed to query with labels: no"
    )

    with pytest.raises(EngineError, match="failed to query"):
        engine.uninstall(_TARGET, 60)


def test_a_pull_takes_its_login_from_a_nameless_file(engine: CliEngine, notes: Notes) -> None:
    source = SourceConfig(
        chart="oci://registry.example/web", version="1.2.3", username="reader", password="s3cret"
    )

    engine.pull(source, Path("/into"))

    note = notes()[0]
    assert json.loads(note["registry"]) == {"auths": {"registry.example": {"auth": "cmVhZGVyOnMzY3JldA=="}}}
    assert "s3cret" not in str(note["arguments"]) + str(note["environment"])


def test_a_pull_without_a_login_takes_the_users_own(
    engine: CliEngine, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HELM_REGISTRY_CONFIG", raising=False)

    engine.pull(SourceConfig(chart="oci://registry.example/web", version="1.2.3"), Path("/into"))

    assert notes()[0]["registry"] is None


def test_a_verification(engine: CliEngine, notes: Notes) -> None:
    engine.verify(Path("/web.tgz"), None)

    assert notes()[0]["arguments"] == ["verify", "/web.tgz"]


def test_dependencies_come_from_the_repositories_that_the_chart_names(
    engine: CliEngine, notes: Notes, tmp_path: Path
) -> None:
    chart = tmp_path / "web"
    chart.mkdir()
    (chart / "Chart.yaml").write_text(
        "name: web\nversion: 1.0.0\ndependencies: [{name: db, repository: 'https://a.example'}]\n"
    )
    (tmp_path / "repositories.yaml").write_text(
        "repositories: [{name: a, url: 'https://a.example/', password: s3cret}]"
    )

    engine.build_dependencies(chart, locked=True)

    note = notes()[-1]
    assert note["arguments"] == ["dependency", "build", str(chart)]
    assert yaml.safe_load(note["repositories"])["repositories"] == [
        {"name": "a", "url": "https://a.example/", "password": "s3cret"}
    ]
    assert not Path(note["environment"]["HELM_REPOSITORY_CACHE"]).exists()


def test_dependencies_of_a_user_without_repositories(engine: CliEngine, notes: Notes, tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "Chart.yaml").write_text("name: web\nversion: 1.0.0\n")

    engine.build_dependencies(tmp_path / "web", locked=False)

    assert yaml.safe_load(notes()[-1]["repositories"])["repositories"] == []
