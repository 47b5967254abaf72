"""What is wrong with a release for certain, and how soon that is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.config import HealthConfig
from helm_rollback_component.core.health.judge import FaultMemory, progress
from helm_rollback_component.core.health.readiness import readiness
from helm_rollback_component.results import Resource
from tests.unit.core.health.health_objects import (
    NO_NODE,
    Object,
    claim,
    condemned,
    condition,
    controller_revision,
    daemon_set,
    deployment,
    ended,
    event,
    job,
    judge_snapshot,
    no_image,
    pod,
    replica_set,
    running,
    seen,
    stateful_set,
    thing,
    waiting,
)

if TYPE_CHECKING:
    from helm_rollback_component.core.health.snapshot import Snapshot

PATIENCE = HealthConfig()
QUOTA = 'pods "web-1" is forbidden: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2'
NO_CLASS = 'storageclass.storage.k8s.io "fast" not found'
MISSING = 'secret "token" not found'
SLEEPY = waiting("CrashLoopBackOff", restarts=3, last={"exitCode": 1, "reason": "Error"})
OOM = waiting("CrashLoopBackOff", restarts=3, last={"exitCode": 137, "reason": "OOMKilled"})
NO_COMMAND = 'exec: "serve": executable file not found in $PATH: unknown'
START = waiting(
    "CrashLoopBackOff", restarts=1, last={"exitCode": 128, "reason": "StartError", "message": NO_COMMAND}
)
PENDING = {"volumes": [{"persistentVolumeClaim": {"claimName": "data"}}]}


def of_deployment(*pods: Any, **more: Any) -> Snapshot:
    """An upgrade of a Deployment."""
    return seen(deployment(), before=[deployment("one")], children=[replica_set(), *pods], **more)


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        (no_image(), ("ImagePullBackOff", 3)),
        (no_image("ImagePullBackOff"), ("ImagePullBackOff", 3)),
        (waiting("SignatureValidationFailed"), ("SignatureValidationFailed", 3)),
        (waiting("InvalidImageName"), ("InvalidImageName", 0)),
        (waiting("ErrImageNeverPull"), ("ErrImageNeverPull", 0)),
        (waiting("RegistryUnavailable"), ("RegistryUnavailable", 60)),
        (waiting("ImageInspectError"), ("ImageInspectError", 25)),
        (waiting("CreateContainerConfigError", MISSING), ("CreateContainerConfigError", 25)),
        (waiting("CreateContainerError"), ("CreateContainerError", 25)),
        (waiting("RunContainerError", NO_COMMAND), ("RunContainerError", 10)),
        (START, ("RunContainerError", 10)),
        (ended(128, "StartError"), ("RunContainerError", 25)),
        (SLEEPY, ("CrashLoopBackOff", 0)),
        (OOM, ("OOMKilled", 0)),
    ],
)
@pytest.mark.parametrize("init", [False, True])
def test_a_container(container: dict[str, object], expected: tuple[str, float], *, init: bool) -> None:
    bad = pod(init=[container]) if init else pod("ReplicaSet-web-two", container)
    assert condemned(of_deployment(bad)) == expected


def test_what_is_still_missing_is_certain_sooner() -> None:
    bad = pod("ReplicaSet-web-two", waiting("CreateContainerConfigError", MISSING))
    snapshot = of_deployment(bad, missing=[("Secret", "apps", "token")])
    assert condemned(snapshot) == ("CreateContainerConfigError", 10)


@pytest.mark.parametrize(
    ("settings", "container", "expected"),
    [
        (HealthConfig(image_pull_grace=0), no_image(), ("ImagePullBackOff", 0)),
        (HealthConfig(crash_loop_restarts=4), SLEEPY, None),
        (HealthConfig(grace=1), START, ("RunContainerError", 1)),
        (HealthConfig(fail_fast=False), SLEEPY, None),
    ],
)
def test_the_settings_count(
    settings: HealthConfig, container: dict[str, object], expected: tuple[str, float] | None
) -> None:
    assert condemned(of_deployment(pod("ReplicaSet-web-two", container)), settings) == expected


@pytest.mark.parametrize(
    ("snapshot", "expected"),
    [
        pytest.param(
            seen(deployment(conditions=[condition("Progressing", "False", "ProgressDeadlineExceeded")])),
            ("ProgressDeadlineExceeded", 0),
            id="progress deadline",
        ),
        pytest.param(
            seen(deployment(conditions=[condition("Progressing", "False", "ReplicaSetCreateError", QUOTA)])),
            ("QuotaExceeded", 12),
            id="the ReplicaSet is refused",
        ),
        pytest.param(
            seen(deployment(), children=[replica_set(refused=QUOTA)]), ("QuotaExceeded", 12), id="quota"
        ),
        pytest.param(
            seen(deployment(), children=[replica_set(refused='pods "x" is forbidden: violates PodSecurity')]),
            ("PodSecurityViolation", 12),
            id="pod security",
        ),
        pytest.param(
            seen(
                deployment(),
                children=[replica_set(refused='admission webhook "p" denied the request: no')],
            ),
            ("AdmissionDenied", 12),
            id="webhook",
        ),
        pytest.param(
            seen(deployment(), children=[replica_set(refused='Pod "x" is invalid: spec: Required value')]),
            ("FailedCreate", 12),
            id="invalid",
        ),
        pytest.param(
            seen(
                stateful_set(wanted=2),
                events={
                    "StatefulSet-web": (
                        event("FailedCreate", f"create Pod web-1 in StatefulSet web failed error: {QUOTA}"),
                    )
                },
            ),
            ("QuotaExceeded", 12),
            id="quota of a StatefulSet",
        ),
        pytest.param(
            seen(
                daemon_set(desiredNumberScheduled=3, currentNumberScheduled=1),
                events={"DaemonSet-web": (event("FailedCreate", QUOTA),)},
            ),
            ("QuotaExceeded", 12),
            id="quota of a DaemonSet",
        ),
        pytest.param(
            seen(
                job(hook="pre-upgrade"),
                events={"Job-migrate": (event("FailedCreate", f"Error creating: {QUOTA}"),)},
            ),
            ("QuotaExceeded", 12),
            id="quota of a Job",
        ),
        pytest.param(
            seen(job(status={"conditions": [condition("Failed", reason="BackoffLimitExceeded")]})),
            ("JobFailed", 0),
            id="Job",
        ),
        pytest.param(
            seen(
                job(
                    hook="pre-install,pre-upgrade",
                    status={"conditions": [condition("FailureTarget", reason="DeadlineExceeded")]},
                )
            ),
            ("JobFailed", 0),
            id="hook",
        ),
        pytest.param(
            seen(thing("Pod", status={"phase": "Failed", "reason": "Evicted"})), ("PodFailed", 0), id="Pod"
        ),
        pytest.param(
            seen(claim(), events={"PersistentVolumeClaim-data": (event("ProvisioningFailed", NO_CLASS),)}),
            ("VolumeUnbound", 60),
            id="claim",
        ),
        pytest.param(seen(claim("Lost")), ("VolumeUnbound", 0), id="lost claim"),
        pytest.param(
            of_deployment(
                pod(conditions=[NO_NODE]) | {"spec": PENDING},
                claim(),
                events={"PersistentVolumeClaim-data": (event("FailedBinding", "no volumes"),)},
            ),
            ("VolumeUnbound", 60),
            id="claim of a pod",
        ),
        pytest.param(
            of_deployment(pod(conditions=[NO_NODE]), events={"Pod-web-0": ()}),
            ("Unschedulable", 60),
            id="no node",
        ),
        pytest.param(
            seen(
                stateful_set(),
                children=[pod("StatefulSet-web", no_image(), revision="two")],
            ),
            ("ImagePullBackOff", 3),
            id="pod of a StatefulSet",
        ),
        pytest.param(
            seen(
                daemon_set(),
                children=[
                    controller_revision(1, "one"),
                    controller_revision(2, "two"),
                    pod("DaemonSet-web", no_image(), revision="two"),
                ],
            ),
            ("ImagePullBackOff", 3),
            id="pod of a DaemonSet",
        ),
        pytest.param(
            seen(job(hook="post-upgrade"), children=[pod("Job-migrate", no_image())]),
            ("ImagePullBackOff", 3),
            id="pod of a hook",
        ),
        pytest.param(
            seen(
                deployment(wanted=5),
                before=[deployment(wanted=3)],
                children=[replica_set(), pod("ReplicaSet-web-two", no_image())],
            ),
            ("ImagePullBackOff", 3),
            id="pod of a release that only asks for more of them",
        ),
    ],
)
def test_an_object(snapshot: Snapshot, expected: tuple[str, float]) -> None:
    assert condemned(snapshot) == expected


def test_the_verdict_names_everything() -> None:
    message = 'Back-off pulling image "web:two":\n  not found.'
    bad = pod("ReplicaSet-web-two", waiting("ImagePullBackOff", message), name="web-7d4b9-x2x4z")
    verdict = judge_snapshot(of_deployment(bad), HealthConfig(image_pull_grace=0), 0, FaultMemory()).verdict
    assert verdict is not None
    assert verdict.object == Resource("apps/v1", "Deployment", "web", "apps")
    assert (verdict.pod, verdict.container, verdict.log) == ("web-7d4b9-x2x4z", "app", ())
    assert verdict.message == (
        "Pod web-7d4b9-x2x4z of Deployment web: container app cannot pull its image "
        '(Back-off pulling image "web:two": not found)'
    )


@pytest.mark.parametrize(("restarts", "told"), [(4, "4 restarts"), (1, "1 restart")])
def test_a_crash_is_told_without_the_containers_own_words(restarts: int, told: str) -> None:
    last = {"exitCode": 3, "reason": "Error", "message": "password=hunter2"}
    bad = pod("ReplicaSet-web-two", waiting("CrashLoopBackOff", "back-off", restarts=restarts, last=last))
    impatient = HealthConfig(crash_loop_restarts=1)
    verdict = judge_snapshot(of_deployment(bad), impatient, 0, FaultMemory()).verdict
    assert verdict is not None
    assert verdict.message == (
        f"Pod web-0 of Deployment web: container app ends again and again ({told}, exit code 3)"
    )


def test_a_failed_job_names_the_container_that_ended_last() -> None:
    failed = job(
        status={"conditions": [condition("Failed", reason="BackoffLimitExceeded", message="Too often.")]}
    )
    later = ended() | {"name": "late"}
    later["state"]["terminated"]["finishedAt"] = "2026-01-01T00:00:09Z"
    pods = [pod("Job-migrate", ended(), name="m-1"), pod("Job-migrate", ended(0), later, name="m-2")]
    verdict = judge_snapshot(seen(failed, children=pods), PATIENCE, 0, FaultMemory()).verdict
    assert verdict is not None
    assert (verdict.pod, verdict.container) == ("m-2", "late")
    assert verdict.message == "Job migrate: has failed (BackoffLimitExceeded: Too often)"


def failed_with_sidecars(of: str) -> Object:
    """A pod whose container failed, for which its sidecars were ended: one of them a second later."""
    late = ended(137) | {"name": "proxy"}
    late["state"]["terminated"]["finishedAt"] = "2026-01-01T00:00:01Z"
    return pod(of, ended(), phase="Failed", init=[ended(143) | {"name": "logs"}, late])


def test_what_a_job_failed_for_is_not_a_sidecar_that_was_ended() -> None:
    failed = job(status={"conditions": [condition("Failed")]})
    snapshot = seen(failed, children=[failed_with_sidecars("Job-migrate")])
    verdict = judge_snapshot(snapshot, PATIENCE, 0, FaultMemory()).verdict
    assert verdict is not None
    assert verdict.container == "app"


def test_what_a_pod_failed_for_is_not_a_sidecar_that_was_ended() -> None:
    failed = failed_with_sidecars("") | {"metadata": thing("Pod")["metadata"]}
    verdict = judge_snapshot(seen(failed), PATIENCE, 0, FaultMemory()).verdict
    assert verdict is not None
    assert (verdict.reason, verdict.container) == ("PodFailed", "app")


def test_of_several_faults_the_first_to_be_certain_is_named() -> None:
    slow = pod("ReplicaSet-web-two", waiting("CreateContainerError"), name="web-a")
    quick = pod("ReplicaSet-web-two", no_image(), name="web-b")
    judgement = judge_snapshot(of_deployment(slow, quick), PATIENCE, 100, FaultMemory())
    assert judgement.verdict is None
    assert [fault.reason for fault in judgement.faults] == ["CreateContainerError", "ImagePullBackOff"]
    assert judgement.due == 103


def test_a_fault_that_goes_away_begins_anew() -> None:
    bad = of_deployment(pod("ReplicaSet-web-two", no_image()))
    good = of_deployment(pod("ReplicaSet-web-two", running()))
    memory = judge_snapshot(bad, PATIENCE, 0, FaultMemory()).memory
    memory = judge_snapshot(good, PATIENCE, 2, memory).memory
    assert memory == FaultMemory(applied=memory.applied)
    assert judge_snapshot(bad, PATIENCE, 4, memory).due == 7


def test_the_words_of_a_pull_may_change_while_it_fails() -> None:
    memory = judge_snapshot(
        of_deployment(pod("ReplicaSet-web-two", no_image())), PATIENCE, 0, FaultMemory()
    ).memory
    later = of_deployment(pod("ReplicaSet-web-two", no_image("ImagePullBackOff")))
    assert judge_snapshot(later, PATIENCE, 2, memory).due == 3


@pytest.mark.parametrize(("resumed", "due"), [(5.0, 22.0), (40.0, 92.0)])
def test_after_room_was_made_whoever_was_refused_gets_another_try(resumed: float, due: float) -> None:
    refused = replica_set(refused=QUOTA)
    leaving = pod("ReplicaSet-web-one", name="old", deletionTimestamp="2026-01-01T00:00:00Z")
    full, emptied = seen(deployment(), children=[refused, leaving]), seen(deployment(), children=[refused])
    first = judge_snapshot(full, PATIENCE, 0, FaultMemory())
    assert (first.verdict, first.due) == (None, math.inf)
    later = judge_snapshot(emptied, PATIENCE, resumed, first.memory)
    assert (later.verdict, later.due) == (None, due)
    assert judge_snapshot(emptied, PATIENCE, resumed + 1, later.memory).due == due


def test_progress_is_one_short_line() -> None:
    live = deployment() | {
        "status": {"observedGeneration": 2, "replicas": 4, "updatedReplicas": 3, "availableReplicas": 2}
    }
    bad = pod("ReplicaSet-web-two", no_image(), name="web-7d")
    snapshot = seen(live, thing("StatefulSet", "db"), children=[replica_set(), bad], desired=[live])
    judgement = judge_snapshot(snapshot, PATIENCE, 0, FaultMemory())
    assert progress(readiness(snapshot), judgement.faults) == (
        "waiting for Deployment web: 1 of 3 updated replicas are available; web-7d: ImagePullBackOff"
    )


def test_progress_of_much_is_cut_short() -> None:
    wanted = [thing("Deployment", f"d{number}") for number in range(5)]
    line = progress(readiness(seen(desired=wanted)), ())
    assert line == (
        "waiting for Deployment d0: does not exist; Deployment d1: does not exist; "
        "Deployment d2: does not exist; 2 more"
    )
