"""What is never held against a release: the old, the slow, and what may yet mend itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.core.health.health_objects import (
    NO_NODE,
    OWNED,
    READY,
    claim,
    condemned,
    condition,
    controller_revision,
    daemon_set,
    deployment,
    ended,
    event,
    job,
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

QUOTA = 'pods "web-1" is forbidden: exceeded quota: few'
PULL = no_image("ImagePullBackOff")
LOOP = waiting("CrashLoopBackOff", restarts=9)
NEW = "ReplicaSet-web-two"
OLD = "ReplicaSet-web-one"
DELETED: dict[str, Any] = {"deletionTimestamp": "2026-01-01T00:00:00Z"}
EXCEEDED = condition("Progressing", "False", "ProgressDeadlineExceeded", at="5")


def rolled_out(*children: Any, **more: Any) -> Snapshot:
    """A Deployment whose template was changed from one to two, with both ReplicaSets."""
    return seen(
        deployment("two"),
        before=[deployment("one")],
        children=[replica_set("one"), replica_set("two"), *children],
        **more,
    )


def preempting(pending: dict[str, Any]) -> dict[str, Any]:
    """A pod for which others have to leave a node."""
    return pending | {"status": {**pending["status"], "nominatedNodeName": "node-1"}}


def scaled(*children: Any, replicas: int, asked: int | None = None, **more: Any) -> Snapshot:
    """A Deployment with an unchanged template that has another number of replicas than before."""
    desired = deployment()
    desired["spec"]["replicas"] = asked
    return seen(
        deployment(wanted=replicas),
        before=[deployment(wanted=3)],
        desired=[desired],
        children=[replica_set(), *children],
        **more,
    )


SLOW = {
    "an image that is being pulled": rolled_out(pod(NEW, waiting("ContainerCreating"))),
    "long init containers": rolled_out(
        pod(NEW, waiting("PodInitializing"), init=[running(ready=False)], phase="Pending")
    ),
    "unready for long": rolled_out(pod(NEW, running(ready=False), phase="Running")),
    "unready, and restarted for it": rolled_out(
        pod(NEW, running(ready=False, restarts=7, last={"exitCode": 137, "reason": "Error"}), phase="Running")
    ),
    "crashed twice": rolled_out(pod(NEW, waiting("CrashLoopBackOff", restarts=2))),
    "crashed twice for want of memory": rolled_out(
        pod(NEW, waiting("CrashLoopBackOff", restarts=2, last={"exitCode": 137, "reason": "OOMKilled"}))
    ),
    "crashed, then ready": rolled_out(
        pod(NEW, running(restarts=5, last={"exitCode": 1, "reason": "Error"}), conditions=[READY])
    ),
    "could not be started, then was": rolled_out(
        pod(NEW, running(restarts=1, last={"exitCode": 128, "reason": "StartError"}))
    ),
    "evicted": rolled_out(pod(NEW, ended(), phase="Failed"), pod(NEW, running(), name="web-1")),
    "being deleted": rolled_out(pod(NEW, PULL, **DELETED)),
    "not scheduled on purpose": rolled_out(
        pod(NEW, conditions=[condition("PodScheduled", "False", "SchedulingGated")])
    ),
    "a Job that retries": seen(
        job(status={"active": 1, "failed": 2}), children=[pod("Job-migrate", ended(), phase="Failed")]
    ),
    "a Job whose container is restarted": seen(
        job(status={"active": 1}), children=[pod("Job-migrate", LOOP, phase="Running")]
    ),
    "a Job whose container could not be started once": seen(
        job(status={"active": 1}), children=[pod("Job-migrate", waiting("RunContainerError"))]
    ),
    "a Job that is done": seen(job(status={"succeeded": 1, "conditions": [condition("Complete")]})),
    "a Job's earlier refusal": seen(
        job(status={"active": 1}), events={"Job-migrate": (event("FailedCreate", QUOTA),)}
    ),
    "one by one": seen(
        stateful_set("two"),
        before=[stateful_set("one")],
        children=[
            pod("StatefulSet-web", running(ready=False), revision="two", name="web-1"),
            pod("StatefulSet-web", running(), revision="one"),
        ],
    ),
    "a claim that waits for its first consumer": seen(
        claim(), events={"PersistentVolumeClaim-data": (event("WaitForFirstConsumer"),)}
    ),
    "a claim that is being provisioned, at last": seen(
        claim(),
        events={
            "PersistentVolumeClaim-data": (
                event("ProvisioningFailed", uid="a", at="2026-01-01T00:00:01Z"),
                event("Provisioning", uid="b", at="2026-01-01T00:00:02Z"),
            )
        },
    ),
    "a claim that is bound": seen(claim("Bound")),
    "a claim of which nothing is known": seen(claim()),
    "a volume that is slow to come": rolled_out(
        pod(
            NEW,
            conditions=[
                condition(
                    "PodScheduled",
                    "False",
                    "Unschedulable",
                    "pod has unbound immediate PersistentVolumeClaims",
                )
            ],
        ),
        events={"Pod-web-0": ()},
    ),
    "nothing is there yet": seen(desired=[deployment()]),
    "a kind that is not judged": seen(thing("ConfigMap")),
}

OLDER = {
    "an old ReplicaSet that crashes while it is replaced": rolled_out(
        pod(OLD, LOOP, name="old"), pod(NEW, running(ready=False), name="new")
    ),
    "an old ReplicaSet before the new one exists": seen(
        deployment("two", seen=1),
        before=[deployment("one")],
        children=[replica_set("one"), pod(OLD, PULL)],
    ),
    "an old template before the new one is applied": seen(
        deployment("one"),
        desired=[deployment("two")],
        before=[deployment("one")],
        children=[replica_set("one"), pod(OLD, PULL)],
    ),
    "the controller has not seen the new template": seen(
        deployment("two", seen=1), before=[deployment("one")], children=[replica_set("two"), pod(NEW, PULL)]
    ),
    "an old pod that the restored ReplicaSet takes back": rolled_out(pod(NEW, LOOP), old_pods=["Pod-web-0"]),
    "an old pod of a StatefulSet": seen(
        stateful_set("two"),
        before=[stateful_set("one")],
        children=[pod("StatefulSet-web", PULL, revision="one")],
    ),
    "a StatefulSet whose controller has not seen the new template": seen(
        stateful_set("one", seen=1) | {"spec": {"template": {"spec": "two"}}},
        before=[stateful_set("one")],
        children=[pod("StatefulSet-web", PULL, revision="one")],
    ),
    "an old pod of a DaemonSet": seen(
        daemon_set("two"),
        before=[daemon_set("one")],
        children=[
            controller_revision(2, "two"),
            controller_revision(1, "one"),
            pod("DaemonSet-web", PULL, revision="one"),
        ],
    ),
    "a DaemonSet's pods before its revision is known": seen(
        daemon_set(), children=[pod("DaemonSet-web", PULL)]
    ),
    "a workload that the release does not change": seen(
        deployment(), before=[deployment()], children=[replica_set(), pod(NEW, PULL, name="reborn")]
    ),
    "an old hook of that name": seen(
        job(hook="pre-upgrade", status={"conditions": [condition("Failed")]}), before=[job()]
    ),
    "an old Job": seen(job(status={"conditions": [condition("Failed")]}), before=[job()]),
    "a test's Pod": seen(
        thing("Pod", metadata={"annotations": {"helm.sh/hook": "test"}}, status={"phase": "Failed"})
    ),
    "an old Pod": seen(thing("Pod", status={"phase": "Failed"}), before=[thing("Pod")]),
    "what Helm has not taken over yet": seen(
        deployment() | {"metadata": {**deployment()["metadata"], "annotations": {}}},
        children=[replica_set(), pod(NEW, PULL)],
    ),
    "what is being deleted": seen(
        deployment() | {"metadata": {**deployment()["metadata"], "annotations": OWNED, **DELETED}},
        children=[replica_set(), pod(NEW, PULL)],
    ),
    "an earlier progress deadline": seen(
        deployment("two", conditions=[EXCEEDED]), before=[deployment("one", conditions=[EXCEEDED])]
    ),
    "an old ReplicaSet that is refused": seen(
        deployment("two"),
        before=[deployment("one")],
        children=[replica_set("one", refused=QUOTA), replica_set("two")],
    ),
    "an earlier refusal": seen(
        stateful_set("two"),
        before=[stateful_set("one")],
        events={"StatefulSet-web": (event("FailedCreate", QUOTA, count=2),)},
        old_events={"e1": 2},
    ),
    "a refusal that is over": seen(
        stateful_set("two", wanted=3),
        children=[pod("StatefulSet-web", name="web-1", revision="two", conditions=[READY])],
        events={
            "StatefulSet-web": (
                event("FailedCreate", f"create Pod web-1 in StatefulSet web failed error: {QUOTA}"),
            )
        },
    ),
    "paused": seen(
        deployment("two") | {"spec": {**deployment("two")["spec"], "paused": True}},
        before=[deployment("one")],
        children=[replica_set("one"), pod(OLD, PULL)],
    ),
    "scaled by an autoscaler": scaled(pod(NEW, PULL), replicas=9, asked=3),
    "scaled by an autoscaler alone": scaled(pod(NEW, PULL), replicas=9),
}

MENDING = {
    "a webhook that does not answer": rolled_out(
        replica_set(
            "two", refused='Internal error occurred: failed calling webhook "p": refused', created="0"
        )
    ),
    "the API server is only being started": rolled_out(
        replica_set("two", refused='pods "web-" is forbidden: not yet ready to handle request', created="0")
    ),
    "a quota that is not counted yet": rolled_out(
        replica_set(
            "two",
            refused='pods "web-" is forbidden: status unknown for quota: few, resources: pods',
            created="0",
        )
    ),
    "a new namespace that has no service account yet": rolled_out(
        replica_set(
            "two",
            refused='pods "web-" is forbidden: error looking up service account apps/default: serviceaccount '
            '"default" not found',
            created="0",
        )
    ),
    "a webhook that cannot ask the registry": rolled_out(
        replica_set(
            "two",
            refused='admission webhook "policy.sigstore.dev" denied the request: validation failed: '
            'r.example.com/web:two Get "https://r.example.com/v2/": dial tcp 203.0.113.7:443: i/o timeout',
            created="0",
        )
    ),
    "refused while old pods leave": rolled_out(
        replica_set("two", refused=QUOTA, created="0"), pod(OLD, name="old", **DELETED)
    ),
    "refused while new pods get ready": rolled_out(
        replica_set("two", refused=QUOTA, created="0"), pod(NEW, running(ready=False), phase="Running")
    ),
    "refused while ready pods become available": seen(
        deployment("two", readyReplicas=2, availableReplicas=1),
        before=[deployment("one")],
        children=[replica_set("two", refused=QUOTA), pod(NEW, running(), conditions=[READY])],
    ),
    "no node while old pods leave": rolled_out(
        pod(NEW, conditions=[NO_NODE]), pod(OLD, name="old", **DELETED), events={"Pod-web-0": ()}
    ),
    "no node while a new pod gets ready": rolled_out(
        pod(NEW, conditions=[NO_NODE]),
        pod(NEW, running(ready=False), name="web-1"),
        events={"Pod-web-0": ()},
    ),
    "a node is on its way": rolled_out(
        pod(NEW, conditions=[NO_NODE]), events={"Pod-web-0": (event("TriggeredScaleUp"),)}
    ),
    "a node claim is made": rolled_out(
        pod(NEW, conditions=[NO_NODE]), events={"Pod-web-0": (event("Nominated"),)}
    ),
    "other pods are preempted for it": rolled_out(
        preempting(pod(NEW, conditions=[NO_NODE])), events={"Pod-web-0": ()}
    ),
    "it is not known whether a node is on its way": rolled_out(pod(NEW, conditions=[NO_NODE])),
    "more pods than the release asks for find no node": seen(
        deployment("two", wanted=9),
        before=[deployment("one")],
        desired=[deployment("two", wanted=3)],
        children=[
            replica_set(),
            pod(NEW, running(), conditions=[READY]),
            pod(NEW, conditions=[NO_NODE], name="web-1"),
        ],
        events={"Pod-web-1": ()},
    ),
}


@pytest.mark.parametrize("snapshot", SLOW.values(), ids=SLOW)
def test_slow_but_healthy(snapshot: Snapshot) -> None:
    assert condemned(snapshot) is None


@pytest.mark.parametrize("snapshot", OLDER.values(), ids=OLDER)
def test_what_the_newest_revision_does_not_answer_for(snapshot: Snapshot) -> None:
    assert condemned(snapshot) is None


@pytest.mark.parametrize("snapshot", MENDING.values(), ids=MENDING)
def test_what_may_yet_mend_itself(snapshot: Snapshot) -> None:
    assert condemned(snapshot) is None


def test_of_two_replica_sets_with_the_same_template_the_older_is_the_newest() -> None:
    younger = replica_set("two", created="2")
    younger["metadata"]["uid"] = "younger"
    bad = [pod("younger", waiting("InvalidImageName"), name="younger"), pod(NEW, PULL)]
    snapshot = seen(deployment(), children=[younger, replica_set("two", created="1"), *bad])
    assert condemned(snapshot) == ("ImagePullBackOff", 3)


def test_a_workload_that_was_made_anew_is_judged() -> None:
    before = deployment()
    before["metadata"]["uid"] = "another"
    snapshot = seen(deployment(), before=[before], children=[replica_set(), pod(NEW, PULL)])
    assert condemned(snapshot) == ("ImagePullBackOff", 3)


def test_a_pod_that_has_failed_does_not_get_ready() -> None:
    evicted = pod(NEW, phase="Failed")
    snapshot = rolled_out(replica_set("two", refused=QUOTA, created="0"), evicted)
    assert condemned(snapshot) == ("QuotaExceeded", 12)
