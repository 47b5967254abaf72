"""Helm under watch: what stops it, and which of two words on a failure counts."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.core.health import silence
from helm_rollback_component.core.health.baseline import Stored
from helm_rollback_component.core.health.evidence import Evidence
from helm_rollback_component.core.health.objects import HOOK
from helm_rollback_component.core.remediation.standards import Known, Reference
from helm_rollback_component.core.remediation.steps import Rollback, Upgrade
from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.engines.engine import Capability, Deployment, EngineError, Target
from helm_rollback_component.inputs.masking import MASK
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.kube.health import polling, showing
from helm_rollback_component.reconcile import removal_watch, strategies
from helm_rollback_component.reconcile.leftovers import Leftovers
from helm_rollback_component.reconcile.rows import Rows
from helm_rollback_component.reconcile.run_context import RunContext
from helm_rollback_component.reconcile.run_events import RunEvents
from helm_rollback_component.reconcile.watched_helm import WatchedHelm
from tests.support.fake_cluster import failure
from tests.support.histories import BEGAN, record
from tests.support.waiting import await_that
from tests.unit.core.health.health_objects import deployment, job, pod, replica_set, running, thing, waiting
from tests.unit.kube.health.health_cluster import NAMESPACE, Onlookers, Town, fail_with, labelled, select

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.core.records.history import Record

    Whole = Callable[[dict[str, Any]], bool]

KNOWN = Known((Reference(1, live=True),))
NEW = "ReplicaSet-web-two"
GROWN: dict[str, Any] = {"replicas": 3, "updatedReplicas": 3, "availableReplicas": 3, "readyReplicas": 3}
LOOP = waiting("CrashLoopBackOff", restarts=4, last={"exitCode": 1, "reason": "Error"})


class Engine:
    """Stands for Helm; it does what is given, and nothing else."""

    capabilities = frozenset(Capability)
    faults: tuple[str, ...] = ()

    def __init__(self, do: Callable[[Cancellation], None] = lambda _: None) -> None:
        self._do = do
        self.asked: list[str] = []
        self.forced: list[bool] = []
        self.patience: list[int] = []

    def upgrade(self, _target: Target, deployment: Deployment, cancellation: Cancellation) -> None:
        self.asked.append("upgrade")
        self.forced.append(deployment.options.force_conflicts)
        self._do(cancellation)

    def uninstall(
        self, _target: Target, timeout: int, *, cancellation: Cancellation | None = None, **_: bool
    ) -> None:
        self.asked.append("uninstall")
        self.patience.append(timeout)
        assert cancellation
        self._do(cancellation)

    def rollback(
        self, _target: Target, _revision: int, _timeout: int, *, force_conflicts: bool, **_: bool
    ) -> None:
        self.asked.append("rollback")
        self.forced.append(force_conflicts)


def until_it_is_stopped(cancellation: Cancellation) -> None:
    """Go on until the request to stop, as Helm does while it waits for readiness."""
    stopped = threading.Event()
    cancellation.on_request(stopped.set)
    assert stopped.wait(30), "nothing stopped Helm"
    raise EngineError("Error: UPGRADE FAILED: context canceled")


def failing(words: str) -> Engine:
    """Helm that fails with these words."""

    def fail(_: Cancellation) -> None:
        raise EngineError(words)

    return Engine(fail)


LATE = "Error: uninstallation completed with 1 error(s): context deadline exceeded"
_EARLIER = "2025-12-31T23:59:59Z"
FORBIDDEN = "it is Forbidden"


def refuse_all_but_kinds(verb: str, _path: str) -> None:
    """Have a cluster tell which kinds there are, and nothing else."""
    if verb != "discover":
        raise failure("Forbidden")


def refuse_pods(_verb: str, path: str) -> None:
    """Have a cluster not tell of pods."""
    if path.endswith("/pods"):
        raise failure("Forbidden")


def of_the_release(live: dict[str, Any]) -> dict[str, Any]:
    """Return a live object as one that Helm has made for the release."""
    found = select(live)
    owner = {"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": NAMESPACE}
    return {**found, "metadata": {**found["metadata"], "annotations": owner}}


def everything(_: Any) -> bool:
    """Tell that the whole of an object is wanted."""
    return True


class Records:
    """Stands for the release's records: every revision has the same Deployment, unless they are refused.

    An object that is not wanted whole is left out unless there are `also` others.
    """

    def __init__(
        self,
        refusal: OperationError | None = None,
        hooks: tuple[dict[str, Any], ...] = (),
        also: tuple[dict[str, Any], ...] = (),
    ) -> None:
        self._refusal, self._hooks, self._also = refusal, hooks, also
        self.on_manifest: Callable[[], None] = lambda: None
        self.on_whole_manifest: Callable[[], None] = lambda: None
        self.readable: Callable[[], bool] = lambda: True
        self.left_out: tuple[str, ...] = ()

    def await_record(self, _revision: int, _stop: Cancellation) -> bool:
        return True

    def stored(self, _revision: int) -> Stored:
        return Stored("2026-01-01T00:00:00Z")

    def unread(self, _revision: int) -> tuple[str, ...]:
        return self.left_out

    def objects(self, _revision: int, whole: Whole) -> tuple[dict[str, Any], ...]:
        return (*self._declared(whole), *self._hooks)

    def manifest(self, _revision: int, whole: Whole = everything) -> tuple[dict[str, Any], ...]:
        """Tell that what follows Helm has begun: no one else asks for this."""
        self.on_manifest()
        if whole is everything:
            self.on_whole_manifest()
        return self._declared(whole)

    def _declared(self, whole: Whole) -> tuple[dict[str, Any], ...]:
        if self._refusal:
            raise self._refusal
        if not self.readable():
            raise failure("Forbidden")
        found = (deployment(), *self._also)
        return tuple(each for each in found if self._also or whole(each))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "EVERY", 0.01)


def workload(live: dict[str, Any], container: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    return select(live), labelled(select(replica_set())), labelled(pod(NEW, container))


class Place:
    """One release on a cluster in memory, and Helm under watch."""

    def __init__(
        self,
        cluster: Town,
        engine: Engine,
        records: Records | None = None,
        *,
        timeout: int = 30,
        disable_hooks: bool = False,
        **health: Any,
    ) -> None:
        self.said: list[str] = []
        self._timeout = timeout
        storage: Any = records or Records()
        helm: Any = engine
        context = RunContext(
            config=HelmConfig.parse(
                {
                    "release_name": "web",
                    "release_namespace": NAMESPACE,
                    "source": {"chart": "./web"},
                    "health": health,
                    "disable_hooks": disable_hooks,
                }
            ),
            informers=Onlookers(cluster),
            storage=storage,
            engine=helm,
            target=Target("web", NAMESPACE, "kubeconfig"),
            deployment=Deployment(Path("web"), {}, timeout),
            progress=self.said.append,
            warn=self.said.append,
            redact=Redactor(["hunter2"]),
            events=RunEvents(Rows(self.said.append, self.said.append, self.said.append)),
        )
        self.interrupt = context.interrupt
        self.helm = WatchedHelm(context, Cancellation())

    def upgrade(self, *before: Record) -> tuple[str, str] | None:
        """Upgrade; return reason and message of the failure."""
        failed = self.helm.deploy(Upgrade(), 2, before or (record(1), record(1)), KNOWN, self._timeout)
        return (failed.reason, failed.message) if failed else None


def test_what_the_first_try_applied_is_judged_in_the_second() -> None:
    cluster, action = Town(), Upgrade()
    tries: list[int] = []

    def apply(cancellation: Cancellation) -> None:
        tries.append(len(tries))
        for each in workload(deployment(), LOOP if len(tries) > 1 else running(ready=False)):
            cluster.put(each)
        if len(tries) == 1:
            raise EngineError("Helm ended with exit status -9")
        until_it_is_stopped(cancellation)

    place = Place(cluster, Engine(apply))
    before = (record(1), record(1))
    crashed = place.helm.deploy(action, 2, before, KNOWN, 30)
    failed = place.helm.deploy(action, 2, before, KNOWN, 30)
    assert (crashed and crashed.reason, failed and failed.reason) == ("HelmCrashed", "CrashLoopBackOff")


def test_a_verdict_stops_helm_and_is_why_it_failed() -> None:
    cluster = Town()

    def apply(cancellation: Cancellation) -> None:
        for each in workload(deployment(), LOOP):
            cluster.put(each)
        until_it_is_stopped(cancellation)

    place = Place(cluster, Engine(apply))
    failed = place.upgrade()
    assert failed is not None
    assert failed[0] == "CrashLoopBackOff"
    lines = "\n    ".join(cluster.log.splitlines())
    assert place.said[-1] == f"the last lines of container app of Pod web-0:\n    {lines}"


def test_of_a_long_line_of_the_log_no_secret_is_left_that_was_cut_in_two() -> None:
    cluster = Town()
    cluster.log = "x" * 395 + " hunter2 and more"

    def apply(cancellation: Cancellation) -> None:
        for each in workload(deployment(), LOOP):
            cluster.put(each)
        until_it_is_stopped(cancellation)

    place = Place(cluster, Engine(apply))
    place.upgrade()
    assert place.said[-1].endswith("x [sec… (13 characters more)")


def test_without_a_verdict_helms_own_words_count_less_what_is_secret() -> None:
    words = 'Error: UPGRADE FAILED: no matches for kind "hunter2" in version "v1"'
    failed = Place(Town(*workload(deployment(), running())), failing(words)).upgrade()
    assert failed is not None
    assert "hunter2" not in failed[1]
    assert MASK in failed[1]


def test_what_gets_worse_while_it_soaks_fails_the_upgrade() -> None:
    cluster, records = Town(*workload(deployment(**GROWN), running())), Records()
    looks: list[str] = []

    def restart_after_the_first_look(verb: str, path: str) -> None:
        if (verb, path.rpartition("/")[2]) == ("list", "pods"):
            looks.append(path)
            if len(looks) > 1:
                cluster.put(labelled(pod(NEW, running(restarts=1))))

    records.on_manifest = lambda: setattr(cluster, "before", restart_after_the_first_look)
    failed = Place(cluster, Engine(), records, soak=60).upgrade()
    assert failed is not None
    assert failed[0] == "ContainerRestarted"


def test_what_stays_well_while_it_soaks_is_good() -> None:
    assert Place(Town(*workload(deployment(**GROWN), running())), Engine(), soak=0.05).upgrade() is None


def test_records_that_cannot_be_read_end_the_run_before_helm_is_asked() -> None:
    engine = Engine()
    place = Place(Town(*workload(deployment(), running())), engine, Records(failure("Forbidden")))
    with pytest.raises(OperationError) as caught:
        place.upgrade()
    assert caught.value.reason == "Forbidden"
    with pytest.raises(OperationError):
        place.helm.restore(Rollback(1, "x"), 3, (record(2), record(1), record(1)), KNOWN)
    assert engine.asked == []


class TestWhatHelmCallsDeployed:
    def test_is_good_only_when_it_is_seen_to_be_ready(self) -> None:
        cluster = Town(*workload(deployment(**GROWN), running()))
        short = select(deployment(**{**GROWN, "availableReplicas": 2}))
        assert Place(cluster, Engine(lambda _: cluster.put(short)), timeout=0).upgrade() == (
            "UpgradeTimeout",
            "not ready after 0 s: Deployment web: 2 of 3 updated replicas are available",
        )

    def test_has_failed_as_soon_as_that_is_certain(self) -> None:
        cluster = Town()

        def apply(_: Cancellation) -> None:
            for each in workload(deployment(), LOOP):
                cluster.put(each)

        failed = Place(cluster, Engine(apply)).upgrade()
        assert failed is not None
        assert failed[0] == "CrashLoopBackOff"

    def test_is_not_held_to_what_it_lacked_before(self) -> None:
        short = {**GROWN, "availableReplicas": 2, "readyReplicas": 2}
        place = Place(Town(*workload(deployment(**short), running())), Engine(), timeout=0)
        assert place.upgrade() is None
        assert place.helm.evidence == Evidence(
            serving=1,
            before=(("Deployment.apps/apps/web", 1),),
            left=(("Deployment.apps/apps/web", 1),),
            told=("Deployment web: 2 of 3 updated replicas are available",),
        )

    def test_nor_is_what_is_restored_or_judged_again(self) -> None:
        short = {**GROWN, "availableReplicas": 2, "readyReplicas": 2}
        place = Place(Town(*workload(deployment(**short), running())), Engine())
        known = Known((Reference(1, noted=(("Deployment.apps/apps/web", 1),)),))
        assert place.helm.restore(Rollback(1, "x"), 3, (record(2), record(1), record(1)), known) is None
        assert place.helm.verify(3, known) is None
        assert place.helm.evidence.left == (("Deployment.apps/apps/web", 1),)

    def test_counts_by_helms_word_where_nothing_may_be_read(self) -> None:
        cluster, records = Town(*workload(deployment(**GROWN), running())), Records()
        records.on_manifest = lambda: setattr(cluster, "before", refuse_all_but_kinds)
        place = Place(cluster, Engine(), records)
        assert place.upgrade() is None
        assert (place.helm.evidence.unseen, place.helm.evidence.lacking) == (FORBIDDEN, (FORBIDDEN,))
        assert place.said[-1] == f"whether the release is ready cannot be seen: {FORBIDDEN}"

    def test_counts_by_helms_word_where_nothing_could_be_read_before_either(self) -> None:
        cluster = Town(*workload(deployment(), LOOP))
        cluster.before = refuse_all_but_kinds
        place = Place(cluster, Engine())
        assert place.upgrade() is None
        assert place.helm.evidence == Evidence(serving=1, unseen=FORBIDDEN, lacking=(FORBIDDEN,))

    def test_counts_by_the_status_of_workloads_where_pods_may_not_be_listed(self) -> None:
        cluster = Town(*workload(deployment(**GROWN), LOOP))
        cluster.before = refuse_pods
        place = Place(cluster, Engine(), timeout=0, soak=0)
        assert place.upgrade() is None
        assert (place.helm.evidence.unseen, place.helm.evidence.lacking) == ("", (FORBIDDEN,))
        assert place.said.count(FORBIDDEN) == 1

    def test_is_not_known_where_the_cluster_fails_for_another_reason(self) -> None:
        cluster, records = Town(*workload(deployment(**GROWN), running())), Records()
        records.on_manifest = lambda: setattr(cluster, "before", fail_with("Untrusted"))
        with pytest.raises(OperationError, match="Untrusted"):
            Place(cluster, Engine(), records).upgrade()

    def test_what_was_seen_of_it_is_forgotten_with_the_release(self) -> None:
        place = Place(Town(*workload(deployment(**GROWN), running())), Engine())
        place.upgrade()
        assert place.helm.uninstall((), 9) is None
        assert place.helm.evidence == Evidence()


TIMED_OUT = (
    "Error: UPGRADE FAILED: resource Deployment/apps/web not ready. status: InProgress, "
    "message: Pending termination: 1\ncontext deadline exceeded"
)


class TestTimeouts:
    def test_the_reason_is_ours_and_not_helms_word_about_an_old_pod(self) -> None:
        cluster = Town(*workload(deployment(), running(ready=False)))
        assert Place(cluster, failing(TIMED_OUT), timeout=0).upgrade() == (
            "UpgradeTimeout",
            "not ready after 0 s: Deployment web: 0 of 3 replicas are updated",
        )

    def test_what_is_ready_as_declared_is_good_whatever_helm_has_missed(self) -> None:
        place = Place(Town(*workload(deployment(**GROWN), running())), failing(TIMED_OUT), timeout=0)
        assert place.upgrade() is None
        assert place.said == ["Helm has not seen it, but all of the release is as declared"]

    def test_not_where_a_hook_may_not_have_run(self) -> None:
        cluster = Town(*workload(deployment(**GROWN), running()))
        head = {"name": "last", "annotations": {HOOK: "test, post-upgrade"}}
        hook = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": head}
        failed = Place(cluster, failing(TIMED_OUT), Records(hooks=(hook,)), timeout=0).upgrade()
        assert failed is not None
        assert failed[0] == "UpgradeTimeout"

    def test_where_nothing_can_be_seen_helms_own_words_are_told(self) -> None:
        cluster = Town(*workload(deployment(**GROWN), running()))

        def fail(_: Cancellation) -> None:
            cluster.before = fail_with("Unreachable")
            raise EngineError(TIMED_OUT)

        failed = Place(cluster, Engine(fail), timeout=0).upgrade()
        assert failed is not None
        assert failed[0] == "UpgradeTimeout"
        assert "Pending termination: 1" in failed[1]

    def test_what_fails_before_the_time_is_over_keeps_helms_words(self) -> None:
        cluster = Town(*workload(deployment(), running(ready=False)))
        failed = Place(cluster, failing(TIMED_OUT)).upgrade()
        assert failed is not None
        assert "not ready after" not in failed[1]

    def test_another_failure_keeps_helms_words(self) -> None:
        words = 'Error: UPGRADE FAILED: no matches for kind "Shop" in version "v1"'
        cluster = Town(*workload(deployment(), running(ready=False)))
        failed = Place(cluster, failing(words), timeout=0).upgrade()
        assert failed is not None
        assert "not ready after" not in failed[1]


class TestWhatIsGone:
    """Helm 3 fails at once with what it does not find."""

    COMPLETE: ClassVar[dict[str, Any]] = job(status={"conditions": [{"type": "Complete", "status": "True"}]})
    NOT_THERE = "Error: UPGRADE FAILED: {} not found"

    def _upgrade(
        self, gone: dict[str, Any], named: str, also: tuple[dict[str, Any], ...] = ()
    ) -> tuple[str, str] | None:
        """Have Helm apply a Deployment that gets ready, and fail once an object is gone."""
        cluster = Town()
        records = Records(also=tuple({**each, "status": {}} for each in also))

        def fail(_: Cancellation) -> None:
            for each in (*also, *workload(deployment(), running(ready=False))):
                cluster.put(each)
            await_that(lambda: any("0 of 3" in line for line in place.said), "a first look")
            cluster.put(select(deployment(**GROWN)))
            cluster.take_away(gone)
            raise EngineError(self.NOT_THERE.format(named))

        place = Place(cluster, Engine(fail), records)
        return place.upgrade()

    def test_is_told_in_our_words(self) -> None:
        assert self._upgrade(deployment(), 'deployments.apps "web"') == (
            "ObjectDeleted",
            "Deployment web: was deleted by another client while it was waited for",
        )

    def test_is_none_of_ours_where_all_is_there_that_is_judged(self) -> None:
        other = thing("ConfigMap", "settings")
        failed = self._upgrade(other, 'configmaps "settings"', (other,))
        assert failed is not None
        assert failed[0] == "NotFound"

    def test_is_no_failure_if_it_had_ended(self) -> None:
        assert self._upgrade(self.COMPLETE, 'jobs.batch "migrate"', (self.COMPLETE,)) is None


class TestLostSight:
    """Helm that goes on although all is ready, and is stopped for that."""

    LAST: ClassVar[dict[str, Any]] = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "last", "annotations": {HOOK: "post-upgrade"}},
    }

    @pytest.fixture(autouse=True)
    def _soon(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(silence, "FIRST", 0.01)
        monkeypatch.setattr(silence, "_LONGEST", 0.1)
        monkeypatch.setattr(showing, "show", lambda *_: None)

    def test_is_tried_again_where_a_hook_may_not_have_run(self) -> None:
        cluster = Town(*workload(deployment(**GROWN), running()))
        place = Place(cluster, Engine(until_it_is_stopped), Records(hooks=(self.LAST,)))
        failed = place.helm.deploy(Upgrade(), 2, (record(1), record(1)), KNOWN, 30)
        assert failed is not None
        assert (failed.reason, failed.temporary) == ("HelmLostSight", True)

    def test_is_good_where_there_is_no_hook(self) -> None:
        place = Place(Town(*workload(deployment(**GROWN), running())), Engine(until_it_is_stopped))
        assert place.upgrade() is None
        assert place.said == ["Helm has not seen it, but all of the release is as declared"]

    def test_is_found_once_in_all_tries_of_an_action(self) -> None:
        def go_on(cancellation: Cancellation) -> None:
            if len(engine.asked) == 1:
                until_it_is_stopped(cancellation)
            assert not threading.Event().wait(0.5)
            assert not cancellation.requested

        engine, action = Engine(go_on), Upgrade()
        cluster = Town(*workload(deployment(**GROWN), running()))
        place = Place(cluster, engine, Records(hooks=(self.LAST,)))
        before = (record(1), record(1))
        first = place.helm.deploy(action, 2, before, KNOWN, 30)
        assert first is not None
        assert first.reason == "HelmLostSight"
        assert place.helm.deploy(action, 3, before, KNOWN, 30) is None

    def test_not_by_helm_that_polls(self) -> None:
        engine = Engine()
        engine.capabilities = frozenset(Capability) - {Capability.WAIT_STRATEGY}
        place = Place(Town(*workload(deployment(**GROWN), running())), engine)
        assert place.upgrade() is None


class TestRestoredInPart:
    def test_what_serves_is_seen(self) -> None:
        helm = Place(Town(deployment()), Engine()).helm
        assert helm.unrestored(1, 2) == ()
        assert Place(Town(), Engine()).helm.unrestored(1, 2) is None

    @pytest.mark.parametrize("reason", ["Forbidden", "RecordUnreadable"])
    def test_what_cannot_be_seen_does_not_serve(self, reason: str) -> None:
        records = Records(OperationError("it cannot be read", reason=reason))
        assert Place(Town(deployment()), Engine(), records).helm.unrestored(1, 2) is None

    def test_it_counts_once_it_is_ready(self) -> None:
        cluster = Town(*workload(deployment(**GROWN), running()))
        assert Place(cluster, Engine()).helm.settle(3, (record(2, "failed"),), KNOWN) is None

    def test_it_does_not_count_while_it_is_not(self) -> None:
        cluster = Town(*workload(deployment(), LOOP))
        failed = Place(cluster, Engine()).helm.settle(3, (), KNOWN)
        assert failed is not None
        assert failed.reason == "CrashLoopBackOff"


class TestInterrupted:
    def test_helm_is_stopped(self) -> None:
        interrupts: list[Callable[[], None]] = []

        def apply(cancellation: Cancellation) -> None:
            interrupts[0]()
            until_it_is_stopped(cancellation)

        place = Place(Town(*workload(deployment(**GROWN), running())), Engine(apply))
        interrupts.append(place.interrupt.request)
        assert place.upgrade() == ("Cancelled", "cancelled while it was running")

    def test_what_helm_deployed_is_not_waited_for(self) -> None:
        place = Place(Town(*workload(deployment(), running(ready=False))), Engine())
        place.interrupt.request()
        assert place.upgrade() == ("Cancelled", "the wait was cancelled")

    def test_a_rollback_is_made_and_counts_by_helms_word(self) -> None:
        engine = Engine()
        place = Place(Town(*workload(deployment(), running(ready=False))), engine)
        place.interrupt.request()
        assert place.helm.restore(Rollback(1, "x"), 3, (record(2), record(1), record(1)), KNOWN) is None
        assert engine.asked == ["rollback"]
        assert place.helm.evidence.unseen == "the wait was cancelled"

    def test_a_removal_that_begins_then_has_little_time_and_is_not_stopped(self) -> None:
        engine = Engine()
        place = Place(Town(), engine)
        place.interrupt.request()
        assert place.helm.uninstall((), 60) is None
        assert engine.patience == [10]

    @pytest.mark.parametrize(
        "words",
        ['Error: no matches for kind "Unheard" in version "x/v1"', "Error: failed to delete release: web"],
    )
    def test_a_removal_that_helm_refuses_for_a_lost_kind_is_done_without_it(self, words: str) -> None:
        cluster = Town(of_the_release(deployment()))
        gone = {"apiVersion": "example.com/v1", "kind": "Unheard", "metadata": {"name": "web"}}
        place = Place(cluster, failing(words), Records(also=(gone,)))
        assert place.helm.uninstall((record(1),), 60) is None
        assert not any("deployments/" in path for path in cluster.paths())
        assert any("Helm deletes nothing" in line and "Unheard" in line for line in place.said)

    @pytest.mark.parametrize(("created", "asked"), [(_EARLIER, []), (BEGAN, ["uninstall"])])
    def test_a_first_deployment_is_undone_unless_it_took_over_what_was_there(
        self, created: str, asked: list[str]
    ) -> None:
        live = select(deployment())
        live["metadata"]["creationTimestamp"] = created
        engine = Engine()
        place = Place(Town(live), engine, Records(also=(thing("Service"),)))
        assert place.helm.undo_install((record(1),), 60) is None
        assert engine.asked == asked
        told = [line for line in place.said if "were there before: Deployment web" in line]
        assert bool(told) is not bool(asked)

    def test_a_removal_that_fails_although_every_kind_is_there_is_left_to_helm(self) -> None:
        place = Place(Town(), failing("Error: failed to delete release: web"))
        failed = place.helm.uninstall((record(1),), 60)
        assert failed is not None
        assert failed.temporary

    def test_a_removal_of_which_helm_may_not_watch_the_end_is_seen_without_it(self) -> None:
        words = 'Error: uninstallation completed with 1 error(s): configmaps is forbidden: User "me" cannot '
        watch = 'watch resource "configmaps" in API group "" in the namespace "apps"'
        assert Place(Town(), failing(words + watch)).helm.uninstall((), 60) is None
        other = Place(Town(), failing(f"{words}delete{watch.removeprefix('watch')}")).helm.uninstall((), 60)
        assert other is not None
        assert other.reason == "Forbidden"

    def test_a_removal_of_which_helm_never_hears_the_end_is_ended(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(removal_watch, "EVERY", 0.01)
        monkeypatch.setattr(removal_watch, "UNHEARD", 0.05)
        place = Place(Town(), Engine(until_it_is_stopped))
        assert place.helm.uninstall((record(1),), 60) is None
        assert place.said == ["Helm has not seen it, but all objects of the release are gone"]

    @pytest.mark.parametrize(
        ("live", "left"),
        [((), ""), ((of_the_release(deployment()),), "still there after 60 s: Deployment web")],
    )
    def test_a_removal_of_which_helm_never_heard_the_end_is_over_if_all_is_gone(
        self, live: tuple[dict[str, Any], ...], left: str
    ) -> None:
        place = Place(Town(*live), failing(LATE), Records(also=(thing("Service"),)))
        failed = place.helm.uninstall((record(1),), 60)
        assert (failed.message if failed else "") == left

    @pytest.mark.parametrize(
        ("event", "failed"), [("pre-delete, post-delete", True), ("post-upgrade", False)]
    )
    def test_not_where_it_may_have_waited_for_a_hook(self, event: str, *, failed: bool) -> None:
        hook = job(hook=event)
        place = Place(Town(), failing(LATE), Records(hooks=(hook,)))
        assert (place.helm.uninstall((record(1),), 60) is not None) is failed

    def test_hooks_that_are_switched_off_are_not_waited_for(self) -> None:
        place = Place(Town(), failing(LATE), Records(hooks=(job(hook="pre-delete"),)), disable_hooks=True)
        assert place.helm.uninstall((record(1),), 60) is None

    def test_a_removal_that_helm_refuses_for_another_reason_is_left_to_it(self) -> None:
        failed = Place(Town(), failing("Error: hooks failed")).helm.uninstall((), 60)
        assert failed is not None
        assert "hooks failed" in failed.message

    def test_a_removal_under_way_is_stopped(self) -> None:
        interrupts: list[Callable[[], None]] = []

        def remove(cancellation: Cancellation) -> None:
            interrupts[0]()
            until_it_is_stopped(cancellation)

        place = Place(Town(), Engine(remove))
        interrupts.append(place.interrupt.request)
        failed = place.helm.uninstall((), 60)
        assert failed is not None
        assert failed.reason == "Cancelled"


@pytest.mark.parametrize(("method", "forced"), [("ssa", True), ("csa", False), ("", False)])
def test_conflicts_are_forced_as_the_record_tells_that_helm_goes_by(method: str, *, forced: bool) -> None:
    """An upgrade goes by the newest record, a rollback by its target."""
    engine = Engine()
    place = Place(Town(*workload(deployment(**GROWN), running())), engine)
    told, other = replace(record(1), apply_method=method), replace(record(2), apply_method="x")
    assert place.upgrade(told, other) is None
    assert place.helm.restore(Rollback(1, "x"), 3, (other, other, told), KNOWN) is None
    assert engine.forced == [forced, forced]


@pytest.mark.parametrize(("method", "prepared"), [("ssa", True), ("csa", False)])
def test_what_stands_in_the_way_of_a_rollback_goes_before_it(
    monkeypatch: pytest.MonkeyPatch, method: str, *, prepared: bool
) -> None:
    engine, done = Engine(), list[str]()

    def note(what: str) -> Callable[..., None]:
        return lambda *_: done.append(f"{what}, Helm asked {len(engine.asked)} times")

    monkeypatch.setattr(Leftovers, "remove_admission", note("admission"))
    monkeypatch.setattr(strategies, "prepare", note("strategies"))
    place = Place(Town(*workload(deployment(**GROWN), running())), engine)
    target = replace(record(1), apply_method=method)
    before = (record(2, "failed"), record(1), target, record(2, "failed"))
    assert place.helm.restore(Rollback(1, "x"), 3, before, KNOWN) is None
    expected = ["admission", "strategies"] if prepared else ["admission"]
    assert done == [f"{each}, Helm asked 0 times" for each in expected]


def test_what_is_wrong_with_helm_is_told_once_in_a_run() -> None:
    engine = Engine()
    engine.faults = ("Helm 4.2.1 waits in vain",)
    place = Place(Town(*workload(deployment(**GROWN), running())), engine)
    assert place.upgrade() is None
    assert place.helm.restore(Rollback(1, "x"), 3, (record(2), record(1), record(1)), KNOWN) is None
    assert place.said.count("Helm 4.2.1 waits in vain") == 1


def test_fields_that_are_taken_over_are_told_once_without_secrets() -> None:
    entry = {"manager": "hunter2", "fieldsV1": {"f:spec": {"f:replicas": {}}}}
    scaled = deployment(wanted=5, **GROWN)
    scaled["metadata"] = {**scaled["metadata"], "managedFields": [entry]}
    engine = failing("Error: UPGRADE FAILED: no matches for kind")
    place = Place(Town(*workload(scaled, running())), engine)
    place.upgrade()
    place.upgrade()
    told = [line for line in place.said if ".spec.replicas" in line]
    assert told == [f"{MASK} set .spec.replicas of Deployment web; the chart sets it too and takes it over"]


def test_fields_that_are_taken_over_are_not_told_where_the_manifest_cannot_be_read() -> None:
    entry = {"manager": "kubectl", "fieldsV1": {"f:spec": {"f:replicas": {}}}}
    scaled = deployment(wanted=5, **GROWN)
    scaled["metadata"] = {**scaled["metadata"], "managedFields": [entry]}
    engine, records = failing("Error: UPGRADE FAILED: no matches for kind"), Records()
    records.readable = lambda: not engine.asked
    place = Place(Town(*workload(scaled, running())), engine, records)
    failed = place.upgrade()
    assert failed is not None
    assert [line for line in place.said if ".spec.replicas" in line] == []


class TestLeftovers:
    def test_where_every_revision_was_good_nothing_is_looked_for(self) -> None:
        cluster, records = Town(*workload(deployment(**GROWN), running())), Records()
        records.on_whole_manifest = lambda: pytest.fail("the manifests of good revisions were read")
        assert Place(cluster, Engine(), records).upgrade() is None

    def test_what_failed_revisions_left_is_looked_for(self) -> None:
        cluster, read = Town(*workload(deployment(**GROWN), running())), Records()
        asked: list[None] = []
        read.on_whole_manifest = lambda: asked.append(None)
        assert Place(cluster, Engine(), read).upgrade(record(1, "failed"), record(1)) is None
        assert asked

    def test_where_not_all_is_read_that_is_declared_nothing_is_taken_for_left(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cluster, records = Town(*workload(deployment(**GROWN), running())), Records()
        records.left_out = ("one: it is not YAML",)
        place = Place(cluster, Engine(), records)
        monkeypatch.setattr(Leftovers, "remove", lambda *_: pytest.fail("something was removed"))
        assert place.upgrade(record(1, "failed"), record(1)) is None
        assert place.said[-1] == "what failed revisions have left was not looked for: one: it is not YAML"

    def test_manifests_that_cannot_be_read_then_are_told_and_change_nothing(self) -> None:
        cluster, records = Town(*workload(deployment(**GROWN), running())), Records()

        def refuse() -> None:
            raise failure("Forbidden")

        records.on_whole_manifest = refuse
        place = Place(cluster, Engine(), records)
        assert place.upgrade(record(1, "failed"), record(1)) is None
        assert place.said[-1] == "what failed revisions have left was not looked for: it is Forbidden"
