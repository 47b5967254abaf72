"""Secrets in the inputs stay there: they are in no state, no output, no process list and no file."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.conftest import Bench, BenchMaker
from tests.e2e.helm_processes import Sightings, watched
from tests.e2e.outcome import Outcome
from tests.support.sharing import shared
from tools.sandbox import CLI, LOCAL

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]

TELLINGS = [(LOCAL, "embedded"), (CLI, "helm4")]
FURTHER = [(LOCAL, "helm4")]
PASSWORD = "correct-horse-battery-staple"
PLAY = {"ground/play": "image-pull"}
PROGRAM = """\
import pulumi
from helm_rollback_component import HelmRelease

config = pulumi.Config()
inputs = config.require_object("releases")["web"]
inputs["values"]["password"] = config.require_secret("password")
inputs["kubeconfig"] = config.require_secret("kubeconfig")
HelmRelease("web", inputs)
"""
REFUSED = f"""\
import pulumi
from helm_rollback_component import HelmRelease

secret = "{PASSWORD}"
HelmRelease("web", {{
    "release_namespace": "apps",
    "kubeconfig": f"token: {{secret}}\\nusers: [",
    "source": pulumi.Output.secret({{"chart": secret}}),
    "values": pulumi.Output.secret(secret),
    "labels": pulumi.Output.secret({{"a b": secret}}),
}})
"""
REFUSED_PATHS = ("kubeconfig", "source.chart", "values", "labels")


@dataclass(frozen=True, repr=False)
class Traces:
    """What a project with secrets left, in whatever place."""

    secrets: dict[str, str]
    deployed: Outcome
    failed: Outcome
    sightings: Sightings
    files: dict[Path, bytes]
    password_in_the_cluster: str

    def holders(self) -> Iterator[tuple[str, bytes]]:
        """Yield whatever must not hold a secret, by name; the state is among the files."""
        yield "the output", (self.deployed.text + self.failed.text).encode()
        yield "a Helm process", self.sightings.seen
        for path, content in self.files.items():
            yield str(path), content


@pytest.fixture(scope="module", params=shared("traces", TELLINGS, FURTHER))
def traces(request: pytest.FixtureRequest, benches: BenchMaker) -> Iterator[Traces]:
    """A release whose whole values are secret, because a structured configuration value holds a secret."""
    engine, helm = request.param
    with benches(engine, helm=helm, plain=False) as bench:
        yield _leave_traces(bench)


def _leave_traces(bench: Bench) -> Traces:
    kubeconfig = bench.space.ground.kubeconfig.read_text()
    secrets = {"web.values.password": PASSWORD, "web.kubeconfig": kubeconfig}
    with watched(str(bench.project.folder)) as sightings:
        bench.project.declare({"web": _inputs(bench)}, secrets)
        deployed = bench.project.up()
        bench.project.declare(
            {"web": _inputs(bench, podLabels=PLAY)}, {**secrets, "web.values.image.tag": PASSWORD}
        )
        failed = bench.project.up()
    return Traces(
        secrets={"the password": PASSWORD, "the token": _token(kubeconfig)},
        deployed=deployed,
        failed=failed,
        sightings=sightings,
        files=_files(bench.project.folder),
        password_in_the_cluster=_password(bench),
    )


def _inputs(bench: Bench, **values: Any) -> dict[str, Any]:
    return bench.web(values=values, health={"imagePullGrace": 0})


def _files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _token(kubeconfig: str) -> str:
    user: dict[str, str] = yaml.safe_load(kubeconfig)["users"][0]["user"]
    return user["token"]


def _password(bench: Bench) -> str:
    secret = bench.space.get("secret", "web")
    assert secret is not None
    return base64.b64decode(secret["data"]["password"]).decode()


def test_a_secret_value_reaches_the_chart(traces: Traces) -> None:
    assert not traces.deployed.failed, traces.deployed.text
    assert traces.password_in_the_cluster == PASSWORD


def test_secrets_are_nowhere_else(traces: Traces) -> None:
    for name, secret in traces.secrets.items():
        found = [place for place, content in traces.holders() if _holds(content, secret)]
        assert not found, f"{name} is in {found}"


def test_helm_and_the_state_were_looked_at(traces: Traces) -> None:
    assert traces.sightings.processes
    assert any(b"rollback_status" in content for content in traces.files.values())


def test_a_secret_is_masked_in_the_message_of_a_failure(traces: Traces) -> None:
    assert traces.failed.failed
    assert "ImagePullBackOff" in traces.failed.text
    assert "[secret]" in " ".join(traces.failed.messages)


def test_only_the_secret_part_of_the_values_is_masked(bench: Bench) -> None:
    bench.project.program(PROGRAM)
    bench.project.set_secret("password", PASSWORD)
    bench.project.set_secret("kubeconfig", bench.space.ground.kubeconfig.read_text())
    bench.project.deploy({"web": _inputs(bench)})

    tag = f"1.29-{PASSWORD}"
    outcome = bench.project.fail({"web": _inputs(bench, image={"tag": tag}, podLabels=PLAY)})

    assert "nginx:1.29-[secret]" in " ".join(outcome.messages)


def test_a_refused_input_is_named_without_its_value(bench: Bench) -> None:
    bench.project.program(REFUSED)

    outcome = bench.project.preview()

    assert outcome.failed
    assert [path for path in REFUSED_PATHS if f"{path}: " not in outcome.text] == []
    assert PASSWORD not in outcome.text


def _holds(content: bytes, secret: str) -> bool:
    encoded = base64.b64encode(secret.encode())
    return secret.encode() in content or encoded in content
