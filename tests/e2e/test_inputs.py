"""Wrong inputs are refused, all of them at once, before anything is touched."""

from typing import Any

import pytest

from tests.e2e.conftest import Bench

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]

WRONG = {
    "releaseName": "Not_A_Name",
    "source": {"chart": "./charts/absent"},
    "operations": {"rollback": {"strategy": "hopeful"}},
    "timeouts": {"upgrade": -1},
    "replicas": 3,
}
CONTRADICTING = {"operations": {"rollback": {"strategy": "version-based", "targetRevision": 2}}}
TWICE = {
    "skipCrds": True,
    "skip_crds": True,
    "operations": {"rollback": {"onRollback": "warn", "on_rollback": "fail"}},
}
REFUSED = {
    "wrong": (
        WRONG,
        ("release_name", "source.chart", "operations.rollback.strategy", "timeouts.upgrade", "replicas"),
    ),
    "contradicting": (CONTRADICTING, ("operations.rollback.target_revision",)),
    "twice": (TWICE, ("skip_crds: given twice", "operations.rollback.on_rollback: given twice")),
}

NO_VALUES = """\
import math, pulumi
from helm_rollback_component import HelmRelease

HelmRelease("web", {
    "releaseNamespace": "default",
    "source": {"chart": "oci://registry.example/web", "version": "1.0.0"},
    "values": {"a": math.nan, "b": [-math.inf, pulumi.StringAsset("x")], "c": "\\ud83d", "d": 10**400},
    "health": {"grace": math.nan, "soak": pulumi.Output.from_input(math.inf)},
    "timeouts": {"upgrade": 10**400},
    "valueFiles": [pulumi.StringAsset("good: 1"), pulumi.RemoteAsset("https://x.example"), "replicas: 2\\n"],
})
"""
"""A program with what JSON, in which inputs are configured here, has no form for."""


@pytest.mark.parametrize(("inputs", "named"), REFUSED.values(), ids=REFUSED)
def test_a_preview_names_everything_that_is_wrong(
    bench: Bench, inputs: dict[str, Any], named: tuple[str, ...]
) -> None:
    bench.project.declare({"web": bench.web(**inputs)})

    outcome = bench.project.preview()

    assert outcome.failed
    assert [path for path in named if path not in " ".join(outcome.messages)] == []
    assert "Traceback" not in outcome.text


def test_what_json_has_no_form_for_is_named(bench: Bench) -> None:
    bench.project.program(NO_VALUES)

    outcome = bench.project.preview()

    assert outcome.failed
    paths = (
        "health.grace",
        "health.soak",
        "timeouts.upgrade",
        "values.a",
        "values.b[0]",
        "values.b[1]",
        "values.c",
        "values.d",
        "value_files[1]",
    )
    assert [path for path in paths if f"{path}" not in " ".join(outcome.messages)] == []
    assert "Traceback" not in outcome.text


def test_an_update_with_wrong_inputs_touches_nothing(bench: Bench) -> None:
    outcome = bench.project.fail({"web": bench.web(**WRONG)})

    assert "Traceback" not in outcome.text
    assert not bench.space.objects()
    assert "web-release" not in bench.project.resources()


def test_a_wrong_change_leaves_the_release_as_it_is(bench: Bench) -> None:
    bench.project.deploy({"web": bench.web()})
    before = bench.space.history()

    bench.project.fail({"web": bench.web(timeouts={"upgrade": -1})})

    assert bench.space.history() == before
    assert bench.project.release()["phase"] == "Deployed"
