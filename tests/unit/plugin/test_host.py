"""What the plugin answers that a dynamic provider is not asked, or cannot say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf import empty_pb2, json_format  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2
from pulumi.runtime.rpc import UNKNOWN

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.errors import OperationError
from helm_rollback_component.package_version import version
from helm_rollback_component.plugin import host as plugin_host
from helm_rollback_component.plugin import outputs
from helm_rollback_component.plugin.marshalling import marshal, unmarshal
from helm_rollback_component.plugin.schema import schema
from helm_rollback_component.pulumi_adapter import engine_log, present_kubeconfigs, process_lifetime
from helm_rollback_component.reasons import Reason
from helm_rollback_component.results import Condition
from tests.support.hosted import STACK_ID, URN, RequestError, ask
from tests.unit.test_provider import BAD, GOOD, Cluster

if TYPE_CHECKING:
    from pathlib import Path

    from google.protobuf.struct_pb2 import Struct  # type: ignore[import-untyped]

INPUTS: dict[str, Any] = {
    "releaseName": "web",
    "releaseNamespace": "apps",
    "source": {"chart": "oci://registry.example/web", "version": "1.2.3"},
    "chart": "oci://registry.example/web 1.2.3",
    "content": "c",
    "plan": "p",
    "values": {"open": 1, "password": "swordfish"},
}
SECRET = {"values.password"}
PROVIDER_URN = "urn:pulumi:dev::p::pulumi:providers:helm-rollback::there"


def create(**of_request: Any) -> Any:
    request = provider_pb2.CreateRequest(urn=URN, properties=marshal(INPUTS, SECRET), **of_request)
    return ask("Create", request)


def update(olds: Struct, news: dict[str, Any], **of_request: Any) -> Any:
    request = provider_pb2.UpdateRequest(
        id="apps/web", urn=URN, olds=olds, news=marshal(news, SECRET), **of_request
    )
    return ask("Update", request)


def test_it_says_what_it_is_and_what_it_can_deal_with() -> None:
    assert ask("GetPluginInfo", empty_pb2.Empty()).version == version()
    assert ask("Handshake", provider_pb2.ProviderHandshakeRequest()).accept_secrets
    assert json.loads(ask("GetSchema", provider_pb2.GetSchemaRequest()).schema) == schema()


def test_its_own_inputs_are_checked_and_compared() -> None:
    news = marshal({"version": "1", "context": "blue"})
    checked = ask("CheckConfig", provider_pb2.CheckRequest(urn=PROVIDER_URN, news=news))
    assert (checked.inputs, list(checked.failures)) == (news, [])
    wrong = marshal({"deleteUnreachable": "maybe"})
    (failure,) = ask("CheckConfig", provider_pb2.CheckRequest(urn=PROVIDER_URN, news=wrong)).failures
    assert (failure.property, failure.reason.partition(":")[0]) == ("", "deleteUnreachable")
    known = provider_pb2.DiffResponse
    assert ask("DiffConfig", provider_pb2.DiffRequest(olds=news, news=news)).changes == known.DIFF_NONE
    found = ask("DiffConfig", provider_pb2.DiffRequest(olds=marshal({"version": "1"}), news=news))
    assert (found.changes, list(found.diffs), list(found.replaces)) == (known.DIFF_SOME, ["context"], [])


def test_its_releases_are_completed_by_the_check_and_may_be_let_go(
    host: plugin_host.PluginHost, cluster: Cluster, tmp_path: Path
) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    contexts = [{"name": "blue", "context": {"cluster": "c", "user": "u"}}]
    clusters = [{"name": "c", "cluster": {"server": "https://blue.example"}}]
    content = {"contexts": contexts, "clusters": clusters, "users": [{"name": "u", "user": {}}]}
    kubeconfig.write_text(json.dumps(content))
    args = marshal(
        {"kubeconfig": str(kubeconfig), "context": "blue", "namespace": "apps", "deleteUnreachable": True}
    )
    host.Configure(provider_pb2.ConfigureRequest(id="1", args=args), None)
    assert (str(kubeconfig), "blue") in present_kubeconfigs.present()
    news = {"source": INPUTS["source"], "kubeconfig": None}
    answer = host.Check(provider_pb2.CheckRequest(urn=URN, news=marshal(news)), None)
    completed, _ = unmarshal(answer.inputs)
    assert [completed[key] for key in ("kubeconfig", "context", "releaseNamespace")] == [
        str(kubeconfig),
        "blue",
        "apps",
    ]
    saved = create().properties
    host.Delete(provider_pb2.DeleteRequest(id="apps/web", urn=URN, properties=saved), None)
    assert cluster.may_be_let_go


def test_lines_name_inputs_as_other_languages_spell_them(
    host: plugin_host.PluginHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_log, "_spelled", str)
    host.Configure(provider_pb2.ConfigureRequest(id="1"), None)
    assert engine_log._spelled("set take_ownership") == "set takeOwnership"  # noqa: SLF001  # what a line goes through


def test_a_refusal_says_that_the_input_comes_from_the_provider(host: plugin_host.PluginHost) -> None:
    args = marshal({"kubeconfig": "/nowhere"})
    host.Configure(provider_pb2.ConfigureRequest(id="1", args=args), None)

    def refusal(**given: object) -> str:
        news = marshal({"source": INPUTS["source"], "releaseNamespace": "apps", **given})
        (failure,) = host.Check(provider_pb2.CheckRequest(urn=URN, news=news), None).failures
        return str(failure.reason)

    assert refusal().endswith("/nowhere (given by the provider, or by the stack's configuration)")
    assert refusal(kubeconfig="/elsewhere").endswith("/elsewhere")


def test_an_update_belongs_to_the_stack_that_created_the_release(
    host: plugin_host.PluginHost, cluster: Cluster
) -> None:
    """Another provider of the same stack, such as that of a new version of the plugin, has another id."""
    olds = create().properties
    host.Configure(provider_pb2.ConfigureRequest(id="another"), None)
    request = provider_pb2.UpdateRequest(id="apps/web", urn=URN, olds=olds, news=marshal(INPUTS))
    host.Update(request, None)
    assert [each.owner.stack_id for each in cluster.identities if each.owner] == [STACK_ID, STACK_ID]


def test_a_release_that_no_stack_is_known_of_gets_the_present_one(
    host: plugin_host.PluginHost, cluster: Cluster
) -> None:
    host.Configure(provider_pb2.ConfigureRequest(id=UNKNOWN), None)
    request = provider_pb2.CreateRequest(urn=URN, properties=marshal(INPUTS))
    olds = host.Create(request, None).properties
    update(olds, INPUTS)
    assert [each.owner.stack_id for each in cluster.identities if each.owner] == ["", STACK_ID]


@pytest.mark.parametrize(("given", "known"), [("9-9", "9-9"), (UNKNOWN, ""), ("", "")])
def test_the_id_of_the_provider_tells_the_stack(
    host: plugin_host.PluginHost, cluster: Cluster, given: str, known: str
) -> None:
    answer = host.Configure(provider_pb2.ConfigureRequest(id=given), None)
    assert (answer.acceptSecrets, answer.supportsPreview) == (True, True)
    host.Create(provider_pb2.CreateRequest(urn=URN, properties=marshal(INPUTS)), None)
    assert cluster.identities[0].owner
    assert cluster.identities[0].owner.stack_id == known


def test_each_secret_is_marked_by_itself_in_the_state(cluster: Cluster) -> None:
    properties = create().properties
    assert cluster.asked
    assert unmarshal(properties)[1] == {("__state", "values", "password")}


def test_so_it_is_in_the_state_of_what_failed(cluster: Cluster) -> None:
    cluster.status = BAD
    with pytest.raises(RequestError) as raised:
        create()
    assert raised.value.saved
    plain, secret = unmarshal(raised.value.saved.properties)
    assert plain["rollbackStatus"]["restoredRevision"] == 3
    assert secret == {("__state", "values", "password")}


def test_outputs_are_spelled_as_the_program_spells_them(cluster: Cluster) -> None:
    cluster.status = replace(GOOD, status="superseded")
    plain, _ = unmarshal(create().properties)
    shown = {key: value for key, value in plain.items() if key != "__state"}
    assert set(shown) == set(schema()["resources"]["helm-rollback:index:HelmRelease"]["properties"])
    assert (shown["releaseName"], shown["chartVersion"], shown["status"]) == ("web", "1.2.3", "superseded")


def test_what_outputs_say_names_inputs_so_too_and_is_read_back_from_the_state(cluster: Cluster) -> None:
    said = "change only retry_trigger, or set adopt=True"
    cluster.status = replace(
        GOOD,
        rollback_status=replace(GOOD.rollback_status, message=said),
        conditions=(Condition("Ready", "False", "RolledBack", said, ""),),
    )
    first = create().properties
    again = outputs.saved(outputs.restored(first))
    for properties in (first, again):
        plain, _ = unmarshal(properties)
        told = [plain["rollbackStatus"]["message"], *(each["message"] for each in plain["conditions"])]
        assert told == ["change only retryTrigger, or set adopt: true"] * 2
    assert again == first
    request = provider_pb2.ReadRequest(id="apps/web", urn=URN, properties=first)
    assert ask("Read", request).properties == first


def test_a_preview_of_a_creation_has_the_outputs_that_are_known(cluster: Cluster) -> None:
    previewed = json_format.MessageToDict(create(preview=True).properties)
    known = {"releaseName": "web", "releaseNamespace": "apps", "chartVersion": "1.2.3"}
    assert previewed == {key: known.get(key, UNKNOWN) for key in previewed}
    assert "rollbackStatus" in previewed
    assert cluster.asked == []


def test_so_has_that_of_an_update(cluster: Cluster) -> None:
    olds = create().properties
    cluster.asked.clear()
    previewed = json_format.MessageToDict(
        update(olds, {**INPUTS, "chart": "web 2.0.0"}, preview=True).properties
    )
    assert (previewed["chartVersion"], previewed["revision"]) == ("2.0.0", UNKNOWN)
    assert cluster.asked == []


def test_the_version_of_a_chart_may_not_be_known_in_a_preview() -> None:
    unchecked = marshal({key: value for key, value in INPUTS.items() if key != "chart"})
    answer = ask("Create", provider_pb2.CreateRequest(urn=URN, properties=unchecked, preview=True))
    assert json_format.MessageToDict(answer.properties)["chartVersion"] == UNKNOWN


@pytest.mark.usefixtures("cluster")
def test_a_difference_names_each_value() -> None:
    olds = create().properties
    news = marshal(
        {**INPUTS, "releaseName": "shop", "plan": "q", "values": {"open": 2, "password": "x"}}, SECRET
    )
    found = ask("Diff", provider_pb2.DiffRequest(id="apps/web", urn=URN, olds=olds, news=news))
    kinds = {path: each.kind for path, each in found.detailedDiff.items()}
    replaced, updated = provider_pb2.PropertyDiff.UPDATE_REPLACE, provider_pb2.PropertyDiff.UPDATE
    assert kinds == {
        "releaseName": replaced,
        "plan": updated,
        "values.open": updated,
        "values.password": updated,
    }
    assert list(found.diffs) == ["plan", "releaseName", "values"]
    assert (list(found.replaces), found.hasDetailedDiff) == (["releaseName"], True)


def test_a_difference_that_ignores_no_input_is_refused() -> None:
    request = provider_pb2.DiffRequest(urn=URN, news=marshal(INPUTS), ignoreChanges=["release_name"])
    with pytest.raises(RequestError, match="ignoreChanges names release_name, which is spelled releaseName"):
        ask("Diff", request)


def test_errors_name_inputs_as_the_program_spells_them(cluster: Cluster) -> None:
    cluster.error = OperationError("raise timeouts, or set disable_hooks=True", reason=Reason.UPGRADE_FAILED)
    with pytest.raises(RequestError, match="set disableHooks: true"):
        create()


@pytest.mark.usefixtures("cluster")
def test_where_nothing_is_to_be_done_nothing_differs() -> None:
    olds = create().properties
    news = marshal({**INPUTS, "plan": "q"}, SECRET)
    found = ask("Diff", provider_pb2.DiffRequest(id="apps/web", urn=URN, olds=olds, news=news))
    assert (found.changes, dict(found.detailedDiff)) == (provider_pb2.DiffResponse.DIFF_NONE, {})


def test_the_timeout_of_a_request_counts_for_it_alone(cluster: Cluster) -> None:
    olds = create(timeout=77).properties
    update(olds, INPUTS, timeout=88)
    deletion = provider_pb2.DeleteRequest(id="apps/web", urn=URN, properties=olds, timeout=99)
    ask("Delete", deletion)
    deploy, upgrade, delete = (config.timeouts for config in cluster.configs)
    assert (deploy.deploy, upgrade.upgrade, delete.delete) == (77, 88, 99)
    assert "timeouts" not in unmarshal(olds)[0]["__state"]


def test_an_import_says_what_to_do_instead() -> None:
    with pytest.raises(RequestError, match="declare it with the input adopt"):
        ask("Read", provider_pb2.ReadRequest(id="apps/web", urn=URN))


def test_a_cancel_ends_what_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt = Cancellation()
    monkeypatch.setattr(process_lifetime, "INTERRUPT", interrupt)
    ask("Cancel", empty_pb2.Empty())
    assert interrupt.requested


def test_inputs_of_the_wrong_form_fail_the_check_by_their_path() -> None:
    news = marshal({**INPUTS, "manageNamespace": True})
    (failure,) = ask("Check", provider_pb2.CheckRequest(urn=URN, news=news)).failures
    assert (failure.property, failure.reason.partition(":")[0]) == ("", "manageNamespace")


def test_an_error_of_the_host_itself_is_told_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "restored", lambda _: 1 / 0)
    with pytest.raises(RequestError, match=r"(?s)^unexpected error, please report it:.*ZeroDivisionError"):
        ask("Read", provider_pb2.ReadRequest(id="apps/web", urn=URN))
