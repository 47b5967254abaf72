"""Kubernetes objects on a real control plane."""

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
import yaml
from pulumi.automation import CommandError
from pulumi_local_engine import LocalEngine

from helm_rollback_component.kube.api import kubeconfig as kubeconfigs
from helm_rollback_component.kube.api.client import Cluster
from tests.engine.laboratory import Laboratory

pytestmark = [pytest.mark.ground, pytest.mark.timeout(1800)]

PROGRAM = """
    import os
    from pathlib import Path
    import pulumi_kubernetes as k8s

    provider = k8s.Provider("cluster", kubeconfig=Path(os.environ["KUBECONFIG"]).read_text())
    explicit = ResourceOptions(provider=provider)
    namespace = k8s.core.v1.Namespace("space", opts=explicit)
    inside = {{"namespace": namespace.metadata.name}}
    settings = k8s.core.v1.ConfigMap("settings", metadata=inside, data={{"mode": "{mode}"}}, opts=explicit)
    fixed = k8s.core.v1.ConfigMap(
        "fixed", metadata={{**inside, "name": "fixed"}}, data={{"mode": "{mode}"}}, opts=explicit
    )
    words = {{"word": "hunter2"}}
    password = k8s.core.v1.Secret("password", metadata=inside, string_data=words, opts=explicit)
    account = k8s.core.v1.ServiceAccount("account", metadata={{**inside, "labels": {{"mode": "{mode}"}}}})
    pulumi.export("namespace", namespace.metadata.name)
    pulumi.export("settings", settings.metadata.name)
    pulumi.export("word", password.data["word"])
"""


class Field:
    """A laboratory with a cluster."""

    def __init__(self, lab: Laboratory, kubeconfig: Path) -> None:
        self.lab = lab
        self.kubeconfig = kubeconfig
        self.cluster = Cluster.connect(kubeconfigs.load(str(kubeconfig)))

    def stack(self) -> LocalEngine:
        environment = {**self.lab.environment, "KUBECONFIG": str(self.kubeconfig)}
        return LocalEngine("dev", self.lab.work_dir, state_dir=self.lab.state, env_vars=environment)

    def up(self, program: str) -> Any:
        self.lab.program(program)
        return self.stack().up()

    def data(self, name: str, namespace: str) -> Any:
        return (self.get("ConfigMap", name, namespace) or {})["data"]

    def get(self, kind: str, name: str, namespace: str = "") -> dict[str, Any] | None:
        return self.cluster.get(self.cluster.object_path("v1", kind, name, namespace))


@pytest.fixture
def field(local: Laboratory, kubeconfig: Path) -> Iterator[Field]:
    """A laboratory with a cluster, cleared afterwards."""
    field = Field(local, kubeconfig)
    yield field
    field.lab.program("")
    field.stack().destroy()


def test_objects_come_change_and_go(field: Field) -> None:
    made = field.up(PROGRAM.format(mode="one"))
    outputs = {key: output.value for key, output in made.outputs.items()}
    space, settings = outputs["namespace"], outputs["settings"]
    assert space.startswith("space-")
    assert made.outputs["word"].secret
    assert field.data(settings, space) == {"mode": "one"}
    assert "hunter2" not in next(field.lab.state.rglob("state.json")).read_text()
    assert field.stack().up().summary.resource_changes == {"same": 7}
    changed = field.up(PROGRAM.format(mode="two"))
    assert changed.summary.resource_changes == {"same": 4, "update": 1, "replace": 2}
    assert changed.outputs["settings"].value != settings, "a name that was made up is made up again"
    assert field.get("ConfigMap", settings, space) is None
    assert field.data("fixed", space) == {"mode": "two"}
    field.stack().destroy()
    assert field.get("Namespace", space) is None


def test_preview_makes_nothing(field: Field) -> None:
    field.lab.program(PROGRAM.format(mode="one"))
    assert field.stack().preview().change_summary == {"create": 7}
    assert field.get("ConfigMap", "fixed", "default") is None


def test_existing_objects_are_not_taken_over(field: Field) -> None:
    program = """
        import pulumi_kubernetes as k8s
        k8s.core.v1.ConfigMap("mine", metadata={"name": "kube-root-ca.crt", "namespace": "default"}, data={})
    """
    with pytest.raises(CommandError, match="already exists"):
        field.up(program)


def test_refresh_sees_drift_and_loss(field: Field) -> None:
    outputs = field.up(PROGRAM.format(mode="one")).outputs
    space, settings = outputs["namespace"].value, outputs["settings"].value
    path = field.cluster.object_path("v1", "ConfigMap", settings, space)
    merge = "application/merge-patch+json"
    field.cluster.patch(path, {"data": {"mode": "drifted"}}, content_type=merge)
    field.cluster.delete(field.cluster.object_path("v1", "ConfigMap", "fixed", space))
    assert field.stack().refresh().summary.resource_changes == {"same": 5, "update": 1, "delete": 1}
    found = field.lab.resources()
    assert found["settings"]["inputs"]["data"] == {"mode": "drifted"}
    assert "fixed" not in found


def test_unknown_cluster_makes_the_preview_unknown(field: Field) -> None:
    content = json.dumps(yaml.safe_load(field.kubeconfig.read_text()))
    field.lab.program(f"""
        import pulumi_kubernetes as k8s

        class Config(Thing):
            content: pulumi.Output[str]

        made = Config("made", text="x")
        content = made.size.apply(lambda size: {content!r})
        provider = k8s.Provider("cluster", kubeconfig=content)
        k8s.core.v1.ConfigMap("settings", data={{"a": "b"}}, opts=ResourceOptions(provider=provider))
    """)
    assert field.stack().preview().change_summary == {"create": 4}
    assert field.stack().up().summary.resource_changes == {"create": 4}
    assert field.stack().preview().change_summary == {"same": 4}


def test_another_cluster_replaces_the_provider_and_its_objects(field: Field) -> None:
    here = field.kubeconfig.read_text()
    config = yaml.safe_load(here)
    for entry in config["clusters"]:
        server = entry["cluster"]["server"].replace("127.0.0.1", "localhost")
        entry["cluster"] = {"server": server, "insecure-skip-tls-verify": True}
    there = yaml.safe_dump(config)
    program = """
        import pulumi_kubernetes as k8s
        provider = k8s.Provider("cluster", kubeconfig={!r})
        made = k8s.core.v1.ConfigMap("settings", opts=ResourceOptions(provider=provider))
        pulumi.export("name", made.metadata.name)
    """
    before = field.up(program.format(here)).outputs["name"].value
    moved = field.up(program.format(there))
    assert moved.summary.resource_changes == {"same": 1, "replace": 2}
    assert field.get("ConfigMap", before, "default") is None
    assert field.get("ConfigMap", moved.outputs["name"].value, "default") is not None


def test_what_the_provider_leaves_out_is_said(field: Field) -> None:
    program = """
        import pulumi_kubernetes as k8s
        k8s.helm.v3.Release("web", chart="web")
    """
    with pytest.raises(CommandError, match="leaves out kubernetes:helm"):
        field.up(program)


def test_deletion_is_waited_for(field: Field) -> None:
    field.up("""
        import pulumi_kubernetes as k8s
        held = {"name": "held", "namespace": "default", "finalizers": ["test/hold"]}
        k8s.core.v1.ConfigMap("held", metadata=held)
    """)
    path = field.cluster.object_path("v1", "ConfigMap", "held", "default")
    release = {"metadata": {"finalizers": None}}
    merge = "application/merge-patch+json"
    timer = Timer(2, lambda: field.cluster.patch(path, release, content_type=merge))
    timer.start()
    field.stack().destroy()
    assert field.cluster.get(path) is None
