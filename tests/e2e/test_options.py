"""Options that only the engine carries out: they reach the release, and do what they do for any resource."""

from collections.abc import Iterator

import pytest
from pulumi import automation

from tests.e2e.conftest import Bench, BenchMaker
from tests.e2e.values import AT_ONCE, BAD, BETTER, GOOD
from tools.sandbox import CLI

pytestmark = [pytest.mark.ground, pytest.mark.sweep, pytest.mark.timeout(300)]

PROGRAM = """
import pulumi
from helm_rollback_component import HelmRelease


class Cluster(pulumi.dynamic.ResourceProvider):
    def create(self, props):
        return pulumi.dynamic.CreateResult("id", props)


def run(hook):
    print("hook of", hook.name)


def fail(hook):
    print("hook of", hook.name, "that failed", hook.failed_operation)
    return False


class ClusterResource(pulumi.dynamic.Resource):
    def __init__(self, name):
        super().__init__(Cluster(), name, {})


cluster = ClusterResource("cluster")
hooks = pulumi.ResourceHookBinding(
    after_create=[pulumi.ResourceHook("created", run)],
    before_update=[pulumi.ResourceHook("updated", run)],
    on_error=[pulumi.ErrorHook("failed", fail)],
)
options = pulumi.ResourceOptions(
    deleted_with=cluster, hooks=hooks, additional_secret_outputs=["appVersion", "rollback_status"]
)
HelmRelease("web", pulumi.Config().require_object("releases")["web"], options)
"""


@pytest.fixture
def bench(benches: BenchMaker) -> Iterator[Bench]:
    """A bench on the CLI, whose program gives its release every option."""
    with benches(CLI) as bench:
        bench.project.program(PROGRAM)
        yield bench


def test_each_does_what_it_does_for_any_resource(bench: Bench) -> None:
    created = bench.project.deploy({"web": bench.web(values=GOOD)})
    assert created.information.count("hook of web-release") == 1
    state = bench.project.resources()["web-release"]
    assert "plaintext" in state["outputs"]["rollback_status"], "the export shows secrets, each marked as one"
    assert state["additionalSecretOutputs"] == ["app_version", "rollback_status"]

    updated = bench.project.deploy({"web": bench.web(values=BETTER)})
    assert updated.information.count("hook of web-release") == 1

    failed = bench.project.fail({"web": bench.web(values=BAD, health=AT_ONCE)})
    assert "hook of web-release that failed update" in failed.information

    assert not bench.project.destroy().failed
    assert bench.space.statuses()[-1] == "deployed", "the release goes with what it is deleted with"


NO_DEFAULTS = """
import pulumi
from helm_rollback_component import HelmRelease

dynamic = pulumi.ProviderResource("pulumi-python", "dynamic", {})
inputs = pulumi.Config().require_object("releases")["web"]
HelmRelease("web", inputs, pulumi.ResourceOptions(providers=[dynamic]))
"""


def test_a_provider_of_dynamic_resources_stands_in_for_a_forbidden_default(bench: Bench) -> None:
    bench.project.program(NO_DEFAULTS)
    bench.project.stack.set_config("pulumi:disable-default-providers", automation.ConfigValue('["*"]'))

    bench.project.deploy({"web": bench.web(values=GOOD, kubeconfig=str(bench.space.ground.kubeconfig))})

    assert bench.space.statuses() == ["deployed"]
    assert not bench.project.destroy().failed
