"""What Pulumi's engine is answered when it asks about a release."""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import dataclass, field, replace
from importlib import metadata
from typing import TYPE_CHECKING, Any
from unittest.mock import create_autospec

import grpc  # type: ignore[import-untyped]
import pytest
from google.protobuf import json_format  # type: ignore[import-untyped]
from pulumi.dynamic import Config, ConfigureRequest
from pulumi.output import Unknown
from pulumi.runtime.proto import provider_pb2, status_pb2
from pulumi.runtime.rpc import UNKNOWN

from helm_rollback_component import operations
from helm_rollback_component.errors import OperationError
from helm_rollback_component.inputs.chart_values import encode
from helm_rollback_component.inputs.masking import MASK
from helm_rollback_component.plugin.outputs import restored
from helm_rollback_component.plugin.spoken import in_camel_case
from helm_rollback_component.provider import ReleaseProvider
from helm_rollback_component.pulumi_adapter import replacements, run_kind, stack_settings
from helm_rollback_component.pulumi_adapter.engine_log import ResourceLog, run
from helm_rollback_component.pulumi_adapter.stderr import MaskedStream
from helm_rollback_component.results import Condition, Phase, ReleaseStatus, RollbackState, RollbackStatus
from tests.support.hosted import STACK_ID, URN, HostedProvider, RequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.config import HelmConfig
    from helm_rollback_component.core.manifests.takeover import TakenOver
    from helm_rollback_component.core.records.owner import Identity
    from helm_rollback_component.inputs.redaction import Redactor

LATER: Any = Unknown()  # type: ignore[no-untyped-call]  # what a preview does not know yet
OWNER = {"organization": "", "project": "p", "stack": "dev", "urn": URN, "stack_id": STACK_ID}
LEAST: dict[str, Any] = {
    "release_name": "web",
    "release_namespace": "apps",
    "source": {"chart": "oci://registry.example/web", "version": "1.2.3"},
    "values": {},
}
INPUTS = {
    **LEAST,
    "values": {"password": "swordfish"},
    "owner": OWNER,
    "secret_paths": ["values.password"],
    "content": "c",
    "plan": "p",
}
GOOD = ReleaseStatus("web", "apps", 3, "1.2.3", "1", "deployed", Phase.DEPLOYED)
BAD = replace(
    GOOD,
    phase=Phase.ROLLED_BACK,
    rollback_status=RollbackStatus(
        RollbackState.ROLLED_BACK, reason="ImagePullBackOff", target_revision=1, restored_revision=3
    ),
    conditions=(Condition("Ready", "False", "ImagePullBackOff", "no such image", ""),),
)
GONE = replace(
    GOOD,
    revision=0,
    phase=Phase.FAILED,
    conditions=(Condition("Ready", "False", "ReleaseMissing", "the release does not exist", ""),),
)


@dataclass
class Cluster:
    """Stands for a cluster with one release, and for all that Helm may do there."""

    status: ReleaseStatus = GOOD
    there: bool | None = True
    identity: str = "cluster-1"
    error: Exception | None = None
    unreachable: Exception | None = None
    left: ReleaseStatus | None = None
    told: Exception | None = None
    asked: list[str] = field(default_factory=list)
    configs: list[HelmConfig] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)
    redact: Redactor | None = None
    may_be_let_go: bool = False
    rolled_back: bool = True
    of_kubernetes_provider: int = 0
    there_already: tuple[TakenOver, ...] = ()
    receiver: str = ""

    def operations(self, config: HelmConfig, **given: Any) -> Cluster:
        """Take the place of HelmOperations."""
        self.configs.append(config)
        self.identities.append(given["identity"])
        self.redact = given["redact"]
        self.may_be_let_go = given["delete_unreachable"]
        given["progress"]("nobody listens")
        given["warn"]("nobody listens")
        return self

    def do(self, verb: str) -> ReleaseStatus:
        """Do as told."""
        self.asked.append(verb)
        if self.error:
            raise self.error
        return self.status

    def deploy(self) -> ReleaseStatus:
        """Deploy."""
        return self.do("deploy")

    def left_behind(self, error: Exception) -> ReleaseStatus | None:
        """Tell what a failed deployment left."""
        self.told = error
        return self.left

    def upgrade(self) -> ReleaseStatus:
        """Upgrade."""
        return self.do("upgrade")

    def get_status(self) -> ReleaseStatus:
        """Look."""
        return self.do("get_status")

    def delete(self, *, now_managed_by: str) -> None:
        """Delete."""
        self.receiver = now_managed_by
        self.do("delete")

    def validate_creation(self, *, replaced: str) -> None:
        """Look whether what replaces that release can be created."""
        self.asked.append(f"validate_creation in place of {replaced}")
        if self.error:
            raise self.error

    def exists(self) -> bool | None:
        """Look whether anything is there."""
        return self.there

    @property
    def cluster_identity(self) -> str:
        """Which cluster it is."""
        self.asked.append("cluster_identity")
        if self.unreachable:
            raise self.unreachable
        return self.identity

    def deployed_by_kubernetes_provider(self) -> int:
        """Return a revision, or 0."""
        if self.unreachable:
            raise self.unreachable
        return self.of_kubernetes_provider

    def taken_over(self) -> list[TakenOver]:
        """Return objects."""
        if self.unreachable:
            raise self.unreachable
        return [*self.there_already]

    def leads_elsewhere(self, cluster: str) -> bool:
        """Compare with the cluster of the state."""
        return self.cluster_identity != cluster


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """The only cluster that there is."""
    made = Cluster()
    monkeypatch.setattr(operations, "HelmOperations", made.operations)
    return made


@pytest.fixture
def outputs(cluster: Cluster) -> dict[str, Any]:
    """What state holds of a release that was deployed."""
    outs = dict(ReleaseProvider().create(INPUTS).outs or {})
    cluster.asked.clear()
    return outs


@pytest.fixture(params=[ReleaseProvider, HostedProvider], ids=["dynamic", "plugin"], autouse=True)
def host(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the provider asked as it is in a Python program, and through the plugin that hosts it."""
    monkeypatch.setitem(globals(), "ReleaseProvider", request.param)


dynamic_only = pytest.mark.parametrize("host", [ReleaseProvider], ids=["dynamic"], indirect=True)


def check(news: dict[str, Any], olds: dict[str, Any] | None = None) -> tuple[dict[str, Any], dict[str, str]]:
    result = ReleaseProvider().check(olds or {}, news)
    assert not any(each.property for each in result.failures), "the engine prints the value of a property"
    found = (failure.reason.partition(": ") for failure in result.failures)
    return dict(result.inputs), {path: message for path, _, message in found}


@dynamic_only
class TestConfigure:
    @pytest.fixture(autouse=True)
    def limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have the limit set back afterwards, if a test sets it."""
        monkeypatch.setattr(sys, "tracebacklimit", 1000, raising=False)
        monkeypatch.setattr(sys, "stderr", sys.stderr)
        monkeypatch.setattr(stack_settings, "_noted", {})

    def test_errors_are_shown_without_a_traceback(self) -> None:
        ReleaseProvider().configure(ConfigureRequest(Config({}, "p")))
        assert sys.tracebacklimit == 0
        assert isinstance(sys.stderr, MaskedStream)

    def test_the_configuration_is_noted(self) -> None:
        ReleaseProvider().configure(ConfigureRequest(Config({"kubernetes:deleteUnreachable": "true"}, "p")))
        assert stack_settings.delete_unreachable()


class TestCheck:
    def test_good_inputs_pass_with_what_is_computed_of_them(self) -> None:
        inputs, failures = check({**LEAST, "owner": OWNER, "__provider": "x"})
        assert failures == {}
        assert inputs == {
            **LEAST,
            "owner": OWNER,
            "content": inputs["content"],
            "chart": "oci://registry.example/web 1.2.3",
            "plan": "deploy oci://registry.example/web 1.2.3; on failure remove a first deployment, "
            "else roll back to the last good revision",
            "checked_by": metadata.version("helm-rollback-component"),
        }

    def test_the_plan_is_that_of_an_update_when_there_is_something(self) -> None:
        inputs, _ = check(LEAST, {**LEAST, "observed": "the release does not exist"})
        assert inputs["plan"].startswith(
            "deploy oci://registry.example/web 1.2.3 over what a refresh found ("
        )

    def test_the_content_stays_the_same(self) -> None:
        before, _ = check(LEAST)
        after, _ = check(LEAST, before)
        assert after["content"] == before["content"]

    def test_what_a_refresh_observed_is_not_declared_again(self) -> None:
        inputs, _ = check(LEAST, {**LEAST, "observed": "x"})
        assert "observed" not in inputs

    def test_wrong_inputs_and_wrong_files_are_all_named(self) -> None:
        _, failures = check({**LEAST, "value_files": ["/nowhere.yaml"], "adpot": True, "history": {"max": 1}})
        assert set(failures) == {"value_files[0]", "adpot", "history.max"}

    def test_no_secret_is_told_of_what_is_wrong(self) -> None:
        secret = {"values": {"hunter2": "hunter2"}, "labels": {"hunter2 ": "x"}, "secret_paths": ["values"]}
        _, failures = check({**LEAST, **secret})
        (path,) = failures
        assert path.startswith("labels.")
        assert "hunter2" not in str(failures)

    def test_wrong_files_alone_are_named(self) -> None:
        inputs, failures = check({**LEAST, "source": {"chart": "/nowhere"}})
        assert failures == {"source.chart": "there is no chart at /nowhere"}
        assert "plan" not in inputs

    @pytest.mark.parametrize(
        ("given", "computed"),
        [
            ({"values": {"a": [LATER]}}, True),
            ({"kubeconfig": LATER}, True),
            ({"release_namespace": LATER}, False),
            ({"source": LATER}, False),
            ({"source": {"chart": "web", "version": "1.2.3", "repository": LATER}}, False),
        ],
    )
    def test_what_is_not_known_yet_is_not_held_against_it(
        self, given: dict[str, Any], *, computed: bool
    ) -> None:
        inputs, failures = check({**LEAST, **given})
        assert failures == {}
        assert ("plan" in inputs) is computed

    def test_what_is_not_known_yet_goes_back_as_it_came(self) -> None:
        inputs, _ = check({**LEAST, "values": {"a": [LATER]}})
        assert inputs["values"] == {"a": [UNKNOWN]}

    @dynamic_only
    @pytest.mark.parametrize(
        ("olds", "news", "refused"),
        [
            ({"manage_namespace": True, "delete_namespace": True}, {}, True),
            ({"manage_namespace": True, "delete_namespace": True}, {"manage_namespace": True}, False),
            (
                {"manage_namespace": True, "delete_namespace": True, "release_namespace": "old"},
                {},
                False,
            ),
            ({"manage_namespace": True}, {}, False),
        ],
        ids=["deletes it", "keeps it", "elsewhere", "kept it before"],
    )
    def test_a_namespace_that_would_be_deleted_with_its_release_stays(
        self, olds: dict[str, Any], news: dict[str, Any], *, refused: bool
    ) -> None:
        _, failures = check({**LEAST, **news}, {**LEAST, **olds})
        assert list(failures) == (["manage_namespace"] if refused else [])

    @dynamic_only
    def test_what_a_creation_adds_is_not_looked_for_while_an_input_is_not_known(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said: list[str] = []
        monkeypatch.setattr(replacements, "_noted", {})
        monkeypatch.setenv("HELM_ROLLBACK_DIFF", "true")
        monkeypatch.setattr(ResourceLog, "information", lambda _, *lines: said.extend(lines))
        check({**LEAST, "owner": OWNER, "kubeconfig": LATER, "dry_run": True})
        assert said[-1] == "which objects it adds is known once all of its inputs are"

    def test_the_given_inputs_are_left_alone(self) -> None:
        given = {**LEAST, "__provider": "x"}
        check(given)
        assert given == {**LEAST, "__provider": "x"}

    def test_what_the_program_finds_wrong_is_refused(self) -> None:
        refusals = {"kubeconfig": "write it", "adopt": "belongs to another resource"}
        inputs, failures = check({**LEAST, "owner": OWNER, "refusals": refusals})
        assert failures == refusals
        assert "refusals" not in inputs

    def test_nothing_wrong_in_the_program_is_no_input(self) -> None:
        inputs, failures = check({**LEAST, "owner": OWNER, "refusals": {}})
        assert failures == {}
        assert "refusals" not in inputs


class TestDiff:
    def diff(self, outputs: dict[str, Any], **changes: object) -> tuple[bool, list[str]]:
        result = ReleaseProvider().diff("id", outputs, {**INPUTS, **changes})
        assert result.delete_before_replace
        return bool(result.changes), list(result.replaces or [])

    def test_an_unchanged_release_is_left_alone(self, outputs: dict[str, Any], cluster: Cluster) -> None:
        assert self.diff(outputs) == (False, [])
        assert cluster.asked == []

    @pytest.mark.parametrize("changes", [{"values": {"a": 1.0}}, {"content": "d"}, {"adopt": True}])
    def test_a_change_is_an_update(
        self, outputs: dict[str, Any], cluster: Cluster, changes: dict[str, Any]
    ) -> None:
        assert self.diff(outputs, **changes) == (True, [])
        assert cluster.asked == []

    @pytest.mark.parametrize(
        "changes", [{"plan": "q"}, {"owner": {**OWNER, "urn": "moved"}}, {"secret_paths": []}]
    )
    def test_what_is_computed_besides_is_none(self, outputs: dict[str, Any], changes: dict[str, Any]) -> None:
        assert self.diff(outputs, **changes) == (False, [])

    @pytest.mark.parametrize("name", ["release_name", "release_namespace"])
    def test_another_name_is_a_replacement(self, outputs: dict[str, Any], name: str) -> None:
        assert self.diff(outputs, **{name: "other"}) == (True, [name])

    @pytest.mark.parametrize("name", ["kubeconfig", "context"])
    def test_another_way_to_the_same_cluster_is_an_update(self, outputs: dict[str, Any], name: str) -> None:
        assert self.diff(outputs, **{name: "new"}) == (True, [])

    @pytest.mark.parametrize("name", ["kubeconfig", "context"])
    def test_another_cluster_is_a_replacement(
        self, outputs: dict[str, Any], cluster: Cluster, name: str
    ) -> None:
        cluster.identity = "cluster-2"
        assert self.diff(outputs, **{name: "new"}) == (True, ["kubeconfig"])

    @pytest.mark.parametrize(
        "changes", [{"kubeconfig": LATER}, {"kubeconfig": "new", "source": LATER}], ids=["itself", "the rest"]
    )
    def test_while_too_little_is_known_the_cluster_is_not_asked(
        self, outputs: dict[str, Any], cluster: Cluster, changes: dict[str, Any]
    ) -> None:
        assert self.diff(outputs, **changes) == (True, [])
        assert cluster.asked == []

    def test_a_cluster_that_does_not_answer_is_told(self, outputs: dict[str, Any], cluster: Cluster) -> None:
        cluster.unreachable = OperationError("no answer", reason="Unreachable")
        with pytest.raises(RuntimeError, match=r"^no answer \(check the address"):
            self.diff(outputs, kubeconfig="new")

    @pytest.mark.parametrize("phase", ["Failed", "Stalled"])
    def test_what_failed_is_tried_again(self, outputs: dict[str, Any], phase: str) -> None:
        assert self.diff({**outputs, "phase": phase}) == (True, [])

    def test_so_is_what_was_rolled_back_unless_that_is_accepted(self, outputs: dict[str, Any]) -> None:
        olds = {**outputs, "phase": "RolledBack", "message": "it was rolled back"}
        assert self.diff(olds) == (True, [])
        assert self.diff({**olds, **WARN}, **WARN) == (False, [])

    def test_what_a_refresh_found_is_mended(self, outputs: dict[str, Any]) -> None:
        assert self.diff({**outputs, "observed": "the release does not exist"}) == (True, [])


class TestSecretsOfBefore:
    def test_an_update_masks_them_too(self, cluster: Cluster, outputs: dict[str, Any]) -> None:
        olds = {**outputs, "values": {"password": "xyzzy"}}
        ReleaseProvider().update("apps/web", olds, {**INPUTS, "values": {"password": "hunter2"}})
        assert cluster.redact
        assert cluster.redact("hunter2 after xyzzy") == f"{MASK} after {MASK}"


class TestCreate:
    def test_it_deploys_and_writes_down_everything(self, cluster: Cluster) -> None:
        created = ReleaseProvider().create(INPUTS)
        assert created.outs is not None
        assert cluster.asked[:2] == ["cluster_identity", "deploy"]
        assert created.id == "apps/web"
        assert created.outs["phase"] == "Deployed"
        assert created.outs["cluster"] == "cluster-1"
        assert created.outs["message"] == ""
        assert {key: created.outs[key] for key in INPUTS} == INPUTS

    def test_each_creation_is_one_of_its_own(self, cluster: Cluster) -> None:
        first, second = (dict(ReleaseProvider().create(INPUTS).outs or {}) for _ in range(2))
        assert first["incarnation"] != second["incarnation"]
        assert cluster.identities[0].incarnation == first["incarnation"]

    def test_the_owner_is_told(self, cluster: Cluster) -> None:
        ReleaseProvider().create(INPUTS)
        assert vars(cluster.identities[0].owner) == OWNER

    def test_secrets_are_kept_out_of_words(self, cluster: Cluster) -> None:
        ReleaseProvider().create({**INPUTS, "values": {"password": "hunter2"}})
        assert cluster.redact
        assert cluster.redact("hunter2") == MASK

    def test_values_are_what_was_given(self, cluster: Cluster) -> None:
        ReleaseProvider().create({**INPUTS, "values": encode({"a": None, "b": 2**60, "c": 1.0})})
        assert cluster.configs[0].values == {"a": None, "b": 2**60, "c": 1}

    def test_a_failure_is_one_line(self, cluster: Cluster) -> None:
        cluster.error = OperationError("it broke", reason="Broken", release="apps/web", remedy="fix it")
        with pytest.raises(RuntimeError, match=r"^apps/web: it broke \(fix it\)$") as raised:
            ReleaseProvider().create(INPUTS)
        assert raised.value.__suppress_context__

    def test_what_nobody_expected_is_told_whole(
        self, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "tracebacklimit", 0, raising=False)
        cluster.error = KeyError("surprise")
        with pytest.raises(RuntimeError, match="unexpected error, please report it") as raised:
            ReleaseProvider().create(INPUTS)
        assert "in deploy" in str(raised.value)
        assert "KeyError: 'surprise'" in str(raised.value)

    @pytest.mark.parametrize(
        "error", [OperationError('"hunter\\n2"', reason="Broken"), KeyError("hunter\n2")]
    )
    def test_no_error_shows_a_secret(self, cluster: Cluster, error: Exception) -> None:
        cluster.error = error
        with pytest.raises(RuntimeError) as raised:
            ReleaseProvider().create({**INPUTS, "values": {"password": "hunter\n2"}})
        assert MASK in str(raised.value)
        assert "hunter" not in str(raised.value)


class TestUpdate:
    def test_it_upgrades_the_same_creation_on_the_same_cluster(
        self, outputs: dict[str, Any], cluster: Cluster
    ) -> None:
        updated = ReleaseProvider().update("apps/web", outputs, {**INPUTS, "helm": "helm3"})
        assert updated.outs is not None
        assert cluster.asked[0] == "upgrade"
        assert cluster.identities[-1].incarnation == updated.outs["incarnation"] == outputs["incarnation"]
        assert cluster.identities[-1].cluster == "cluster-1"
        assert updated.outs["helm"] == "helm3"

    def test_what_a_refresh_observed_is_over(self, outputs: dict[str, Any]) -> None:
        updated = ReleaseProvider().update("apps/web", {**outputs, "observed": "x"}, INPUTS)
        assert updated.outs is not None
        assert "observed" not in updated.outs

    def test_a_failure_is_one_line(self, outputs: dict[str, Any], cluster: Cluster) -> None:
        cluster.error = OperationError("it broke", reason="Broken")
        with pytest.raises(RuntimeError, match=r"^it broke$"):
            ReleaseProvider().update("apps/web", outputs, INPUTS)


class TestRead:
    def test_an_unchanged_release_is_what_it_was(self, outputs: dict[str, Any]) -> None:
        read = ReleaseProvider().read("apps/web", outputs)
        assert read.id == "apps/web"
        assert read.outs == outputs
        assert read.inputs == INPUTS

    @pytest.mark.parametrize(
        ("there", "told"),
        [
            (False, ["apps/web: it is no longer there, so it leaves the state; an update creates it again"]),
            (None, []),
        ],
        ids=["gone", "of a lost cluster, which a warning has told"],
    )
    def test_a_release_whose_claim_is_gone_too_is_gone_and_that_is_said(
        self,
        outputs: dict[str, Any],
        cluster: Cluster,
        monkeypatch: pytest.MonkeyPatch,
        *,
        there: bool | None,
        told: list[str],
    ) -> None:
        said: list[str] = []
        monkeypatch.setattr(ResourceLog, "information", lambda _, message: said.append(message))
        cluster.there = there
        read = ReleaseProvider().read("apps/web", outputs)
        assert (read.id, read.outs, read.inputs) == ("", {}, {})
        assert said == told

    def test_a_revision_of_a_script_is_observed_and_told(
        self, outputs: dict[str, Any], cluster: Cluster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said: list[str] = []
        monkeypatch.setattr(ResourceLog, "information", lambda _, message: said.append(message))
        cluster.status = replace(GOOD, revision=GOOD.revision + 1)
        read = ReleaseProvider().read("apps/web", outputs)
        assert read.inputs is not None
        assert read.inputs["observed"].startswith("revision 4 was deployed by a script, or ")
        assert said == [f"apps/web: {read.inputs['observed']}; the next update deploys what is declared"]
        again = ReleaseProvider().read("apps/web", dict(read.outs or {}))
        assert again.inputs == read.inputs
        assert len(said) == 1

    def test_what_others_did_is_observed(self, outputs: dict[str, Any], cluster: Cluster) -> None:
        cluster.status = GONE
        read = ReleaseProvider().read("apps/web", outputs)
        assert read.inputs is not None
        assert read.outs is not None
        assert read.inputs["observed"] == read.outs["observed"] == "the release does not exist"
        assert read.outs["phase"] == "Failed"

    def test_it_looks_where_the_release_lives(self, outputs: dict[str, Any], cluster: Cluster) -> None:
        ReleaseProvider().read("apps/web", outputs)
        assert cluster.identities[-1].cluster == "cluster-1"
        assert cluster.identities[-1].incarnation == outputs["incarnation"]


class TestLostCluster:
    @pytest.mark.parametrize(
        "case",
        [
            (None, {}, False),
            (True, {}, True),
            (None, {"kubernetes:deleteUnreachable": "true"}, True),
            (None, {"kubernetes:deleteUnreachable": "false"}, False),
            (None, {"deleteUnreachable": "true"}, True),
        ],
    )
    def test_the_provider_or_the_configuration_lets_the_release_go(
        self,
        cluster: Cluster,
        outputs: dict[str, Any],
        monkeypatch: pytest.MonkeyPatch,
        case: tuple[bool | None, dict[str, str], bool],
    ) -> None:
        said, configured, allowed = case
        monkeypatch.setenv("PULUMI_CONFIG", json.dumps(configured))
        ReleaseProvider().delete("apps/web", {**outputs, "delete_unreachable": said})
        assert cluster.may_be_let_go is allowed

    @dynamic_only
    def test_that_the_provider_says_so_now_is_a_change(self, outputs: dict[str, Any]) -> None:
        news = {**outputs, "delete_unreachable": True}
        assert ReleaseProvider().diff("apps/web", outputs, news).changes


class TestDelete:
    def test_it_deletes_this_very_creation(self, outputs: dict[str, Any], cluster: Cluster) -> None:
        ReleaseProvider().delete("apps/web", outputs)
        assert cluster.asked == ["delete"]
        assert cluster.identities[-1].incarnation == outputs["incarnation"]
        assert cluster.identities[-1].cluster == "cluster-1"

    def test_a_failure_is_one_line(self, outputs: dict[str, Any], cluster: Cluster) -> None:
        cluster.error = OperationError("it broke", reason="Broken")
        with pytest.raises(RuntimeError, match=r"^it broke$"):
            ReleaseProvider().delete("apps/web", outputs)

    def test_what_is_replaced_goes_where_its_successor_can_be_created(
        self, outputs: dict[str, Any], cluster: Cluster
    ) -> None:
        ReleaseProvider().diff("apps/web", outputs, {**INPUTS, "release_namespace": "other"})
        ReleaseProvider().delete("apps/web", outputs)
        assert cluster.asked == ["validate_creation in place of apps/web", "delete"]
        assert [each.release_namespace for each in cluster.configs[-2:]] == ["other", "apps"]

    def test_and_stays_where_it_cannot(self, outputs: dict[str, Any], cluster: Cluster) -> None:
        ReleaseProvider().diff("apps/web", outputs, {**INPUTS, "release_namespace": "other"})
        cluster.error = OperationError("no such namespace", reason="NamespaceMissing")
        with pytest.raises(RuntimeError, match="no such namespace"):
            ReleaseProvider().delete("apps/web", outputs)
        assert cluster.asked == ["validate_creation in place of apps/web"]

    def test_what_was_created_first_replaces_nothing(self, outputs: dict[str, Any], cluster: Cluster) -> None:
        ReleaseProvider().diff("apps/web", outputs, {**INPUTS, "release_namespace": "other"})
        ReleaseProvider().create({**INPUTS, "release_namespace": "other"})
        cluster.asked.clear()
        ReleaseProvider().delete("apps/web", outputs)
        assert cluster.asked == ["delete"]


@dataclass
class Saved:
    """What a failed operation gives the engine to save."""

    id: str
    reasons: list[str]
    outputs: dict[str, Any]


def failing(operation: Callable[[], object]) -> Saved:
    """Return what an operation gives to be saved that fails in a request of the engine's."""
    context = create_autospec(grpc.ServicerContext, instance=True)
    with pytest.raises(RuntimeError) as raised:
        operation()
    if isinstance(raised.value, RequestError):
        assert raised.value.saved
        assert list(raised.value.saved.reasons) == [str(raised.value)]
        return Saved(raised.value.saved.id, [str(raised.value)], restored(raised.value.saved.properties))
    ((name, details),) = context.set_trailing_metadata.call_args.args[0]
    assert name == "grpc-status-details-bin"
    failed = provider_pb2.ErrorResourceInitFailed()
    assert status_pb2.Status.FromString(details).details[0].Unpack(failed)
    assert list(failed.reasons) == [str(raised.value)]
    return Saved(failed.id, list(failed.reasons), json_format.MessageToDict(failed.properties))


Line = tuple[str, str, str]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[Line]:
    """What is said in the resource's row: of which kind, whose row, and what."""
    lines: list[Line] = []

    def listen(kind: str) -> Callable[[ResourceLog, str], None]:
        return lambda log, message: lines.append((kind, log._urn, message))  # noqa: SLF001  # whose row

    monkeypatch.setattr(ResourceLog, "progress", listen("progress"))
    monkeypatch.setattr(ResourceLog, "information", listen("information"))
    monkeypatch.setattr(ResourceLog, "warning", listen("warning"))
    return lines


WARN: dict[str, Any] = {"operations": {"rollback": {"on_rollback": "warn"}}}
STALLED = replace(BAD, phase=Phase.STALLED)
ROLLED_BACK_TO_1 = "rolled back to revision 1: ImagePullBackOff"


class TestPartialFailure:
    def test_a_rollback_fails_the_update_and_is_saved(
        self, outputs: dict[str, Any], cluster: Cluster, said: list[Line]
    ) -> None:
        cluster.status = BAD
        saved = failing(lambda: ReleaseProvider().update("apps/web", outputs, INPUTS))
        assert saved.id == "apps/web"
        assert (saved.outputs["phase"], saved.outputs["revision"]) == ("RolledBack", 3)
        assert in_camel_case(saved.outputs["message"]) == in_camel_case(saved.reasons[0])
        assert "ImagePullBackOff: no such image" in saved.reasons[0]
        assert said[-1] == ("progress", URN, ROLLED_BACK_TO_1)

    @pytest.mark.parametrize("inputs", [INPUTS, {**INPUTS, **WARN}])
    def test_so_does_a_release_that_stalled_whatever_is_asked_of_rollbacks(
        self, outputs: dict[str, Any], cluster: Cluster, inputs: dict[str, Any]
    ) -> None:
        cluster.status = STALLED
        saved = failing(lambda: ReleaseProvider().update("apps/web", outputs, inputs))
        assert saved.outputs["phase"] == "Stalled"

    def test_a_creation_that_ends_so_is_saved_with_its_id(self, cluster: Cluster) -> None:
        cluster.status = replace(BAD, phase=Phase.FAILED)
        saved = failing(lambda: ReleaseProvider().create(INPUTS))
        assert (saved.id, saved.outputs["phase"]) == ("apps/web", "Failed")
        assert saved.outputs["incarnation"] == cluster.identities[0].incarnation

    def test_a_creation_that_broke_off_is_saved_if_it_left_something(self, cluster: Cluster) -> None:
        cluster.error = OperationError("no answer", reason="Unreachable")
        cluster.left = GONE
        saved = failing(lambda: ReleaseProvider().create(INPUTS))
        assert saved.outputs["phase"] == "Failed"
        assert cluster.told is cluster.error

    def test_so_is_one_that_broke_off_for_a_bug_of_ours(self, cluster: Cluster) -> None:
        cluster.error = KeyError("surprise")
        cluster.left = GONE
        saved = failing(lambda: ReleaseProvider().create(INPUTS))
        assert saved.outputs["phase"] == "Failed"
        assert isinstance(cluster.told, OperationError)
        assert cluster.told.reason == "UnexpectedError"
        assert "KeyError: 'surprise'" in cluster.told.message

    def test_a_rollback_may_only_warn(
        self, outputs: dict[str, Any], cluster: Cluster, said: list[Line]
    ) -> None:
        cluster.status = BAD
        updated = ReleaseProvider().update("apps/web", outputs, {**INPUTS, **WARN})
        assert updated.outs is not None
        assert updated.outs["phase"] == "RolledBack"
        assert said[-1] == ("warning", URN, f"{ROLLED_BACK_TO_1}\n{updated.outs['message']}")

    def test_the_row_of_a_good_update_does_not_end_with_what_was_waited_for(
        self, outputs: dict[str, Any], said: list[Line]
    ) -> None:
        ReleaseProvider().update("apps/web", outputs, INPUTS)
        assert said[-1] == ("progress", URN, "revision 3 is deployed")

    def test_an_update_that_tried_nothing_says_so(
        self, outputs: dict[str, Any], cluster: Cluster, said: list[Line]
    ) -> None:
        cluster.status, cluster.rolled_back = BAD, False
        saved = failing(lambda: ReleaseProvider().update("apps/web", outputs, INPUTS))
        assert said[-1] == (
            "progress",
            URN,
            "nothing was tried: these inputs were rolled back (ImagePullBackOff)",
        )
        assert saved.reasons[0].startswith(
            "apps/web: nothing was tried, because these inputs were rolled back (ImagePullBackOff: "
        )
        assert saved.outputs["message"].startswith("apps/web: the upgrade failed (ImagePullBackOff: ")

    @pytest.mark.parametrize("inputs", [INPUTS, {**INPUTS, **WARN}])
    def test_what_the_refresh_of_the_run_has_explained_is_not_explained_again(
        self, outputs: dict[str, Any], cluster: Cluster, said: list[Line], inputs: dict[str, Any]
    ) -> None:
        cluster.status = BAD
        refreshed = ReleaseProvider().read("apps/web", outputs).outs
        assert refreshed is not None
        assert said[-1] == ("information", URN, refreshed["message"])
        if inputs is INPUTS:
            saved = failing(lambda: ReleaseProvider().update("apps/web", refreshed, inputs))
            assert saved.outputs["message"] == refreshed["message"]
            assert saved.reasons == [f"apps/web: {ROLLED_BACK_TO_1}, as explained above"]
        else:
            ReleaseProvider().update("apps/web", refreshed, inputs)
            assert said[-1] == ("warning", URN, ROLLED_BACK_TO_1)

    @dynamic_only
    def test_what_is_saved_names_the_provider_again(self, outputs: dict[str, Any], cluster: Cluster) -> None:
        cluster.status = BAD
        saved = failing(lambda: ReleaseProvider().update("apps/web", outputs, {**INPUTS, "__provider": "p"}))
        assert saved.outputs["__provider"] == "p"

    @dynamic_only
    def test_where_the_engine_saves_nothing_the_way_out_is_told(
        self, outputs: dict[str, Any], cluster: Cluster, said: list[Line]
    ) -> None:
        cluster.status = BAD
        with pytest.raises(RuntimeError, match=r"^apps/web: "):
            ReleaseProvider().update("apps/web", outputs, INPUTS)
        kind, _, message = said[-1]
        assert kind == "warning"
        assert "run `pulumi refresh`" in message


class TestWhatIsKnown:
    """What an update with unchanged inputs will come to, told before it comes to it."""

    @pytest.fixture(autouse=True)
    def without_differences(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HELM_ROLLBACK_DIFF", "false")

    @pytest.fixture
    def rolled_back(self, outputs: dict[str, Any], said: list[Line]) -> dict[str, Any]:
        said.clear()
        return {
            **outputs,
            "phase": "RolledBack",
            "message": "it was rolled back",
            "rollback_status": {"reason": "HookFailed"},
        }

    def told(self, olds: dict[str, Any], said: list[Line], *, preview: bool, **inputs: object) -> list[Line]:
        ReleaseProvider().check({}, {**LEAST, "dry_run": preview})
        ReleaseProvider().diff("id", {**olds, **inputs}, {**INPUTS, **inputs})
        return said

    def test_a_preview_says_that_the_update_will_fail(
        self, rolled_back: dict[str, Any], said: list[Line]
    ) -> None:
        warning = "this update will fail: these inputs were rolled back (HookFailed)\nit was rolled back"
        assert self.told(rolled_back, said, preview=True) == [("warning", URN, warning)]

    def test_the_update_itself_says_it_once_by_failing(
        self, rolled_back: dict[str, Any], said: list[Line]
    ) -> None:
        assert self.told(rolled_back, said, preview=False) == []

    @pytest.mark.parametrize(
        "change",
        [
            {"phase": "Deployed"},
            {"phase": "Stalled"},
            {"observed": "the release is gone"},
            {"rollback_status": {"reason": "Forbidden"}},
        ],
    )
    def test_nothing_is_said_of_what_is_not_known(
        self, rolled_back: dict[str, Any], said: list[Line], change: dict[str, Any]
    ) -> None:
        assert self.told({**rolled_back, **change}, said, preview=True) == []

    def test_nor_of_other_inputs(self, rolled_back: dict[str, Any], said: list[Line]) -> None:
        assert self.told({**rolled_back, "values": {"a": 1.0}}, said, preview=True) == []

    @dynamic_only
    def test_an_accepted_rollback_is_told_by_every_update(
        self, rolled_back: dict[str, Any], said: list[Line]
    ) -> None:
        by_hand = {**rolled_back, "rollback_status": {"reason": "OperatorRequest"}}
        warning = (
            "what runs is still not what was declared: "
            "the release was rolled back by hand (OperatorRequest)\nit was rolled back"
        )
        assert self.told(by_hand, said, preview=True, **WARN) == []
        assert self.told(by_hand, said, preview=False, **WARN) == [("warning", URN, warning)]

    @dynamic_only
    def test_the_refresh_of_a_run_leaves_that_to_the_update_after_it(
        self, rolled_back: dict[str, Any], said: list[Line], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(run_kind, "_declared", threading.Event())
        ReleaseProvider().diff("id", {**rolled_back, **WARN}, {**INPUTS, **WARN})
        assert said == []

    @pytest.mark.parametrize(("port", "explanation"), [("4000", ""), ("5000", "\nit was rolled back")])
    def test_what_another_process_of_the_run_has_explained_is_not_explained_again(
        self,
        rolled_back: dict[str, Any],
        said: list[Line],
        monkeypatch: pytest.MonkeyPatch,
        port: str,
        explanation: str,
    ) -> None:
        monkeypatch.setattr(sys, "argv", ["host", "127.0.0.1:4000"])
        refreshed = {**rolled_back, "explained_in": run()}
        monkeypatch.setattr(sys, "argv", ["host", f"127.0.0.1:{port}"])
        ((_, _, warning),) = self.told(refreshed, said, preview=True)
        assert warning == f"this update will fail: these inputs were rolled back (HookFailed){explanation}"

    @pytest.mark.parametrize(
        "change", [{"phase": "Failed"}, {"values": {"a": 1.0}}, {"observed": "the release is gone"}]
    )
    def test_a_preview_of_an_action_names_points_of_no_return(
        self, rolled_back: dict[str, Any], said: list[Line], change: dict[str, Any]
    ) -> None:
        marked = [{"revision": 2.0, "chart_version": "2.0.0", "point_of_no_return": True}]
        olds = {**rolled_back, "revisions": marked, **change}
        line = "will not roll back across revision 2: its chart, version 2.0.0, is a point of no return"
        assert self.told(olds, said, preview=False) == []
        assert self.told({**olds, "release_name": "other"}, said, preview=True) == []
        assert self.told(olds, said, preview=True) == [("information", URN, line)]
