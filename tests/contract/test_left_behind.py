"""What a first deployment that failed left behind, so that whoever declared it can be told."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import count
from typing import TYPE_CHECKING

import pytest

from helm_rollback_component.errors import HelmRollbackError
from helm_rollback_component.results import Phase
from tests.contract.laboratory import BAD_IMAGE, ready
from tests.contract.obstacles import refusing
from tests.support.waiting import await_that
from tools.relay import relay

if TYPE_CHECKING:
    from pathlib import Path

    from helm_rollback_component.operations import HelmOperations
    from helm_rollback_component.results import ReleaseStatus
    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

LEASE_DELETION = "request.operation == 'DELETE' && request.resource.resource == 'leases'"


def broken_off(operations: HelmOperations) -> tuple[HelmRollbackError, ReleaseStatus | None]:
    """Return why a deployment broke off, and what it left."""
    with pytest.raises(HelmRollbackError) as raised:
        operations.deploy()
    return raised.value, operations.left_behind(raised.value)


def test_a_failed_deployment_that_was_removed_left_nothing(one_engine_lab: Laboratory) -> None:
    error, left = broken_off(one_engine_lab.operations(values=BAD_IMAGE))
    assert error.reason == "ImagePullBackOff"
    assert left is None
    assert one_engine_lab.leftovers() == []


def create(lab: Laboratory, name: str) -> str:
    """Create a ConfigMap; return when that was, by the API server's clock."""
    lab.space.kubectl("create", "configmap", name)
    return lab.space.kubectl("get", "configmap", name, "-o", "jsonpath={.metadata.creationTimestamp}")


def test_what_a_failed_deployment_took_over_stays(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    created, names = create(lab, "web"), (f"later-{number}" for number in count())
    await_that(lambda: create(lab, next(names)) > created, "a second to pass")
    error, left = broken_off(lab.operations(values=BAD_IMAGE, take_ownership=True))
    assert error.reason == "ImagePullBackOff"
    assert left is None
    assert lab.space.records() == []
    assert lab.space.get("configmap", "web")
    assert ready(lab.operations(take_ownership=True).deploy()) == (Phase.DEPLOYED, "InstallSucceeded")


def test_a_claim_that_cannot_be_released_is_left(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    with refusing(lab.space, LEASE_DELETION):
        error, left = broken_off(lab.operations(values=BAD_IMAGE))
    assert left is not None
    assert ready(left) == (Phase.FAILED, error.reason)
    lab.delete()
    assert lab.leftovers() == []


def test_the_claim_of_another_is_nothing_that_it_left(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.space.install()
    error, left = broken_off(lab.operations())
    assert error.reason == "ReleaseExists"
    assert left is None


def test_a_cluster_that_does_not_answer_any_more_may_have_something(
    one_engine_lab: Laboratory, tmp_path: Path
) -> None:
    lab = one_engine_lab
    kubeconfig = tmp_path / "kubeconfig"
    with ExitStack() as connections:
        traffic = connections.enter_context(relay(lab.space.ground.kubeconfig))
        kubeconfig.write_text(traffic.kubeconfig)
        lab.said = Cutting(connections)
        operations = lab.operations(
            values=BAD_IMAGE,
            kubeconfig=str(kubeconfig),
            health={"fail_fast": False},
            timeouts={"deploy": 5},
        )
        error, left = broken_off(operations)
    assert error.reason == "Unreachable"
    assert left is not None
    assert (left.revision, ready(left)) == (0, (Phase.FAILED, "Unreachable"))
    lab.delete()
    assert lab.leftovers() == []


def test_a_cluster_that_never_answered_has_nothing(one_engine_lab: Laboratory, tmp_path: Path) -> None:
    lab = one_engine_lab
    kubeconfig = tmp_path / "kubeconfig"
    with relay(lab.space.ground.kubeconfig) as traffic:
        kubeconfig.write_text(traffic.kubeconfig)
    error, left = broken_off(lab.operations(kubeconfig=str(kubeconfig)))
    assert error.reason == "Unreachable"
    assert left is None


class Cutting(list[str]):
    """Lines that are told; with the first, all connections to the cluster end."""

    def __init__(self, connections: ExitStack) -> None:
        super().__init__()
        self._connections = connections

    def append(self, line: str) -> None:
        """Take a line."""
        super().append(line)
        self._connections.close()
