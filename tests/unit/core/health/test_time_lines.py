"""What is slow but healthy is never condemned; what is certain is condemned at once.

The times are the kubelet's: a pull is tried again 10 to 15, then 20 to 30 s later, a crashed container is
started again at once, then after 10, 20 and 40 s.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from helm_rollback_component.config import HealthConfig
from helm_rollback_component.core.health.judge import faults
from tests.unit.core.health.health_objects import (
    NO_IMAGE,
    READY,
    condition,
    controller_revision,
    daemon_set,
    deployment,
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
from tests.unit.core.health.time_line import (
    GROWN,
    NEW,
    TimeLine,
    crashed,
    database,
    play,
    resource,
    started,
    web,
)

BAD_GATEWAY = (
    "unexpected status from HEAD request to https://r.example.com/v2/web/manifests/2: 502 Bad Gateway"
)
BUSY = "429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit"
NO_ANSWER = 'Head "https://r.example.com/v2/web/manifests/2": dial tcp 203.0.113.7:443: i/o timeout'
NO_HANDSHAKE = 'Get "https://r.example.com/v2/": net/http: TLS handshake timeout'
NO_NAME = "dial tcp: lookup r.example.com on 10.0.0.10:53: no such host"
REFUSED = "dial tcp 10.96.3.4:443: connect: connection refused"
BACK_OFF = 'Back-off pulling image "web:two"'
NO_SECRET = waiting("CreateContainerConfigError", 'secret "token" not found')
LACKING = [("Secret", "apps", "token")]
RUNS = running()


def pulled_after(message: str, *, first: bool = False) -> TimeLine:
    """One try fails, and the next one works."""
    return {
        0: web(waiting("ErrImagePull", message), first=first),
        11: web(waiting("ImagePullBackOff", f"{BACK_OFF}: ErrImagePull: {message}"), first=first),
        15: web(started(0), first=first),
        20: web(RUNS, first=first),
    }


def started_after_crashes(*, ready_at: float, first: bool = False, **more: object) -> TimeLine:
    """A program exits four times, until its database of the same release is ready."""
    line: TimeLine = {}
    for at, container in (
        (0, started(0)),
        (2, started(1)),
        (4, crashed(1)),
        (14, started(2)),
        (16, crashed(2)),
        (36, started(3)),
        (38, crashed(3)),
        (78, started(4)),
        (80, RUNS),
    ):
        line[at] = web(container, first=first, others=(database(ready=at >= ready_at),), **more)
    return line


HEALTHY: dict[str, TimeLine] = {
    "a gateway fails once": pulled_after(BAD_GATEWAY),
    "a gateway fails once in a first deployment": pulled_after(BAD_GATEWAY, first=True),
    "a rate limit for one pull": pulled_after(BUSY),
    "a connection that times out once": pulled_after(NO_ANSWER),
    "a handshake that times out once": pulled_after(NO_HANDSHAKE),
    "a name server that fails once": pulled_after(NO_NAME),
    "a registry that is being restarted": pulled_after(REFUSED),
    "the kubelet's own limit of pulls": pulled_after("pull QPS exceeded"),
    "an unknown failure that goes away": pulled_after("something new"),
    "two tries fail": {
        0: web(waiting("ErrImagePull", BUSY)),
        11: web(waiting("ImagePullBackOff", f"{BACK_OFF}: ErrImagePull: {BUSY}")),
        15: web(waiting("ErrImagePull", NO_ANSWER)),
        45: web(RUNS),
    },
    "an old kubelet, which repeats no cause": {
        0: web(waiting("ErrImagePull", BUSY)),
        11: web(waiting("ImagePullBackOff", BACK_OFF)),
        30: web(RUNS),
    },
    "an old kubelet, looked at late": {0: web(waiting("ImagePullBackOff", BACK_OFF)), 50: web(RUNS)},
    "the registry is unavailable for a while": {0: web(waiting("RegistryUnavailable")), 45: web(RUNS)},
    "a third pull in a first deployment": {
        0: web(waiting("ErrImagePull", BUSY), first=True),
        100: web(RUNS, first=True),
    },
    "a database of the release that starts meanwhile": started_after_crashes(ready_at=60, before=()),
    "such a database in a first deployment": started_after_crashes(ready_at=60, first=True),
    "a database elsewhere, in a first deployment": started_after_crashes(ready_at=0, first=True),
    "the database is ready, and the next try comes late": {
        0: web(crashed(5), others=(database(ready=False),)),
        20: web(crashed(5), others=(database(ready=True),)),
        160: web(started(6), others=(database(ready=True),)),
        161: web(crashed(6), others=(database(ready=True),)),
        461: web(started(7), others=(database(ready=True),)),
        463: web(RUNS, others=(database(ready=True),)),
    },
    "an init container that waits for the database": {
        at: seen(
            deployment(),
            database(ready=at > 50),
            before=[deployment("one")],
            children=[replica_set(), pod(NEW, waiting("PodInitializing"), init=[container])],
        )
        for at, container in ((0, crashed(2)), (20, crashed(3)), (60, started(4)))
    },
    "a chain: the database, a service that needs it, and one that needs that": {
        at: seen(
            deployment(),
            database(ready=at >= 50),
            thing("Pod", "api", status={"conditions": api, "containerStatuses": [service]}),
            before=[deployment("one")],
            children=[replica_set(), pod(NEW, container)],
        )
        for at, service, api, container in (
            (0, crashed(3), [], crashed(3)),
            (50, crashed(3), [], crashed(3)),
            (60, started(4), [], crashed(3)),
            (70, running(), [READY], crashed(4)),
            (150, running(), [READY], crashed(5)),
            (310, running(), [READY], started(6)),
            (320, running(), [READY], running()),
        )
    },
    "a Job of the release that prepares the database": {
        0: web(crashed(3), others=(job(status={"active": 1}),)),
        90: web(crashed(4), others=(job(status={"conditions": [condition("Complete")]}),)),
        130: web(RUNS, others=(job(status={"conditions": [condition("Complete")]}),)),
    },
    "a DaemonSet that waits for a database": {
        at: seen(
            daemon_set("two"),
            database(ready=at > 0),
            before=[daemon_set("one")],
            children=[
                controller_revision(1, "two"),
                pod("DaemonSet-web", container, revision="two"),
            ],
        )
        for at, container in ((0, crashed(3)), (30, crashed(3)), (60, running()))
    },
    "a StatefulSet that waits for a service": {
        at: seen(
            stateful_set("two"),
            deployment(**(GROWN if at else {})),
            before=[stateful_set("one"), deployment("one")],
            children=[
                replica_set(),
                pod(NEW, running(), name="api"),
                pod("StatefulSet-web", container, revision="two", name="web-1"),
            ],
        )
        for at, container in ((0, crashed(3)), (30, crashed(3)), (60, running()))
    },
    "a bare Pod that waits for a database": {
        at: seen(database(ready=at > 0), thing("Pod", "bare", status={"containerStatuses": [container]}))
        for at, container in ((0, crashed(4)), (30, crashed(4)), (60, running()))
    },
    "a Secret that a custom resource of the release makes": {
        0: web(NO_SECRET, others=(resource("False"),), missing=LACKING),
        90: web(NO_SECRET, others=(resource("True"),)),
        105: web(RUNS, others=(resource("True"),)),
    },
    "a Secret that an operator of the release makes": {
        0: web(NO_SECRET, others=(database(ready=False),), missing=LACKING),
        40: web(NO_SECRET, others=(database(ready=True),), missing=LACKING),
        80: web(RUNS, others=(database(ready=True),)),
    },
    "a container that the runtime creates only at the second try": {
        0: web(waiting("CreateContainerError", "context deadline exceeded")),
        15: web(waiting("CreateContainerError", 'name "app" is reserved for "1"')),
        50: web(RUNS),
    },
    "a container that is started only at the second try": {
        0: web(waiting("RunContainerError", "context deadline exceeded")),
        40: web(RUNS),
    },
    "a Secret that the kubelet cannot read yet": {
        0: web(
            waiting(
                "CreateContainerConfigError",
                "failed to sync secret cache: timed out waiting for the condition",
            )
        ),
        40: web(RUNS),
    },
    "a slow start under a liveness probe": {
        0: web(started(1)),
        30: web(started(2)),
        60: web(crashed(2, 137)),
        90: web(RUNS),
    },
    "a sidecar that crashes until the database is there": {
        at: seen(
            deployment(),
            database(ready=at > 0),
            before=[deployment("one")],
            children=[
                replica_set(),
                pod(NEW, running(), init=[{**container, "name": "proxy"}]),
            ],
        )
        for at, container in ((0, crashed(3)), (30, crashed(3)), (60, running()))
    },
}

CERTAIN: dict[str, tuple[TimeLine, str, float]] = {
    "no such image": ({0: web(no_image())}, "ImagePullBackOff", 3),
    "no such image, in a first deployment": ({0: web(no_image(), first=True)}, "ImagePullBackOff", 3),
    "no such image, beside a database that starts": (
        {0: web(no_image(), others=(database(ready=False),))},
        "ImagePullBackOff",
        3,
    ),
    "no such image, once the registry answers": (
        {0: web(waiting("ErrImagePull", BAD_GATEWAY)), 15: web(no_image())},
        "ImagePullBackOff",
        15,
    ),
    "no such image, an old kubelet": (
        {0: web(no_image()), 1: web(waiting("ImagePullBackOff", BACK_OFF))},
        "ImagePullBackOff",
        3,
    ),
    "a registry that stays away": ({0: web(waiting("ErrImagePull", REFUSED))}, "ImagePullBackOff", 60),
    "a registry that stays away, in a first deployment": (
        {0: web(waiting("ErrImagePull", REFUSED), first=True)},
        "ImagePullBackOff",
        120,
    ),
    "a command that does not exist, beside a database that starts": (
        {0: web(crashed(2, 127), others=(database(ready=False),)), 20: web(crashed(3, 127))},
        "CrashLoopBackOff",
        20,
    ),
    "a command that does not exist, in a first deployment": (
        {0: web(crashed(3, 127), first=True)},
        "CrashLoopBackOff",
        0,
    ),
    "a program that breaks by itself": (
        {0: web(crashed(3, 139), others=(database(ready=False),))},
        "CrashLoopBackOff",
        0,
    ),
    "no memory": ({0: web(crashed(3, 137, "OOMKilled"), first=True)}, "OOMKilled", 0),
    "a program that crashes with nothing to wait for": ({0: web(crashed(3))}, "CrashLoopBackOff", 0),
    "the same in a first deployment": (
        {0: web(crashed(3), first=True), 40: web(crashed(4), first=True)},
        "CrashLoopBackOff",
        40,
    ),
    "a program that crashes also when its database is ready": (
        {
            0: web(crashed(3), others=(database(ready=False),)),
            30: web(crashed(3), others=(database(ready=True),)),
            70: web(crashed(4), others=(database(ready=True),)),
            150: web(crashed(5), others=(database(ready=True),)),
        },
        "CrashLoopBackOff",
        150,
    ),
    "two programs that wait for each other": (
        {
            at: seen(
                deployment(),
                thing("Pod", "api", status={"containerStatuses": [crashed(restarts - 1)]}),
                before=[deployment("one")],
                children=[replica_set(), pod(NEW, crashed(restarts))],
            )
            for at, restarts in ((0, 3), (40, 4))
        },
        "CrashLoopBackOff",
        40,
    ),
    "two programs that lack the same Secret": (
        {
            0: seen(
                deployment(),
                thing("Pod", "api", status={"containerStatuses": [NO_SECRET]}),
                before=[deployment("one")],
                children=[replica_set(), pod(NEW, NO_SECRET)],
                missing=LACKING,
            )
        },
        "CreateContainerConfigError",
        10,
    ),
    "a Secret that nothing makes": (
        {0: web(NO_SECRET, others=(database(ready=True),), missing=LACKING)},
        "CreateContainerConfigError",
        10,
    ),
    "a Secret that is missing although the operator is ready": (
        {
            0: web(NO_SECRET, others=(database(ready=False),), missing=LACKING),
            40: web(NO_SECRET, others=(database(ready=True),), missing=LACKING),
        },
        "CreateContainerConfigError",
        90,
    ),
    "a hook that lacks a Secret": (
        {
            0: seen(
                job(hook="pre-upgrade"),
                database(ready=False),
                children=[pod("Job-migrate", NO_SECRET)],
                missing=LACKING,
            )
        },
        "CreateContainerConfigError",
        10,
    ),
    "a Job that is suspended holds nothing up": (
        {0: web(crashed(3), others=(job() | {"spec": {"suspend": True}},))},
        "CrashLoopBackOff",
        0,
    ),
    "an image that would run as root": (
        {
            0: web(
                waiting("CreateContainerConfigError", "container has runAsNonRoot and image will run as root")
            )
        },
        "CreateContainerConfigError",
        10,
    ),
}


@pytest.mark.parametrize("line", HEALTHY.values(), ids=HEALTHY)
def test_slow_but_healthy(line: TimeLine) -> None:
    assert play(line) is None


def test_there_are_many_slow_but_healthy_time_lines() -> None:
    assert len(HEALTHY) >= 25


@pytest.mark.parametrize(("line", "reason", "at"), CERTAIN.values(), ids=CERTAIN)
def test_certain(line: TimeLine, reason: str, at: float) -> None:
    assert play(line) == (reason, at)


def test_who_is_patient_with_images_is_so_with_registries_too() -> None:
    line: TimeLine = {0: web(waiting("ErrImagePull", REFUSED))}
    assert play(line, HealthConfig(image_pull_grace=200)) == ("ImagePullBackOff", 200)


def test_an_old_custom_resource_that_is_not_ready_holds_nothing_up() -> None:
    snapshot = web(NO_SECRET, others=(resource("False"),), missing=LACKING)
    old = replace(snapshot.baseline, declared=frozenset(snapshot.live))
    assert play({0: replace(snapshot, baseline=old)}) == ("CreateContainerConfigError", 10)


def test_the_cause_of_a_long_message_is_kept() -> None:
    snapshot = web(waiting("ErrImagePull", f"{'failed to pull: ' * 40}{NO_IMAGE}"))
    (fault,) = faults(snapshot, HealthConfig())
    assert fault.message.endswith(": not found)")
    assert len(fault.message) < 400
