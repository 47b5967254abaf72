"""Stack outputs after an update that failed, here and in a stack that refers to them: as Pulumi has them."""

from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pulumi import automation

from tests.e2e.conftest import Bench, BenchMaker
from tests.e2e.values import AT_ONCE, BAD, GOOD
from tools.sandbox import CLI

pytestmark = [pytest.mark.ground, pytest.mark.sweep, pytest.mark.timeout(300)]

PROGRAM = """
import pulumi
from helm_rollback_component import HelmRelease

release = HelmRelease("web", pulumi.Config().require_object("releases")["web"])
pulumi.export("phase", release.phase)
pulumi.export("revision", release.revision)
"""
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What Pulumi saves in place of a value that is not known."""


@pytest.fixture
def bench(benches: BenchMaker) -> Iterator[Bench]:
    """A bench on the CLI: `LocalEngine` knows no stack but its own."""
    with benches(CLI) as bench:
        bench.project.program(PROGRAM)
        yield bench


def _referred_to(bench: Bench) -> dict[str, Any]:
    """Return what another stack is told of the outputs."""

    def program() -> None:
        there = pulumi.StackReference("organization/helm-rollback/dev")
        for key in ("phase", "revision"):
            pulumi.export(key, there.get_output(key))

    options = automation.LocalWorkspaceOptions(env_vars=bench.project.environment)
    other = automation.create_or_select_stack("other", "reader", program, opts=options)
    return {key: output.value for key, output in other.up().outputs.items()}


def _outputs(bench: Bench) -> dict[str, Any]:
    return {key: output.value for key, output in bench.project.stack.outputs().items()}


def test_they_stay_until_a_program_runs_that_knows_better(bench: Bench) -> None:
    bench.project.deploy({"web": bench.web(values=GOOD)})
    bench.project.fail({"web": bench.web(values=BAD, health=AT_ONCE)})
    assert _outputs(bench) == _referred_to(bench) == {"phase": "Deployed", "revision": 1}

    assert not bench.project.refresh().failed
    assert _outputs(bench) == {"phase": "Deployed", "revision": 1}

    assert not bench.project.refresh(run_program=True).failed
    assert _outputs(bench) == _referred_to(bench) == {"phase": "RolledBack", "revision": 3}


def test_they_are_unknown_where_an_update_continued_on_errors(bench: Bench) -> None:
    bench.project.deploy({"web": bench.web(values=GOOD)})
    bench.project.declare({"web": bench.web(values=BAD, health=AT_ONCE)})
    assert bench.project.up(continue_on_error=True).failed
    assert _outputs(bench) == {"phase": UNKNOWN, "revision": UNKNOWN}
    assert _referred_to(bench) == {}

    assert not bench.project.refresh(run_program=True).failed
    assert _outputs(bench) == _referred_to(bench) == {"phase": "RolledBack", "revision": 3}
