"""Helm's switches: each does on every engine what it says."""

import json
import os
from pathlib import Path

import pytest

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.core.failures.classify import classify
from helm_rollback_component.helm.engines.embedded import EmbeddedEngine
from helm_rollback_component.helm.engines.engine import Capability, Engine, EngineError, Options
from tests.contract.helm_fixtures import Space, failure_of, write_chart

pytestmark = pytest.mark.ground

_POST_RENDERER = """\
apiVersion: v1
type: postrenderer/v1
name: brand
version: 1.0.0
runtime: subprocess
runtimeConfig:
  platformCommand:
  - command: ${HELM_PLUGIN_DIR}/brand.sh
"""


@pytest.mark.every_engine
def test_every_engine_says_what_it_has(engine: Engine) -> None:
    lacks = (
        {Capability.FORCE_CONFLICTS, Capability.WAIT_STRATEGY} if engine.name.startswith("helm 3") else set()
    )
    assert engine.capabilities == frozenset(Capability) - lacks


def test_a_description_is_recorded(space: Space) -> None:
    space.install(options=Options(description="for = the, tests"))

    assert space.records()[0]["info"]["description"] == "for = the, tests"


def test_labels_are_recorded(space: Space) -> None:
    space.install(options=Options(labels={"team": "blue", "tier": "web"}))

    labels = space.records()[0]["labels"]
    assert (labels["team"], labels["tier"]) == ("blue", "web")


def test_hooks_can_be_left_out(space: Space) -> None:
    options = Options(disable_hooks=True)
    failing = {"on": '"pre-install,pre-upgrade,pre-rollback,pre-delete"', "play": "fail"}

    space.install({"hook": failing}, options=options)
    space.upgrade({"hook": failing, "tag": "2"}, options=options)
    space.engine.rollback(space.target(), 1, 30, disable_hooks=True)
    space.engine.uninstall(space.target(), 30, disable_hooks=True)

    assert space.records() == []
    assert space.get("job", "web-hook") is None


def test_a_release_left_uninstalling_by_a_failing_hook_goes_without_hooks(space: Space) -> None:
    space.install({"hook": {"on": "pre-delete", "play": "fail"}})
    with pytest.raises(EngineError):
        space.engine.uninstall(space.target(), 30)
    assert space.statuses() == ["uninstalling"]

    space.engine.uninstall(space.target(), 30, disable_hooks=True)

    assert space.records() == []
    assert space.get("deployment", "web") is None


def test_an_object_of_somebody_else_can_be_taken_over(space: Space) -> None:
    space.kubectl("create", "configmap", "web")
    with pytest.raises(EngineError) as caught:
        space.install()
    assert classify(caught.value.output, "install").reason == "OwnershipConflict"

    space.install(options=Options(take_ownership=True))

    assert space.statuses() == ["deployed"]
    assert _owner(space, "configmap", "web") == "web"


def test_an_upgrade_can_take_over_an_object_of_another_release(space: Space) -> None:
    space.engine.install(space.target("other"), space.deployment({"job": "0s"}), Cancellation())
    space.install()
    job = (space.chart / "templates/job.yaml").read_text()
    write_chart(space.chart.parent, {"templates/job.yaml": job.replace("{{ $.Release.Name }}", "other")})
    values = {"job": "0s"}
    assert classify(failure_of(space, values).output, "upgrade").reason == "OwnershipConflict"

    space.upgrade(values, options=Options(take_ownership=True))

    assert space.statuses()[-1] == "deployed"
    assert _owner(space, "job", "other-job") == "web"


@pytest.mark.parametrize("fresh", [True, False], ids=["install", "upgrade"])
def test_jobs_can_be_waited_for(space: Space, *, fresh: bool) -> None:
    if not fresh:
        space.install()
    deploy = space.install if fresh else space.upgrade

    deploy({"job": "2s"}, options=Options(wait_for_jobs=True))

    job = space.get("job", "web-job")
    assert job is not None
    assert job["status"]["succeeded"] == 1


def test_a_job_that_does_not_end_is_waited_for_only_if_that_is_asked_for(space: Space) -> None:
    space.install({"job": "1h"})

    error = failure_of(space, {"job": "1h", "tag": "2"}, timeout=2, options=Options(wait_for_jobs=True))

    assert classify(error.output, "upgrade").reason == "UpgradeTimeout"
    assert space.statuses() == ["deployed", "failed"]


def test_an_uninstalled_release_can_be_installed_over_its_history(space: Space) -> None:
    space.install()
    space.engine.uninstall(space.target(), 60, keep_history=True)

    space.install(options=Options(replace=True))

    assert space.statuses() == ["superseded", "deployed"]


@pytest.mark.every_engine
def test_manifests_can_be_rendered_further(
    space: Space, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "plugins" / "brand"
    folder.mkdir(parents=True)
    (folder / "plugin.yaml").write_text(_POST_RENDERER)
    script = folder / "brand.sh"
    script.write_text('#!/bin/sh\nsed "s/from the chart/from $1/g"\n')
    script.chmod(0o755)
    monkeypatch.setenv("HELM_PLUGINS", str(folder.parent))
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    if isinstance(space.engine, EmbeddedEngine):
        space.engine.close()  # workers that are idle know of no plugins
    named = "brand.sh" if space.engine.name.startswith("helm 3") else "brand"

    space.install(options=Options(post_renderer=(named, "the renderer")))

    assert space.values()["kept"] == "from the renderer"


def test_custom_resource_definitions_can_be_left_out(space: Space) -> None:
    name = f"{space.namespace}s.example.com"
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": name},
        "spec": {
            "group": "example.com",
            "names": {"kind": "Thing", "plural": f"{space.namespace}s"},
            "scope": "Namespaced",
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": {"type": "object"}},
                }
            ],
        },
    }
    write_chart(space.chart.parent, {"crds/thing.yaml": json.dumps(definition)})

    space.install(options=Options(skip_crds=True))

    assert space.get("customresourcedefinition", name) is None


def test_objects_can_be_replaced_with_all_that_others_added(space: Space) -> None:
    space.install()
    space.kubectl("annotate", "configmap", "web", "added=by hand")
    space.upgrade({"tag": "2"})
    assert "added" in _annotations(space, "configmap", "web")

    space.upgrade({"tag": "3"}, options=Options(force_update=True))

    assert space.statuses() == ["superseded", "superseded", "deployed"]
    assert "added" not in _annotations(space, "configmap", "web")


@pytest.mark.every_engine
def test_a_field_of_another_manager_is_taken_by_helm_4_only_if_that_is_forced(space: Space) -> None:
    space.install({"tag": "1"})
    change = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}, "data": {"whole": "9"}}
    forced = ("--server-side", "--field-manager=somebody", "--force-conflicts", "-f", "-")
    space.kubectl("apply", *forced, stdin=json.dumps(change))

    if space.engine.name.startswith("helm 3"):
        space.upgrade({"whole": 7})
    else:
        error = failure_of(space, {"whole": 7})
        assert classify(error.output, "upgrade").reason == "FieldConflict"
        assert _whole(space) == "9"
        space.upgrade({"whole": 7}, options=Options(force_conflicts=True))

    assert _whole(space) == "7"


def _owner(space: Space, kind: str, name: str) -> str:
    return str(_annotations(space, kind, name)["meta.helm.sh/release-name"])


def _annotations(space: Space, kind: str, name: str) -> dict[str, str]:
    found = space.get(kind, name)
    assert found is not None
    annotations: dict[str, str] = found["metadata"].get("annotations", {})
    return annotations


def _whole(space: Space) -> str:
    config = space.get("configmap", "web")
    assert config is not None
    return str(config["data"]["whole"])
