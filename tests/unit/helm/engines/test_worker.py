"""A worker from within, with a stand-in for the library."""

import importlib.util
import json
import os
import resource
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import IO, Any

import pytest

from helm_rollback_component.helm import engines
from helm_rollback_component.helm.engines.crash import LARGEST_DOWNLOAD
from helm_rollback_component.helm.engines.wire import receive, send
from tests.support.waiting import HANG_LIMIT

_LIBRARY = Path(__file__).with_name("fake_library")
_TARGET = {"release": "web", "namespace": "apps", "kubeconfig": "kubeconfig", "context": None}
_IMPORTED_ANEW = (
    "helm_rollback_component.helm.engines.worker",
    "helm_rollback_component.helm.engines.library",
    "helm_python",
)
_GREETING = {
    "version": "v4.9.9",
    "capabilities": ["disable_openapi_validation", "take_ownership", "wait_strategy"],
}
_DEPLOYMENT = {"chart": "/web", "values": {}, "timeout": 9, "description": "", "labels": {}, "options": {}}


class _Parent:
    """The other end of a worker that runs in a thread."""

    def __init__(self, module: ModuleType) -> None:
        request_out, request_in = os.pipe()
        answer_out, answer_in = os.pipe()
        self.requests: IO[bytes] = os.fdopen(request_in, "wb")
        self.answers: IO[bytes] = os.fdopen(answer_out, "rb")
        self._theirs = (os.fdopen(request_out, "rb"), os.fdopen(answer_in, "wb"))
        self.thread = threading.Thread(target=module.Worker(*self._theirs).serve)
        self.thread.start()

    def ask(self, verb: str, **arguments: Any) -> None:
        send(self.requests, {"verb": verb, **arguments})

    def upgrade(self, release: str) -> None:
        self.ask("upgrade", target={**_TARGET, "release": release}, deployment=_DEPLOYMENT)

    def close(self) -> None:
        for stream in (self.requests, *self._theirs, self.answers):
            with suppress(BrokenPipeError):  # an answer nobody read
                stream.close()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch, notes: Path) -> ModuleType:
    monkeypatch.setenv("FAKE_LIBRARY_NOTES", str(notes))
    monkeypatch.syspath_prepend(str(_LIBRARY))
    for name in _IMPORTED_ANEW:
        monkeypatch.delitem(sys.modules, name, raising=False)
    vars(engines).pop("library", None)
    module = importlib.import_module(_IMPORTED_ANEW[0])
    for name in _IMPORTED_ANEW:
        del sys.modules[name]
    del vars(engines)["library"]
    return module


@pytest.fixture
def parent(module: ModuleType) -> Iterator[_Parent]:
    parent = _Parent(module)
    assert receive(parent.answers) == _GREETING
    yield parent
    parent.requests.close()
    parent.thread.join()
    parent.close()


def test_requests_are_answered_in_turn(parent: _Parent) -> None:
    parent.upgrade("web")
    assert receive(parent.answers) == {"error": None}
    parent.upgrade("fails")
    assert receive(parent.answers) == {"error": "it failed", "cancelled": False}
    parent.ask("rollback", target=_TARGET, options={"version": 1, "timeout": 9})
    assert receive(parent.answers) == {"error": None}


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("install", {"target": _TARGET, "deployment": _DEPLOYMENT}),
        ("uninstall", {"target": _TARGET, "options": {"timeout": 9, "keep_history": False}}),
        ("test", {"target": _TARGET, "timeout": 9}),
        (
            "pull",
            {
                "chart": {
                    "reference": "oci://x/web",
                    "version": "1.0.0",
                    "plain_http": False,
                    "insecure": False,
                },
                "folder": "/into",
                "credentials": "a login",
            },
        ),
        ("verify", {"archive": "/web.tgz", "keyring": "/ring"}),
    ],
)
def test_every_verb_is_carried_out(
    parent: _Parent, notes: Path, verb: str, arguments: dict[str, Any]
) -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    parent.ask(verb, **arguments)

    assert receive(parent.answers) == {"error": None}
    assert json.loads(notes.read_text())["verb"] == verb
    assert json.loads(notes.read_text()).get("memory", LARGEST_DOWNLOAD) == LARGEST_DOWNLOAD
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        (
            "upgrade",
            {
                "target": _TARGET,
                "deployment": {**_DEPLOYMENT, "options": {"disable_openapi_validation": True}},
            },
        ),
        ("rollback", {"target": _TARGET, "options": {"version": 1, "timeout": 9, "disable_hooks": True}}),
    ],
)
def test_what_python_functions_do_not_know_goes_past_them(
    parent: _Parent, notes: Path, verb: str, arguments: dict[str, Any]
) -> None:
    parent.ask(verb, **arguments)

    assert receive(parent.answers) == {"error": None}
    asked = json.loads(notes.read_text())
    assert (asked["verb"], asked["past_python"], asked["timeout_seconds"]) == (verb, True, 9)


@pytest.mark.parametrize(("locked", "verb"), [(True, "dependency_build"), (False, "dependency_update")])
def test_dependencies_are_built_as_locked_or_declared(
    parent: _Parent,
    notes: Path,
    locked: bool,  # noqa: FBT001
    verb: str,
) -> None:
    parent.ask("build_dependencies", chart="/web", locked=locked)

    assert receive(parent.answers) == {"error": None}
    assert json.loads(notes.read_text())["verb"] == verb


def test_an_upgrade_is_rendered_with_its_hooks_and_not_made(parent: _Parent, notes: Path) -> None:
    parent.ask("render", target=_TARGET, deployment=_DEPLOYMENT, install=False)

    hooks = [{"manifest": "metadata: {annotations: {helm.sh/hook: test}}"}]
    assert receive(parent.answers) == {
        "error": None,
        "found": {"manifest": "kind: ConfigMap", "hooks": hooks},
    }
    upgrade, render = map(json.loads, notes.read_text().splitlines())
    assert (upgrade["verb"], upgrade["dry_run"]) == ("upgrade", "server")
    assert (render["verb"], render["is_upgrade"]) == ("render", True)


def test_a_library_chart_is_refused(parent: _Parent) -> None:
    parent.ask("install", target=_TARGET, deployment={**_DEPLOYMENT, "chart": "/library"})

    assert receive(parent.answers) == {"error": "library charts are not installable", "cancelled": False}


def test_a_verb_it_does_not_know_is_answered_too(parent: _Parent) -> None:
    parent.ask("dance")

    assert receive(parent.answers) == {"error": "'dance'", "cancelled": False}


def test_a_cancelled_request_is_answered_before_the_worker_dies(
    parent: _Parent, monkeypatch: pytest.MonkeyPatch
) -> None:
    died = threading.Event()
    monkeypatch.setattr(os, "_exit", lambda _: died.set())
    parent.upgrade("waits")

    parent.ask("cancel")

    assert receive(parent.answers) == {"error": "context canceled", "cancelled": True}
    assert died.wait(HANG_LIMIT)


def test_a_cancellation_when_nothing_is_under_way_is_ignored(parent: _Parent) -> None:
    parent.ask("cancel")
    parent.upgrade("web")

    assert receive(parent.answers) == {"error": None}


def test_what_is_under_way_when_the_parent_dies_is_finished(module: ModuleType, notes: Path) -> None:
    parent = _Parent(module)
    receive(parent.answers)
    parent.upgrade("web")
    parent.requests.close()
    parent.answers.close()

    parent.thread.join(HANG_LIMIT)

    assert not parent.thread.is_alive()
    assert json.loads(notes.read_text())["verb"] == "upgrade"
    parent.close()


def test_what_does_not_end_soon_after_the_parent_died_is_ended(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gate, died = tmp_path / "gate", threading.Event()
    monkeypatch.setenv("FAKE_LIBRARY_GATE", str(gate))
    monkeypatch.setattr(module, "LAST_WORDS", 0.0)
    monkeypatch.setattr(os, "_exit", lambda _: died.set())
    parent = _Parent(module)
    receive(parent.answers)
    parent.ask("rollback", target={**_TARGET, "release": "late"}, options={"version": 1, "timeout": 9})

    parent.requests.close()

    assert died.wait(HANG_LIMIT)
    gate.touch()
    parent.thread.join()
    receive(parent.answers)
    parent.close()


@pytest.mark.parametrize(
    ("verb", "option", "known"),
    [
        ("upgrade", "take_ownership", True),
        ("upgrade", "disable_hooks", True),
        ("upgrade", "skip_crds", False),
        ("rollback", "disable_hooks", True),
        ("uninstall", "disable_hooks", False),
    ],
)
def test_the_library_is_asked_for_an_option(
    module: ModuleType,
    notes: Path,
    verb: str,
    option: str,
    known: bool,  # noqa: FBT001
) -> None:
    assert module.library.takes(verb, option) is known
    assert not notes.exists(), "nothing was done"


def test_a_library_that_refuses_no_option_is_not_believed(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.helm_python._native, "call_status", lambda *_: None)  # noqa: SLF001

    assert not module.library.takes("rollback", "disable_hooks")


def test_its_streams_are_out_of_reach_of_what_the_library_starts(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_out, answer_in = os.pipe()
    moved: dict[int, int] = {}
    monkeypatch.setattr(
        os, "dup", lambda descriptor: {0: os.open(os.devnull, os.O_RDONLY), 1: answer_in}[descriptor]
    )
    monkeypatch.setattr(os, "dup2", lambda source, target: moved.update({target: source}))

    module.main()

    with os.fdopen(answer_out, "rb") as answers:
        assert receive(answers) == _GREETING
    assert moved.keys() == {0, 1}
    assert moved[1] == 2
