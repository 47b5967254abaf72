"""A secret of today or before is in no state, output, Lease, message, argument or file, however spelled."""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import yaml

from tests.e2e import canary
from tests.e2e.conftest import Bench, BenchMaker, no_secret_escaped
from tests.e2e.helm_processes import Sightings, watched
from tests.e2e.outcome import Outcome
from tests.support.sharing import shared
from tools.sandbox import CLI, LOCAL

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]

PROGRAM = """\
import base64
import hashlib

import pulumi
from helm_rollback_component import HelmRelease

config = pulumi.Config()
inputs = config.require_object("releases")["web"]
login = {"username": "ci", "password": hashlib.sha256(b"repository").hexdigest()}
inputs["source"] = pulumi.Output.from_input({**inputs["source"], **login})
secret = config.require_secret("password")
inputs["values"] = {"password": secret}
inputs["description"] = pulumi.Output.concat("with ", secret)
if config.get_bool("bad"):
    inputs["values"]["podLabels"] = {"canary": secret}
inputs["kubeconfig"] = config.require_secret("kubeconfig")
release = HelmRelease("web", inputs)
pulumi.export("history", release.history)
pulumi.export("conditions", release.conditions)
pulumi.export("rollback", release.rollback_status)
"""


@dataclass(frozen=True, repr=False)
class Story:
    """A release whose secret values are refused and told by the API server, and changed after that."""

    secrets: dict[str, str]
    outcomes: list[Outcome]
    sightings: list[Sightings]
    history: list[dict[str, str]]
    stored: str
    places: dict[str, bytes] = field(repr=False)


@pytest.fixture(
    scope="module",
    params=shared(
        "canary", [(LOCAL, "helm4"), (CLI, "helm4")], sweeping=[(LOCAL, "embedded"), (LOCAL, "helm3")]
    ),
)
def story(request: pytest.FixtureRequest, benches: BenchMaker) -> Iterator[Story]:
    engine, helm = request.param
    with benches(engine, helm=helm) as bench:
        yield _told(bench)


def _told(bench: Bench) -> Story:
    first, second, kubeconfig = canary.hatch(), canary.hatch(), bench.space.ground.kubeconfig.read_text()
    secrets = {
        "the first password": first,
        "the second password": second,
        "the login": hashlib.sha256(b"repository").hexdigest(),
        "the token": yaml.safe_load(kubeconfig)["users"][0]["user"]["token"],
    }
    bench.project.program(PROGRAM)
    bench.project.set_secret("kubeconfig", kubeconfig)
    steps = [_up(bench, first), _up(bench, first, bad="true"), _up(bench, second)]
    outcomes, sightings = [outcome for outcome, _ in steps], [seen for _, seen in steps]
    outcomes.append(bench.project.refresh())
    lease = bench.space.get("lease", "helm-rollback.web")
    return Story(
        secrets,
        outcomes,
        sightings,
        history=bench.project.release()["revisions"],
        stored=bench.space.helm("history", "web"),
        places={
            "what was said": "\n".join(_said(each) for each in outcomes).encode(),
            "the Lease": json.dumps(lease).encode(),
            "Helm's processes": b"".join(each.seen for each in sightings),
            "the arguments of all processes": b"".join(each.commands for each in sightings),
            **canary.files(bench.project.folder),
        },
    )


def _up(bench: Bench, password: str, bad: str = "") -> tuple[Outcome, Sightings]:
    bench.project.set_secret("password", password)
    bench.project.set_secret("bad", bad or "false")
    bench.project.declare({"web": bench.web()})
    with watched(str(bench.project.folder)) as sightings:
        return bench.project.up(), sightings


def _said(outcome: Outcome) -> str:
    events = json.dumps([str(event.__dict__) for event in outcome.events], default=str)
    return "\n".join([outcome.text, json.dumps(outcome.outputs, default=str), events, *outcome.progress])


def test_the_api_server_told_the_secret_to_helm(story: Story) -> None:
    """Else this story would prove nothing."""
    assert [each.failed for each in story.outcomes] == [False, True, False, False], story.outcomes[0].text
    assert canary.traces(story.stored.encode(), story.secrets["the first password"])


def test_no_secret_is_anywhere(story: Story) -> None:
    for name, secret in story.secrets.items():
        assert not (found := canary.found(story.places, secret)), f"{name} is in {found}"


def test_the_failure_is_told_with_a_mask(story: Story) -> None:
    told = " ".join(story.outcomes[1].messages)
    assert "ObjectInvalid" in told
    assert "[secret]" in told


def test_a_stored_failure_is_told_by_its_reason(story: Story) -> None:
    descriptions = [each["description"] for each in story.history]
    assert 'Upgrade "web" failed: ObjectInvalid' in descriptions
    assert "[secret]" in descriptions


def test_processes_were_looked_at(story: Story) -> None:
    assert all(each.processes and each.commands for each in story.sightings)


def test_every_release_of_a_program_test_has_secrets_that_are_looked_for(benches: BenchMaker) -> None:
    with benches(LOCAL) as bench:
        bench.project.deploy({"web": bench.web()})
        secret = bench.space.get("secret", "web")
        assert secret is not None
        encoded = secret["data"]["password"]
        assert base64.b64decode(encoded).decode() == bench.project.hidden["value"]
        left = bench.project.folder / "tmp" / "left"
        left.write_text(encoded)
        with pytest.raises(AssertionError, match=f"value in {left}: base64"):
            no_secret_escaped(bench.project, bench.space.ground.kubeconfig)
        left.unlink()
