"""A forced replacement destroys nothing that should live."""

import pytest

from tests.e2e.conftest import Bench
from tests.e2e.values import GOOD

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]


def test_a_replaced_release_lives(bench: Bench) -> None:
    bench.project.deploy({"web": bench.web(values=GOOD)})
    resources = bench.project.resources()
    before = resources["web-release"]["outputs"]["incarnation"]

    urn = resources["web-release"]["urn"]
    previewed, outcome = bench.project.preview(replace=[urn]), bench.project.up(replace=[urn])

    assert "if the resource is replaced, the release is uninstalled first" in previewed.text
    assert not outcome.failed, outcome.text
    assert bench.project.release()["incarnation"] != before
    assert bench.space.statuses() == ["deployed"]
    assert bench.space.get("deployment", "web") is not None
    assert bench.space.get("lease", "helm-rollback.web") is not None


def test_another_release_name_is_another_release(bench: Bench) -> None:
    bench.project.deploy({"web": bench.web(values=GOOD, releaseName="blue")})

    bench.project.deploy({"web": bench.web(values=GOOD, releaseName="green")})

    assert bench.space.statuses("green") == ["deployed"]
    assert bench.space.get("deployment", "blue") is None
    assert bench.space.get("lease", "helm-rollback.blue") is None


def test_a_release_is_not_deleted_for_one_whose_namespace_is_missing(bench: Bench) -> None:
    bench.project.deploy({"web": bench.web(values=GOOD)})
    bench.project.declare({"web": bench.web(values=GOOD, releaseNamespace=f"{bench.space.name}-missing")})

    foreseen, outcome = bench.project.preview(), bench.project.up()

    assert f"namespace {bench.space.name}-missing does not exist yet" in foreseen.text
    assert outcome.failed
    assert "nothing is deleted, because" in outcome.text
    assert bench.space.statuses() == ["deployed"]
    assert bench.space.get("deployment", "web") is not None
