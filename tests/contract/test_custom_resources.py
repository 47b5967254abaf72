"""Charts whose custom resources Helm 4's own wait never finds ready: a generation that is spelled as text."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.core.failures.classify import classify
from helm_rollback_component.helm.engines.engine import Options
from helm_rollback_component.results import Phase
from tests.contract.helm_fixtures import failure_of, write_chart
from tests.contract.laboratory import BAD_IMAGE
from tests.support.definitions import definition

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.contract.helm_fixtures import Space
    from tests.contract.laboratory import Laboratory

pytestmark = [pytest.mark.ground, pytest.mark.every_engine]

_ROLLOUT = """\
apiVersion: GROUP/v1
kind: Rollout
metadata: {name: web}
spec: {tag: {{ .Values.tag | quote }}}
status: {observedGeneration: "1000"}
"""


@contextmanager
def rollouts(space: Space) -> Iterator[str]:
    """Have the chart deploy a custom resource whose status is as that of an Argo Rollout; give its name."""
    group = f"{space.namespace}.example.com"
    name = f"rollouts.{group}"
    space.kubectl("create", "--filename=-", stdin=json.dumps(definition(group, "Rollout")))
    space.kubectl("wait", "--for=condition=Established", f"crd/{name}")
    write_chart(space.chart.parent, {"templates/rollout.yaml": _ROLLOUT.replace("GROUP", group)})
    try:
        yield f"{name}/web"
    finally:
        space.kubectl("delete", "crd", name, "--wait=false", "--ignore-not-found")


def test_it_is_deployed_upgraded_and_rolled_back(lab: Laboratory) -> None:
    with rollouts(lab.space) as rollout:
        first = lab.deploy()
        second = lab.upgrade(values={"tag": "2"})
        third = lab.upgrade(values=BAD_IMAGE)

        assert [each.phase for each in (first, second, third)] == [
            Phase.DEPLOYED,
            Phase.DEPLOYED,
            Phase.ROLLED_BACK,
        ]
        assert lab.statuses() == ["superseded", "superseded", "failed", "deployed"]
        assert json.loads(lab.space.kubectl("get", rollout, "--output=json"))["spec"] == {"tag": "2"}
        lab.delete()


def test_it_is_deleted_also_when_its_kind_is_gone(
    lab: Laboratory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without what Helm has kept on disk of the kinds there are; the embedded Helm may remember them."""
    with rollouts(lab.space) as rollout:
        lab.deploy()
        lab.space.kubectl("delete", "crd", rollout.partition("/")[0], "--timeout=60s")
        monkeypatch.setenv("KUBECACHEDIR", str(tmp_path / "empty"))

        lab.delete(timeouts={"delete": 60})

        assert lab.leftovers() == []
        told = any("a kind that the cluster no longer has" in line for line in lab.warned)
        assert told or lab.helm == "embedded"


def test_the_wait_that_is_chosen_is_helms(space: Space) -> None:
    """Only Helm 4 has more than one; the watcher is what needs another."""
    with rollouts(space):
        space.install(options=Options(wait_strategy="legacy"))
        if space.engine.name.startswith("helm 3"):
            return
        error = failure_of(space, {"tag": "2"}, timeout=1, options=Options(wait_strategy="watcher"))

        assert classify(error.output, "upgrade").reason == "UpgradeTimeout"
        assert "Rollout" in error.output
