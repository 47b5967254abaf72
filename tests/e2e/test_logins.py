"""Charts of a repository and of a registry with logins: the logins get nowhere else.

After the tests, the login is looked for in all that the engine, the program and Helm showed, wrote and left.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.values import BETTER, GOOD
from tests.support.packages import packed
from tests.support.registry import Registry
from tests.support.repository import Repository
from tools.sandbox import CLI, LOCAL

if TYPE_CHECKING:
    from tests.e2e.conftest import Bench, BenchMaker
    from tests.support.serving import Service

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300), pytest.mark.sweep]

VERSIONS = ("1.0.0", "1.1.0")
FOLDER = Path(__file__).parents[2] / "stacks" / "charts" / "web"


def chart(version: str) -> bytes:
    """Pack the root project's chart in some version."""
    files = {str(each.relative_to(FOLDER)): each.read_text() for each in FOLDER.rglob("*") if each.is_file()}
    described = files.pop("Chart.yaml").replace("version: 1.0.0", f"version: {version}", 1)
    return packed("web", version, {**files, "Chart.yaml": described})


def localhost(server: Service) -> str:
    """Return the address of a server under another name of this machine."""
    return f"http://localhost:{server.address.partition(':')[2]}"


def sources(repository: Repository, registry: Registry, version: str, **more: Any) -> dict[str, Any]:
    """Return what to give as the source of each release; the program adds the login."""
    listed = {"chart": "web", "repository": repository.url, "version": version, **more}
    pulled = {"chart": registry.reference("web"), "version": version, "plainHttp": True, **more}
    return {"listed": listed, "pulled": pulled}


def releases(bench: Bench, given: dict[str, Any], values: object) -> dict[str, Any]:
    return {name: bench.web(source=source, values=values) for name, source in given.items()}


@pytest.mark.parametrize(
    ("engine", "helm"), [(LOCAL, "helm4"), (LOCAL, "helm3"), (LOCAL, "embedded"), (CLI, "helm4")]
)
def test_a_login_is_used_and_is_nowhere_else(benches: BenchMaker, engine: str, helm: str) -> None:
    with benches(engine, helm=helm) as bench:
        login = {"username": "ci", "password": bench.project.hidden["login"]}
        with (
            Repository(**login) as repository,
            Registry(**login) as registry,
            Repository() as archives,
            Registry() as layers,
        ):
            for version in VERSIONS:
                archive = chart(version)
                archives.add("web", version, archive)
                repository.add("web", version, archive, url=f"{localhost(archives)}/charts/web-{version}.tgz")
                registry.push("web", version, archive)
                registry.redirects[layers.keep_blob(archive)] = localhost(layers)

            bench.project.deploy(releases(bench, sources(repository, registry, VERSIONS[0]), GOOD))
            wrong = sources(repository, registry, VERSIONS[1], password="correct-horse-battery")
            refused = bench.project.fail(releases(bench, wrong, BETTER))
            bench.project.deploy(releases(bench, sources(repository, registry, VERSIONS[1]), BETTER))
            refreshed = bench.project.refresh()
            destroyed = bench.project.destroy()

        assert not refreshed.failed, refreshed.text
        assert not destroyed.failed, destroyed.text
        assert " ".join(refused.messages).count("check source.username and source.password") >= len(wrong)
        assert "correct-horse" not in refused.text
        assert {asked.authorization for asked in (*archives.requests, *layers.requests)} == {""}
        assert archives.requests
        assert layers.requests
        assert registry.authorization in {asked.authorization for asked in registry.requests}
