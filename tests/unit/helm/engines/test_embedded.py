"""The embedded engine and its workers, with a stand-in for the library."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from helm_rollback_component.config import SourceConfig
from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.errors import OperationError, ValidationError
from helm_rollback_component.helm.engines import worker_process
from helm_rollback_component.helm.engines.embedded import EmbeddedEngine
from helm_rollback_component.helm.engines.engine import Capability, Deployment, EngineError, Options, Target
from helm_rollback_component.helm.engines.process import Patience
from helm_rollback_component.helm.engines.worker_pool import ALWAYS
from tests.support.waiting import HANG_LIMIT, await_that

Notes = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Notes:
    path = tmp_path / "notes"
    path.touch()
    monkeypatch.setenv("FAKE_LIBRARY_NOTES", str(path))
    monkeypatch.syspath_prepend(str(Path(__file__).with_name("fake_library")))
    return lambda: [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def engine(notes: Notes) -> Iterator[EmbeddedEngine]:  # noqa: ARG001  # the stand-in comes with them
    engine = EmbeddedEngine()
    yield engine
    engine.close()


def _hasty(limit: float) -> Callable[..., Patience]:
    """Return what gives Helm so many seconds, and a moment to end, whatever timeout it is given."""
    return lambda _, *, interruptible=True: Patience(limit, interruptible, grace=0.2)


def _nobody_works() -> bool:
    return all(thread.name != "helm-worker" for thread in threading.enumerate())


def _target(release: str = "web") -> Target:
    return Target(release, "apps", "a kubeconfig with a token", "staging")


def _deployment(chart: str = "/charts/web") -> Deployment:
    return Deployment(Path(chart), {"a": None}, 7, Options(description="why", labels={"team": "blue"}))


def _upgrade(engine: EmbeddedEngine, release: str, cancellation: Cancellation | None = None) -> None:
    engine.upgrade(_target(release), _deployment(), cancellation or Cancellation())


def _request_once(noted: Notes, cancellation: Cancellation) -> None:
    def request() -> None:
        await_that(noted, "a request to be noted")
        cancellation.request()

    threading.Thread(target=request).start()


def test_its_name_is_that_of_the_library(engine: EmbeddedEngine) -> None:
    assert engine.name == "embedded 4.9.9"
    assert engine.name == "embedded 4.9.9", "asked again, it still knows"


@pytest.mark.usefixtures("notes")
def test_modules_of_the_folder_are_not_taken_for_libraries(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("json", "operator"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError")
    monkeypatch.chdir(tmp_path)
    with closing(EmbeddedEngine()) as engine:
        assert engine.name == "embedded 4.9.9"


def test_an_upgrade_is_asked_for_in_full(engine: EmbeddedEngine, notes: Notes) -> None:
    _upgrade(engine, "web")

    asked = notes()[0]
    del asked["worker"]
    assert asked == {
        "verb": "upgrade",
        "name": "web",
        "chart": "/charts/web",
        "namespace": "apps",
        "values": {"a": None},
        "timeout": 7,
        "wait": "watcher",
        "reset_values": True,
        "description": "why",
        "labels": {"team": "blue"},
        "take_ownership": False,
        "cluster": {
            "kubeconfig_path": "a kubeconfig with a token",
            "kube_context": "staging",
            "namespace": "apps",
            "burst_limit": 1000,
            "qps": 500.0,
            "storage_driver": "secret",
        },
    }


def test_an_upgrade_is_rendered_with_its_hooks(engine: EmbeddedEngine, notes: Notes) -> None:
    release = engine.render(_target(), _deployment())

    hook = "metadata: {annotations: {helm.sh/hook: test}}"
    assert release == {"manifest": "kind: ConfigMap", "hooks": [{"manifest": hook}]}
    upgrade, render = notes()
    assert (upgrade["dry_run"], upgrade["reset_values"]) == ("server", True)
    assert (render["name"], render["namespace"], render["is_upgrade"]) == ("web", "apps", True)


def test_an_install_is_rendered_as_one(engine: EmbeddedEngine, notes: Notes) -> None:
    engine.render(_target(), _deployment(), install=True)

    install, render = notes()
    assert (install["verb"], install["dry_run"], "reset_values" in install) == ("install", "server", False)
    assert render["is_upgrade"] is False


def test_an_install_is_asked_for(engine: EmbeddedEngine, notes: Notes) -> None:
    engine.install(_target(), _deployment(), Cancellation())

    assert (notes()[0]["verb"], notes()[0]["wait"]) == ("install", "watcher")


def test_a_library_chart_is_not_installed(engine: EmbeddedEngine, notes: Notes) -> None:
    with pytest.raises(EngineError, match="library charts are not installable"):
        engine.install(_target(), _deployment("/charts/library"), Cancellation())

    assert notes() == []


def test_a_rollback_does_not_wait_for_readiness(engine: EmbeddedEngine, notes: Notes) -> None:
    engine.rollback(_target(), 3, 9)

    asked = notes()[0]
    assert (asked["verb"], asked["version"], asked["timeout"], asked["wait"]) == (
        "rollback",
        3,
        9,
        "hookOnly",
    )


def test_an_uninstall_waits(engine: EmbeddedEngine, notes: Notes) -> None:
    engine.uninstall(_target(), 9, keep_history=True)

    asked = notes()[0]
    assert (asked["verb"], asked["keep_history"], asked["wait"]) == ("uninstall", True, "watcher")


def test_uninstalling_what_is_absent_is_fine(engine: EmbeddedEngine) -> None:
    engine.uninstall(_target("absent"), 9)


def test_uninstalling_may_fail(engine: EmbeddedEngine) -> None:
    with pytest.raises(EngineError, match="it failed"):
        engine.uninstall(_target("fails"), 9)


def test_tests_are_run(engine: EmbeddedEngine, notes: Notes) -> None:
    engine.test(_target(), 9)

    assert (notes()[0]["verb"], notes()[0]["timeout"]) == ("test", 9)


def test_it_is_capable_of_what_the_library_takes_for_every_verb(engine: EmbeddedEngine, notes: Notes) -> None:
    known = {
        Capability.DISABLE_OPENAPI_VALIDATION,
        Capability.TAKE_OWNERSHIP,
        Capability.WAIT_STRATEGY,
    }

    assert engine.capabilities == ALWAYS | known
    assert notes() == [], "nothing was done to find that out"


def test_an_option_that_the_python_functions_take_is_given_to_them(
    engine: EmbeddedEngine, notes: Notes
) -> None:
    deployment = replace(_deployment(), options=Options(take_ownership=True))

    engine.install(_target(), deployment, Cancellation())
    engine.upgrade(_target(), deployment, Cancellation())

    assert [note["take_ownership"] for note in notes()] == [True, True]
    assert not any("past_python" in note for note in notes())


def test_any_other_goes_past_them_with_all_the_rest(engine: EmbeddedEngine, notes: Notes) -> None:
    deployment = replace(_deployment(), options=Options(disable_openapi_validation=True))

    engine.upgrade(_target(), deployment, Cancellation())

    asked = notes()[0]
    assert (asked["past_python"], asked["name"], asked["chart"]) == (True, "web", "/charts/web")
    assert (asked["timeout_seconds"], asked["wait"], asked["reset_values"]) == (7, "watcher", True)
    assert asked["disable_openapi_validation"] is True
    assert "labels" not in asked, "what is not given is left out"


def test_unknown_fields_are_left_to_a_server_that_refuses_them(engine: EmbeddedEngine, notes: Notes) -> None:
    engine.install(replace(_target(), validates_fields=True), _deployment(), Cancellation())

    assert notes()[0]["disable_openapi_validation"] is True


def test_a_cancellation_reaches_what_goes_past_them(engine: EmbeddedEngine, notes: Notes) -> None:
    cancellation = Cancellation()
    _request_once(notes, cancellation)

    with pytest.raises(EngineError, match="context canceled"):
        engine.upgrade(replace(_target("waits"), validates_fields=True), _deployment(), cancellation)


def test_hooks_cannot_be_left_out_if_a_verb_cannot(engine: EmbeddedEngine, notes: Notes) -> None:
    with pytest.raises(ValidationError, match="disable_hooks: the embedded Helm does not support it"):
        engine.rollback(_target(), 3, 9, disable_hooks=True)
    with pytest.raises(ValidationError, match="disable_hooks: the embedded Helm does not support it"):
        engine.uninstall(_target(), 9, disable_hooks=True)

    assert notes() == []


def test_hooks_can_be_left_out_where_every_verb_can(
    engine: EmbeddedEngine, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EmbeddedEngine, "capabilities", frozenset({Capability.DISABLE_HOOKS}))

    engine.rollback(_target(), 3, 9, disable_hooks=True)

    assert (notes()[0]["verb"], notes()[0]["disable_hooks"], notes()[0]["version"]) == ("rollback", True, 3)


def test_it_waits_as_it_is_told(engine: EmbeddedEngine, notes: Notes) -> None:
    engine.upgrade(_target(), replace(_deployment(), options=Options(wait_strategy="legacy")), Cancellation())
    engine.uninstall(_target(), 9, wait_strategy="legacy")

    assert [note["wait"] for note in notes()] == ["legacy", "legacy"]


def test_nothing_is_known_to_be_wrong_with_a_version_of_the_future(engine: EmbeddedEngine) -> None:
    assert engine.faults == ()


def test_what_the_library_does_not_offer_is_refused(engine: EmbeddedEngine, notes: Notes) -> None:
    asked = Deployment(Path("/web"), {}, 7, Options(skip_crds=True, wait_for_jobs=True, description="fine"))

    with pytest.raises(ValidationError) as caught:
        engine.upgrade(_target(), asked, Cancellation())

    assert [problem.path for problem in caught.value.problems] == ["skip_crds", "wait_for_jobs"]
    assert notes() == []


@pytest.mark.parametrize(
    ("release", "said"),
    [("fails", "it failed"), ("overdue", "context deadline exceeded"), ("breaks", "ZeroDivisionError()")],
)
def test_a_failure_says_what_the_library_said(engine: EmbeddedEngine, release: str, said: str) -> None:
    with pytest.raises(EngineError) as caught:
        _upgrade(engine, release)

    assert caught.value.output == said


def test_a_worker_serves_one_request_after_another(engine: EmbeddedEngine, notes: Notes) -> None:
    _upgrade(engine, "web")
    with pytest.raises(EngineError):
        _upgrade(engine, "fails")
    _upgrade(engine, "web")

    assert len({note["worker"] for note in notes()}) == 1


def test_requests_at_once_have_a_worker_each(engine: EmbeddedEngine, notes: Notes) -> None:
    cancellation = Cancellation()
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(_upgrade, engine, "waits", cancellation) for _ in range(4)]
        await_that(lambda: len(notes()) == 4, "four requests to be noted")
        cancellation.request()
        errors = [future.exception() for future in waiting]

    assert len({note["worker"] for note in notes()}) == 4
    assert all(isinstance(error, EngineError) and error.output == "context canceled" for error in errors)


def test_a_cancelled_request_ends_with_its_worker(engine: EmbeddedEngine, notes: Notes) -> None:
    cancellation = Cancellation()
    _request_once(notes, cancellation)

    with pytest.raises(EngineError, match="context canceled"):
        _upgrade(engine, "waits", cancellation)

    assert not Path(f"/proc/{notes()[0]['worker']}").exists()
    _upgrade(engine, "web")
    assert notes()[0]["worker"] != notes()[1]["worker"]


def test_what_is_cancelled_beforehand_is_not_begun(engine: EmbeddedEngine, notes: Notes) -> None:
    cancellation = Cancellation()
    cancellation.request()

    with pytest.raises(EngineError, match="cancelled before Helm was started"):
        _upgrade(engine, "web", cancellation)

    assert notes() == []


def test_a_cancellation_of_something_past_does_not_reach_what_follows(
    engine: EmbeddedEngine, notes: Notes
) -> None:
    past, present = Cancellation(), Cancellation()
    _upgrade(engine, "web", past)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(_upgrade, engine, "waits", present)
        await_that(lambda: len(notes()) == 2, "the second request to be noted")

        past.request()
        time.sleep(0.2)

        assert not waiting.done()
        present.request()
        assert isinstance(waiting.exception(), EngineError)


def test_a_worker_that_does_not_heed_is_killed(notes: Notes) -> None:
    engine = EmbeddedEngine(_hasty(HANG_LIMIT))
    cancellation = Cancellation()
    _request_once(notes, cancellation)

    with pytest.raises(EngineError, match="did not end after its cancellation"):
        _upgrade(engine, "deaf", cancellation)

    assert not Path(f"/proc/{notes()[0]['worker']}").exists()


@pytest.mark.usefixtures("notes")
@pytest.mark.parametrize("release", ["waits", "deaf"])
def test_one_that_takes_too_long_is_stopped(release: str) -> None:
    with pytest.raises(EngineError, match=r"did not end within 0.5 s and was stopped"):
        _upgrade(EmbeddedEngine(_hasty(0.5)), release)

    await_that(_nobody_works, "the worker to end")


def test_a_rollback_that_takes_too_long_is_left_to_itself(notes: Notes) -> None:
    engine = EmbeddedEngine(_hasty(0.5))

    with pytest.raises(EngineError, match="still runs: stopping it would leave the release locked"):
        engine.rollback(_target("deaf"), 1, 9)

    await_that(notes, "the request to be noted")
    worker = notes()[0]["worker"]
    assert Path(f"/proc/{worker}").exists()
    os.kill(worker, signal.SIGKILL)


@pytest.mark.usefixtures("notes")
def test_a_worker_that_was_left_to_itself_ends_once_it_is_done(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    monkeypatch.setenv("FAKE_LIBRARY_GATE", str(gate))
    with pytest.raises(EngineError, match="still runs"):
        EmbeddedEngine(_hasty(0.5)).rollback(_target("late"), 1, 9)

    gate.touch()

    await_that(_nobody_works, "the worker to end")


def test_a_worker_that_dies_fails_its_request_only(engine: EmbeddedEngine) -> None:
    with pytest.raises(EngineError, match=r"ended with exit status 2\nfatal error: all goroutines"):
        _upgrade(engine, "dies")

    _upgrade(engine, "web")


def test_an_idle_worker_that_died_is_replaced(engine: EmbeddedEngine, notes: Notes) -> None:
    _upgrade(engine, "web")
    os.kill(notes()[0]["worker"], signal.SIGKILL)
    await_that(_nobody_works, "the death of the worker to be noticed")

    _upgrade(engine, "web")


def test_a_library_that_cannot_be_loaded(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "helm_python.py").write_text("raise ImportError('no such symbol')")
    monkeypatch.syspath_prepend(str(tmp_path))

    with pytest.raises(EngineError, match="no such symbol"):
        _upgrade(engine, "web")
    with pytest.raises(OperationError, match="the embedded Helm cannot be used") as caught:
        _ = engine.capabilities
    assert caught.value.reason == "HelmUnusable"


def test_no_more_workers_are_kept_than_are_of_use(engine: EmbeddedEngine) -> None:
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: engine.test(_target("web"), 9), range(10)))

    assert len(engine._workers._idle) <= 8  # noqa: SLF001  # nobody else is told


def test_workers_end_when_the_engine_is_closed(engine: EmbeddedEngine, notes: Notes) -> None:
    _upgrade(engine, "web")

    engine.close()

    await_that(lambda: not Path(f"/proc/{notes()[0]['worker']}").exists(), "the worker to end")


def test_helm_would_call_itself_helm() -> None:
    assert Path(worker_process.worker_name()).name == "helm"


def test_a_worker_finds_its_libraries_without_a_virtual_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (real / "python3").touch()
    (tmp_path / "python").symlink_to(real / "python3")
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setattr("sys.prefix", "/usr")
    monkeypatch.setattr("sys.base_prefix", "/usr")

    assert worker_process.worker_name() == str(real / "helm")


def test_a_chart_is_pulled_with_credentials_that_are_in_no_argument(
    engine: EmbeddedEngine, notes: Notes
) -> None:
    source = SourceConfig(
        chart="oci://registry.example/charts/web",
        version="1.2.3",
        username="reader",
        password="s3cret",
        plain_http=True,
    )

    engine.pull(source, Path("/into"))

    asked = notes()[0]
    assert json.loads(asked.pop("credentials")) == {
        "auths": {"registry.example": {"auth": "cmVhZGVyOnMzY3JldA=="}}
    }
    assert asked["reference"] == "oci://registry.example/charts/web"
    assert (asked["version"], asked["destination"], asked["plain_http"]) == ("1.2.3", "/into", True)


def test_a_chart_is_pulled_without_credentials(engine: EmbeddedEngine, notes: Notes) -> None:
    engine.pull(SourceConfig(chart="oci://registry.example/charts/web", version="1.2.3"), Path("/into"))

    assert notes()[0]["credentials"] == ""


def test_what_a_pull_cannot_honour_is_refused(engine: EmbeddedEngine) -> None:
    source = SourceConfig(
        chart="oci://registry.example/charts/web", version="1.2.3", ca_file="ca.pem", verify=True
    )

    with pytest.raises(ValidationError) as caught:
        engine.pull(source, Path("/into"))

    assert [problem.path for problem in caught.value.problems] == ["source.ca_file", "source.verify"]


def test_an_archive_is_verified(
    engine: EmbeddedEngine, notes: Notes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GNUPGHOME", str(tmp_path))
    (tmp_path / "pubring.kbx").touch()

    engine.verify(Path("/web.tgz"), "ring.gpg")
    engine.verify(Path("/web.tgz"), None)

    assert [note["keyring"] for note in notes()] == ["ring.gpg", str(tmp_path / "pubring.kbx")]


def test_dependencies_as_locked_or_as_declared(engine: EmbeddedEngine, notes: Notes) -> None:
    engine.build_dependencies(Path("/web"), locked=True)
    engine.build_dependencies(Path("/web"), locked=False)

    assert [note["verb"] for note in notes()] == ["dependency_build", "dependency_update"]
