"""The namespace is deleted, by another, while a release in it is worked on, or before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.errors import HelmRollbackError, OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.results import Phase
from tests.contract.helm_fixtures import ENDLESS
from tests.contract.mortals import await_revision, helms_at_work
from tests.support.namespaces import cluster_of
from tests.support.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

PATIENT: dict[str, Any] = {
    "health": {},
    "timeouts": dict.fromkeys(("deploy", "upgrade", "rollback", "delete"), 300),
}
SLOW = {"play": "never-ready"}


def in_a_hook(on: str) -> dict[str, object]:
    return {"hook": {"on": on, **ENDLESS}}


def end(lab: Laboratory) -> None:
    """Have the namespace begin to go."""
    cluster_of(lab.space.ground).delete(paths.namespace(lab.space.namespace))


def await_end(lab: Laboratory) -> None:
    cluster, path = cluster_of(lab.space.ground), paths.namespace(lab.space.namespace)
    await_that(lambda: cluster.get(path) is None, "the namespace to be gone")


def told_clearly(error: HelmRollbackError, lab: Laboratory) -> None:
    """Hold that it is one sentence, about the namespace."""
    name = lab.space.namespace
    assert error.reason in {"NamespaceTerminating", "NamespaceMissing"}, str(error)
    assert error.message in {f"the namespace {name} is being deleted", f"the namespace {name} does not exist"}


def deployed_anew(lab: Laboratory) -> None:
    """Hold that in a new namespace of that name the next update is a first deployment."""
    await_end(lab)
    await_that(lambda: not helms_at_work(lab), "Helm to end")
    with pytest.raises(OperationError) as caught:
        lab.upgrade()
    told_clearly(caught.value, lab)
    lab.delete()
    cluster_of(lab.space.ground).create(paths.namespace(""), {"metadata": {"name": lab.space.namespace}})
    status = lab.upgrade()
    assert (status.phase, status.revision) == (Phase.DEPLOYED, 1)


def ended_during(lab: Laboratory, act: Callable[[], object], begun: Callable[[], object]) -> None:
    """Delete the namespace while something is done, and hold that this ends soon, clearly, and is no harm."""
    with ThreadPoolExecutor() as pool:
        doing = pool.submit(act)
        begun()
        end(lab)
        with pytest.raises(HelmRollbackError) as caught:
            doing.result(timeout=60)
    told_clearly(caught.value, lab)
    deployed_anew(lab)


@pytest.mark.sweep
def test_during_a_first_deployment(lab: Laboratory) -> None:
    ended_during(
        lab,
        lambda: lab.deploy(values=SLOW, **PATIENT),
        lambda: await_revision(lab, 1, "pending-install"),
    )


def test_while_helm_waits_in_an_upgrade(lab: Laboratory) -> None:
    lab.deploy()
    ended_during(
        lab,
        lambda: lab.upgrade(values=SLOW, **PATIENT),
        lambda: await_revision(lab, 2, "pending-upgrade"),
    )


@pytest.mark.sweep
def test_while_helm_creates_in_an_upgrade(lab: Laboratory) -> None:
    lab.deploy()
    ended_during(
        lab,
        lambda: lab.upgrade(values=in_a_hook("pre-upgrade"), **PATIENT),
        lambda: await_revision(lab, 2, "pending-upgrade"),
    )


@pytest.mark.sweep
def test_while_only_we_wait(lab: Laboratory) -> None:
    lab.deploy()
    ended_during(
        lab,
        lambda: lab.upgrade(values={"tag": "2"}, **{**PATIENT, "health": {"soak": 300}}),
        lambda: await_revision(lab, 2, "deployed"),
    )


@pytest.mark.sweep
def test_during_a_rollback(lab: Laboratory) -> None:
    lab.deploy(values=in_a_hook("pre-rollback"))
    lab.upgrade(values={"tag": "2"})
    ended_during(
        lab,
        lambda: lab.operations(**PATIENT).rollback(),
        lambda: await_revision(lab, 3, "pending-rollback"),
    )


def test_a_release_goes_with_its_namespace(lab: Laboratory) -> None:
    lab.deploy(values=in_a_hook("pre-delete"))
    with ThreadPoolExecutor() as pool:
        deleting = pool.submit(lab.delete, **PATIENT)
        await_that(lambda: lab.space.get("job", "web-hook"), "the hook")
        end(lab)
        assert deleting.result(timeout=60) is None
    deployed_anew(lab)


@contextmanager
def stuck(lab: Laboratory) -> Iterator[None]:
    """Keep the namespace terminating until the end of the block, by an object that lingers."""
    with lab.lingering_pod():
        end(lab)
        yield
    await_end(lab)


def test_one_that_never_goes_is_named_soon(lab: Laboratory) -> None:
    lab.deploy(values=in_a_hook("pre-delete"))
    with stuck(lab):
        with pytest.raises(OperationError) as caught:
            lab.upgrade(values=in_a_hook("pre-upgrade"))
        told_clearly(caught.value, lab)
        with pytest.raises(OperationError) as caught:
            lab.delete(timeouts={"delete": 2})
        told_clearly(caught.value, lab)
        lab.delete(disable_hooks=True)
        assert (lab.statuses(), lab.claim()) == ([], None)
    deployed_anew(lab)
