"""The examples for users, each of them run: what its README says happens."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.e2e.example import EXAMPLES, Example, copy
from tests.e2e.space import Space
from tests.support.namespaces import fresh_namespace
from tests.support.waiting import await_that
from tools.sandbox import LOCAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tools.ground import Ground

    Opened = Callable[[str], AbstractContextManager[tuple[Example, Space]]]

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]

VERDICT = EXAMPLES / "ci" / "verdict.py"
READY = "custom-columns=READY:.endpoints[*].conditions.ready,PODS:.endpoints[*].targetRef.name"


@pytest.fixture
def opened(ground: Ground, helm_programs: Mapping[int, Path], tmp_path: Path) -> Opened:
    """What opens an example, with a namespace, for the length of a block; then all of it is deleted."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "helm").symlink_to(helm_programs[4])

    @contextmanager
    def open_(name: str) -> Iterator[tuple[Example, Space]]:
        with fresh_namespace(ground) as namespace:
            example = Example(name, tmp_path / name, LOCAL, ground.kubeconfig, tmp_path / "bin")
            example.configure({"namespace": namespace})
            yield example, Space(ground, namespace)
            assert not example.destroy().failed

    return open_


def test_one_release_is_rolled_back(opened: Opened) -> None:
    with opened("one_release") as (example, space):
        assert example.up().outputs == {"phase": "Deployed", "revision": 1}
        assert "revision 1 runs again, as revision 3" in example.up(tag="missing").text
        assert "/web | RolledBack | 3 | 1.0.0 | Pod web-" in verdict(example)
        assert example.up(tag="1.30").outputs == {"phase": "Deployed", "revision": 4}
        assert space.image().endswith(":1.30")


def test_what_depends_on_a_release_that_fails_stays_as_it_is(opened: Opened) -> None:
    with opened("dependent_releases") as (example, space):
        first = example.up()
        assert set(first.outputs["phases"].values()) == {"Deployed"}
        assert example.up(database="1.30", api="missing", web="1.30").failed
        images = [space.image(name).rpartition(":")[2] for name in ("database", "api", "web")]
        assert images == ["1.30", "1.29", "1.29"]
        assert space.statuses("web") == ["deployed"]


@pytest.mark.sweep  # what it shows is told in test_version_based.py
def test_a_lower_version_is_restored_from_the_history(opened: Opened) -> None:
    with opened("version_based") as (example, space):
        for version in ("1.0.0", "1.1.0"):
            space.helm(
                "package",
                f"{example.work_dir}/charts/web",
                f"--version={version}",
                f"--destination={example.work_dir}/packages",
            )
        assert example.up(version="1.0.0").outputs["chartVersion"] == "1.0.0"
        assert example.up(version="1.1.0").outputs["chartVersion"] == "1.1.0"
        back = example.up(version="1.0.0").outputs
        assert (back["chartVersion"], back["revision"]) == ("1.0.0", 3)
        assert space.history()[-1]["description"].startswith("Rollback to 1")


def test_a_bad_green_gets_no_traffic_and_the_switch_leaves_no_gap(opened: Opened) -> None:
    with opened("blue_green") as (example, space):
        assert example.up().outputs == {"live": "web-blue"}
        with traffic(space) as before:
            assert example.up(green="missing", live="green").failed
        assert all(found == {"web-blue"} for found in before)
        with traffic(space) as during:
            assert example.up(green="1.30").outputs == {"live": "web-green"}
            await_that(lambda: during[-1:] == [{"web-green"}], "green to get the traffic")
        assert during[0] == {"web-blue"}
        assert set() not in during


def test_a_whole_application_keeps_its_facts_after_a_rollback(opened: Opened, ground: Ground) -> None:
    with opened("whole_application") as (example, unused):
        space = Space(ground, f"{unused.name}-shop")
        first = example.up(namespace=space.name, password="correct-horse").outputs
        login = login_of(space)
        failed = example.up(tag="missing", password="battery-staple")
        assert failed.failed
        assert "battery-staple" not in failed.text
        assert login_of(space) == login
        assert space.get("secret", login)
        facts = space.get("configmap", first["facts"])
        assert facts is not None
        assert facts["data"] == {"chart": "1.0.0", "revision": "1", "phase": "Deployed"}


def test_a_component_of_ones_own_has_releases(opened: Opened) -> None:
    with opened("own_component") as (example, space):
        outputs = example.up().outputs
        assert outputs["basket"] == {"url": f"http://basket.{space.name}", "phase": "Deployed"}
        assert "example:index:WebService$" in example.resources()["search-release"]["urn"]


def test_the_unit_tests_pass(tmp_path: Path) -> None:
    copy("unit_tests", tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "4 passed" in done.stdout, done.stdout


def test_every_example_is_in_the_list() -> None:
    listed = (EXAMPLES / "README.md").read_text()
    missing = [
        folder.name for folder in EXAMPLES.iterdir() if folder.is_dir() and f"`{folder.name}`" not in listed
    ]
    assert missing == []


def login_of(space: Space) -> str:
    """Return the name of the Secret that the release was told."""
    found = space.get("configmap", "web")
    assert found is not None
    return str(json.loads(found["data"]["settings.json"])["login"])


def verdict(example: Example) -> str:
    """Return what the script of the CI files says of the stack."""
    state = {"deployment": example.stack.export_stack().deployment}
    done = subprocess.run(
        [sys.executable, VERDICT], input=json.dumps(state), capture_output=True, text=True, check=True
    )
    return done.stdout


@contextmanager
def traffic(space: Space) -> Iterator[list[set[str]]]:
    """Follow which releases get the traffic of the Service `web`; the list has every change of that."""
    watching = ("--watch", "-l", "kubernetes.io/service-name=web", "--no-headers", "-o", READY)
    line = (str(space.ground.kubectl), f"--kubeconfig={space.ground.kubeconfig}", "-n", space.name, "get")
    seen: list[set[str]] = []
    with subprocess.Popen([*line, "endpointslices", *watching], stdout=subprocess.PIPE, text=True) as kubectl:
        reader = Thread(target=lambda: seen.extend(map(_releases, kubectl.stdout or ())))
        reader.start()
        yield seen
        kubectl.terminate()
        reader.join()


def _releases(told: str) -> set[str]:
    """Return whose pods a line of kubectl tells to be ready."""
    ready, pods = (column.split(",") for column in told.split())
    return {pod.rsplit("-", 2)[0] for pod, is_ready in zip(pods, ready, strict=True) if is_ready == "true"}
