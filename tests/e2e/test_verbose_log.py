"""Pulumi's log at its highest level: what this package adds to it has no secrets in it.

Pulumi itself writes there, in the clear, every property that it sends to a provider or gets from one.
"""

import re

import pytest

from tests.e2e import canary
from tests.e2e.conftest import BenchMaker
from tests.e2e.outcome import watch
from tools.sandbox import CLI

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]

NAME = "a verbose log"
PROGRAM = f"""\
import hashlib

import pulumi
from helm_rollback_component import HelmRelease

inputs = pulumi.Config().require_object("releases")["web"]
secret = pulumi.Output.secret({canary.HEAD!r} + hashlib.sha256({NAME!r}.encode()).hexdigest())
HelmRelease("web", {{**inputs, "values": {{"password": secret, "podLabels": {{"canary": secret}}}}}})
"""
PULUMIS_OWN = re.compile(r'"(?:Unm|M)arshaling property for RPC\[')


def test_the_lines_of_this_package_have_no_secrets(benches: BenchMaker) -> None:
    with benches(CLI) as bench:
        bench.project.program(PROGRAM)
        bench.project.declare({"web": bench.web()})
        written: list[str] = []
        outcome = watch(bench.project.stack.up, on_error=written.append, log_verbosity=9, log_to_std_err=True)
    lines = "\n".join(written).splitlines()
    ours = [line for line in lines if not PULUMIS_OWN.search(line)]
    assert len(ours) < len(lines)
    assert any("is invalid" in each and "[secret]" in each for each in outcome.messages), outcome.messages
    places = {f"line {number}": line.encode() for number, line in enumerate(ours)}
    assert canary.escaped(places, {"the secret": canary.hatch(NAME), **bench.project.hidden}) == []
