"""Fields that another manager wrote: upgrades and rollbacks go on, and say what they take over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.results import Phase
from tests.contract.helm_fixtures import DEPLOYMENT, helm_input
from tests.contract.laboratory import BAD_IMAGE

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory
    from tools.ground import Ground

pytestmark = [pytest.mark.ground, pytest.mark.every_engine]

AUTOSCALED = {"templates/deployment.yaml": DEPLOYMENT.replace("  replicas: {{ .Values.replicas }}\n", "")}
"""A chart that leaves the number of replicas to an autoscaler."""


def scale(lab: Laboratory, replicas: int) -> None:
    """Write the replicas through the subresource, as an autoscaler does."""
    lab.space.kubectl("scale", "deployment/web", f"--replicas={replicas}")


def replicas(lab: Laboratory) -> int:
    found = lab.space.get("deployment", "web")
    assert found is not None
    return int(found["spec"]["replicas"])


def write_settings(lab: Laboratory) -> None:
    """Write to an object that no informer follows."""
    written = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "web"},
        "data": {"whole": "theirs"},
    }
    how = ("--server-side", "--force-conflicts", "--field-manager=editor", "--filename=-")
    lab.space.kubectl("apply", *how, stdin=json.dumps(written))


def settings(lab: Laboratory) -> str:
    found = lab.space.get("configmap", "web")
    assert found is not None
    return str(found["data"]["whole"])


def test_what_others_wrote_before_and_during_an_upgrade_is_taken_over(lab: Laboratory) -> None:
    lab.deploy()
    scale(lab, 2)
    lab.space.kubectl("set", "image", "deployment/web", "main=registry.example/web:edited")
    write_settings(lab)

    good = lab.upgrade(values={"tag": "2"})

    assert good.phase is Phase.DEPLOYED
    assert (replicas(lab), lab.image()) == (1, "registry.example/web:2")
    assert [each for each in lab.warned if "(subresource scale) set .spec.replicas of Deployment web" in each]
    assert [each for each in lab.warned if 'containers[name="main"].image of Deployment web' in each]
    assert [each for each in lab.warned if "editor set .data.whole of ConfigMap web" in each]
    assert settings(lab) != "theirs"

    lab.said = Rescaling(lab)
    bad = lab.upgrade(values=BAD_IMAGE)

    assert bad.phase is Phase.ROLLED_BACK
    assert (replicas(lab), lab.image()) == (1, "registry.example/web:2")
    assert lab.statuses() == ["superseded", "superseded", "failed", "deployed"]


class Rescaling(list[str]):
    """Progress lines; somebody scales when the rollback is announced."""

    def __init__(self, lab: Laboratory) -> None:
        super().__init__()
        self._lab = lab

    def append(self, line: str) -> None:
        super().append(line)
        if line.startswith("rolling back"):
            scale(self._lab, 3)


def test_what_the_chart_does_not_set_stays_with_the_autoscaler(lab: Laboratory) -> None:
    lab.deploy(source=lab.chart("1.0.0", AUTOSCALED))
    scale(lab, 2)

    upgraded = lab.upgrade(source=lab.chart("1.1.0", AUTOSCALED), values={"tag": "2"})
    rolled_back = lab.upgrade(source=lab.chart("1.2.0", AUTOSCALED), values=BAD_IMAGE)

    assert (upgraded.phase, rolled_back.phase) == (Phase.DEPLOYED, Phase.ROLLED_BACK)
    assert replicas(lab) == 2
    assert [each for each in lab.warned if "takes it over" in each] == []

    lab.upgrade(source=lab.chart("2.0.0"))

    assert replicas(lab) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("helm3", "helm4"),
        pytest.param("helm4", "helm3", marks=pytest.mark.sweep),
        pytest.param("helm3", "embedded", marks=pytest.mark.sweep),
        pytest.param("embedded", "helm3", marks=pytest.mark.sweep),
        pytest.param("embedded", "helm4", marks=pytest.mark.sweep),
    ],
)
def test_a_release_is_handed_from_one_helm_to_another(
    one: str, other: str, one_engine_lab: Laboratory, ground: Ground
) -> None:
    """Bad upgrades after an install, an upgrade, a rollback and a failed upgrade, each by the other Helm."""
    lab = one_engine_lab
    first, second = (helm_input(name, ground) for name in (one, other))
    lab.deploy(helm=first)
    assert_restored(lab, "1", helm=second)
    assert lab.upgrade(helm=first, values={"tag": "2"}).phase is Phase.DEPLOYED
    assert_restored(lab, "2", helm=second)
    assert_restored(lab, "2", helm=first)
    left = {"operations": {"rollback": {"enabled": False}}, "values": {**BAD_IMAGE, "tag": "left"}}
    assert lab.upgrade(helm=first, **left).phase is Phase.FAILED
    assert_restored(lab, "2", helm=second)


def assert_restored(lab: Laboratory, tag: str, helm: str) -> None:
    """Scale by hand, and hold that a bad upgrade by that Helm ends with what was good before."""
    scale(lab, 2)
    bad = {**BAD_IMAGE, "tag": f"bad-{len(lab.revisions())}"}
    assert lab.upgrade(helm=helm, values=bad).phase is Phase.ROLLED_BACK
    assert (lab.image(), replicas(lab)) == (f"registry.example/web:{tag}", 1)
    assert lab.statuses().count("deployed") == 1
    assert lab.statuses()[-1] == "deployed"
