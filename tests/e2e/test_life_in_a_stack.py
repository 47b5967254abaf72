"""What happens to a release when its program, its options, its files or its credentials change."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from pulumi import automation

from tests.e2e.conftest import Bench
from tests.e2e.project import Project
from tests.e2e.values import BAD, BETTER, GOOD

pytestmark = [pytest.mark.ground, pytest.mark.timeout(300)]

_PROGRAM = """
import json
import pulumi
from helm_rollback_component import HelmRelease

inputs = json.loads({inputs!r})
release = HelmRelease({name!r}, inputs, pulumi.ResourceOptions({options}))
pulumi.export("revision", release.revision)
pulumi.export("phase", release.phase)
"""


def write(bench: Bench, *, name: str = "web", options: str = "", **inputs: object) -> None:
    """Have the stack run a program with one release, whose Helm name is always `web`."""
    bench.project.declare({})
    declared = json.dumps(bench.web(releaseName="web", **inputs))
    bench.project.program(dedent(_PROGRAM).format(inputs=declared, name=name, options=options))


def up(bench: Bench) -> None:
    """Bring the stack up, which must go well."""
    outcome = bench.project.up()
    assert not outcome.failed, outcome.text


def test_a_renamed_resource_with_an_alias_keeps_its_release(bench: Bench) -> None:
    write(bench, values=GOOD)
    up(bench)
    write(bench, name="site", options="aliases=[pulumi.Alias(name='web')]", values=GOOD)
    up(bench)
    assert bench.space.statuses() == ["deployed"]
    write(bench, name="site", options="aliases=[pulumi.Alias(name='web')]", values=BETTER)
    up(bench)
    assert bench.space.statuses() == ["superseded", "deployed"]
    assert not bench.project.destroy().failed
    assert not bench.space.left()


def test_a_renamed_resource_without_an_alias_is_told_of_the_other_owner(bench: Bench) -> None:
    write(bench, values=GOOD)
    up(bench)
    write(bench, name="site", values=GOOD)
    outcome = bench.project.up()
    assert outcome.failed
    assert "aliases" in outcome.text
    assert bench.space.statuses() == ["deployed"]


def test_a_stack_of_the_same_name_in_another_backend_is_told_of_the_owner(
    bench: Bench, tmp_path: Path
) -> None:
    write(bench, values=GOOD)
    up(bench)
    kubeconfig = Path(bench.project.environment["KUBECONFIG"])
    there = replace(bench, project=Project(tmp_path / "it", bench.project.engine, kubeconfig, plain=True))
    write(there, values=BETTER)
    outcome = there.project.up()
    assert outcome.failed
    assert "another stack of the same name" in outcome.text
    assert "adopt" in outcome.text
    assert bench.space.statuses() == ["deployed"]
    write(there, values=BETTER, adopt=True)
    up(there)
    assert bench.space.statuses() == ["superseded", "deployed"]


def test_an_edit_inside_a_local_chart_is_a_change(bench: Bench) -> None:
    write(bench, values=GOOD)
    up(bench)
    note = bench.project.work_dir / "stacks" / "charts" / "web" / "templates" / "note.yaml"
    note.write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: note}\n")
    up(bench)
    assert bench.space.statuses() == ["superseded", "deployed"]
    assert bench.space.get("configmap", "note") is not None


def test_an_edit_inside_a_value_file_is_a_change(bench: Bench) -> None:
    file = bench.project.work_dir / "stacks" / "values.yaml"
    file.write_text("replicas: 1\nimage: {tag: one}\n")
    write(bench, valueFiles=["values.yaml"])
    up(bench)
    file.write_text("replicas: 1\nimage: {tag: two}\n")
    up(bench)
    assert bench.space.image().endswith(":two")


def test_nulls_and_large_integers_reach_helm(bench: Bench) -> None:
    write(bench, values={**GOOD, "podAnnotations": None, "settings": {"large": 2**53 - 1}})
    up(bench)
    stored = json.loads(bench.space.helm("get", "values", "web", "-o", "json"))
    assert stored["podAnnotations"] is None
    assert stored["settings"]["large"] == 2**53 - 1


def test_ignored_changes_are_ignored(bench: Bench) -> None:
    write(bench, values=GOOD)
    up(bench)
    write(bench, options="ignore_changes=['values']", values=BAD)
    up(bench)
    assert bench.space.statuses() == ["deployed"]


def test_changes_to_replace_on_replace(bench: Bench) -> None:
    write(bench, values=GOOD)
    up(bench)
    before = bench.project.release()["incarnation"]
    write(bench, options="replace_on_changes=['values']", values=BETTER)
    assert "web: uninstall what is there, and install web 1.0.0" in bench.project.preview().text
    up(bench)
    assert bench.space.statuses() == ["deployed"]
    assert bench.project.release()["incarnation"] != before


def test_a_protected_release_is_not_destroyed(bench: Bench) -> None:
    write(bench, options="protect=True", values=GOOD)
    up(bench)
    assert bench.project.destroy().failed
    assert bench.space.statuses() == ["deployed"]


def test_a_retained_release_outlives_the_stack(bench: Bench) -> None:
    write(bench, options="retain_on_delete=True", values=GOOD)
    up(bench)
    assert not bench.project.destroy().failed
    assert bench.space.statuses() == ["deployed"]


def test_custom_timeouts_bound_an_upgrade(bench: Bench) -> None:
    write(bench, values=GOOD)
    up(bench)
    options = "custom_timeouts=pulumi.CustomTimeouts(update='3s')"
    write(bench, options=options, values={**GOOD, "podLabels": {"ground/play": "never-ready"}})
    outcome = bench.project.up()
    assert outcome.failed
    assert "UpgradeTimeout" in outcome.text


def test_rotated_credentials_take_no_helm_action(bench: Bench) -> None:
    kubeconfig = bench.project.folder / "kubeconfig"
    shutil.copy(bench.space.ground.kubeconfig, kubeconfig)
    write(bench, values=GOOD, kubeconfig=str(kubeconfig))
    up(bench)
    rotated = yaml.safe_load(kubeconfig.read_text())
    rotated["preferences"] = {"rotated": True}
    write(bench, values=GOOD, kubeconfig=yaml.safe_dump(rotated))
    up(bench)
    assert bench.space.statuses() == ["deployed"]
    kubeconfig.unlink()
    assert not bench.project.destroy().failed
    assert not bench.space.left()


def test_a_release_goes_where_a_kubernetes_resource_would(root_bench: Bench) -> None:
    bench = root_bench
    path = str(bench.space.ground.kubeconfig)
    there = f"__import__('pulumi_kubernetes').Provider('there', kubeconfig={path!r})"
    bench.project.stack.set_config("kubernetes:context", automation.ConfigValue("nowhere"))
    write(bench, options=f"providers=[{there}]", values=GOOD)
    up(bench)
    assert bench.space.statuses() == ["deployed"]
    assert not bench.project.destroy().failed
    assert not bench.space.left()
    write(bench, values=GOOD)
    outcome = bench.project.preview()
    assert outcome.failed
    assert "no context nowhere" in outcome.text
    assert "Traceback" not in outcome.text
    for copy in (bench.project.folder / "tmp").glob("kubeconfig*"):
        copy.unlink()  # the Kubernetes plugin leaves its copy


def test_a_release_whose_first_update_failed_can_be_destroyed(bench: Bench) -> None:
    write(bench, values=GOOD)
    up(bench)
    write(bench, values=BAD)
    assert bench.project.up().failed
    assert not bench.project.destroy().failed
    assert not bench.space.left()
