"""What a program gets of a `HelmRelease`, and what its children are told."""

from __future__ import annotations

import math
import re
from copy import deepcopy
from datetime import date, timedelta
from enum import IntEnum, StrEnum
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
import pytest
from pulumi.output import Unknown
from semver import Version

from helm_rollback_component import HelmRelease
from helm_rollback_component.component import RELEASE_TYPE, TYPE
from helm_rollback_component.errors import ValidationError
from helm_rollback_component.inputs.chart_values import decode
from helm_rollback_component.pulumi_adapter.declaration import read
from helm_rollback_component.results import Resource
from helm_rollback_component.testing.mocks import Deployed, HelmReleaseMocks, RolledBack
from tests.unit.programs import (
    CONTENT,
    KUBERNETES_TYPE,
    LEAST,
    NAMESPACE_TYPE,
    Anything,
    Stack,
    declare,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def refusal(**more: Any) -> str:
    """Return why the release resource of such a program is refused."""
    with pytest.raises(ValidationError) as refused:
        read(declare(mocks=Anything(), **more).one(RELEASE_TYPE).inputs)
    return str(refused.value)


def told(inputs: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return what the release resource of such a program is told."""
    return declare(inputs, **more).one(RELEASE_TYPE).inputs


class TestChildren:
    """Users' state holds these for ever."""

    def test_types_names_and_parents(self) -> None:
        component, release = declare().registrations
        assert (component.kind, component.request.name) == ("helm-rollback:index:HelmRelease", "web")
        assert (release.kind, release.request.name) == (
            "pulumi-python:dynamic/helm-rollback:Release",
            "web-release",
        )
        assert release.request.parent.endswith("::pulumi:pulumi:Stack$helm-rollback:index:HelmRelease::web")

    def test_a_release_is_deleted_before_it_is_replaced(self) -> None:
        assert declare().one(RELEASE_TYPE).request.deleteBeforeReplace

    def test_one_resource_stands_for_a_release(self) -> None:
        assert [each.kind for each in declare().registrations] == [TYPE, RELEASE_TYPE]

    @pytest.mark.parametrize("preview", [True, False])
    def test_the_provider_learns_whether_it_is_a_preview(self, *, preview: bool) -> None:
        def program() -> dict[str, Any]:
            HelmRelease("web", LEAST)  # type: ignore[arg-type]
            return {}

        inputs = Stack(program, preview=preview).one(RELEASE_TYPE).inputs
        assert inputs.get("dry_run", False) is preview

    def test_what_is_not_stored_is_sent_only_where_it_says_something(self) -> None:
        assert {"dry_run", "refusals", "held"}.isdisjoint(told())

    def test_the_owner_is_who_declares_it(self) -> None:
        owner = told()["owner"]
        assert owner.pop("urn").endswith("$pulumi-python:dynamic/helm-rollback:Release::web-release")
        assert owner == {"organization": "org", "project": "p", "stack": "dev", "stack_id": ""}


class TestOutputs:
    def outputs(self, outcome: Deployed | RolledBack | None = None) -> dict[str, Any]:
        def program() -> dict[str, Any]:
            release = HelmRelease("web", LEAST)  # type: ignore[arg-type]
            return {name: getattr(release, name) for name in HelmRelease.__annotations__}

        return Stack(program, {"web": outcome} if outcome else None).outputs

    def test_of_a_release_that_is_deployed(self) -> None:
        resources = (Resource("apps/v1", "Deployment", "web", "apps"),)
        outputs = self.outputs(Deployed(revision=2, app_version="7", resources=resources))
        history = outputs.pop("history")
        conditions = outputs.pop("conditions")
        assert outputs == {
            "release_name": "web",
            "release_namespace": "apps",
            "revision": 2,
            "chart_version": "1.2.3",
            "app_version": "7",
            "status": "deployed",
            "phase": "Deployed",
            "rollback_status": outputs["rollback_status"],
            "resources": [
                {"api_version": "apps/v1", "kind": "Deployment", "name": "web", "namespace": "apps"}
            ],
        }
        assert outputs["rollback_status"]["state"] == "none"
        assert [(each["revision"], each["status"]) for each in history] == [
            (1, "superseded"),
            (2, "deployed"),
        ]
        assert {each["type"]: each["status"] for each in conditions}["Ready"] == "True"

    def test_of_a_release_that_was_rolled_back(self) -> None:
        outputs = self.outputs(RolledBack(failed_revision=5, restored_version="1.0.0"))
        assert (outputs["phase"], outputs["revision"], outputs["chart_version"]) == ("RolledBack", 6, "1.0.0")
        told = outputs["rollback_status"]
        assert (told["failed_revision"], told["target_revision"], told["restored_revision"]) == (5, 4, 6)
        assert (told["state"], told["reason"]) == ("rolled-back", "ImagePullBackOff")
        assert [each["status"] for each in outputs["history"]] == ["superseded", "failed", "deployed"]
        assert {each["type"]: each["status"] for each in outputs["conditions"]}["Ready"] == "False"

    def test_whole_numbers_are_whole_everywhere(self) -> None:
        outputs = self.outputs(RolledBack(failed_revision=2))
        assert type(outputs["revision"]) is int
        assert f"restored {outputs['rollback_status']['restored_revision']}" == "restored 3"
        assert [str(each["revision"]) for each in outputs["history"]] == ["1", "2", "3"]

    def test_each_release_has_its_own_outcome(self) -> None:
        def program() -> dict[str, Any]:
            releases = [HelmRelease(name, LEAST) for name in ("web", "api")]  # type: ignore[arg-type]
            return {release.pulumi_resource_name: release.phase for release in releases}

        assert Stack(program, {"api": RolledBack()}).outputs == {"web": "Deployed", "api": "RolledBack"}

    def test_in_a_preview_the_program_runs_to_its_end(self) -> None:
        def program() -> dict[str, Any]:
            HelmRelease("web", LEAST)  # type: ignore[arg-type]
            return {}

        stack = Stack(program, preview=True)
        assert len(stack.registrations) == 2
        assert stack.registered_outputs["web"] == {}


class TestRegisteredOutputs:
    """The state of the release has all outputs; that of the component repeats them for a reader elsewhere."""

    def test_a_program_registers_none(self) -> None:
        assert declare().registered_outputs["web"] == {}

    def test_a_component_whose_release_was_skipped_registers_nothing(self) -> None:
        class Skipping(HelmReleaseMocks):
            def new_resource(self, _: pulumi.runtime.MockResourceArgs) -> tuple[None, dict[str, Any]]:
                return None, {}

        assert "web" not in declare(mocks=Skipping()).registered_outputs

    def test_a_host_registers_all(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pulumi.runtime, "get_root_resource", lambda: None)
        registered = declare().registered_outputs["web"]
        assert registered.keys() == HelmRelease.__annotations__.keys()
        assert (registered["phase"], registered["history"][0]["revision"]) == ("Deployed", 1)


class TestInputs:
    @pytest.mark.parametrize("given", [None, [LEAST], "web", pulumi.ResourceOptions()])
    def test_inputs_that_are_no_dictionary_are_refused(self, given: Any) -> None:
        def program() -> dict[str, Any]:
            HelmRelease("web", given)
            return {}

        with pytest.raises(pulumi.RunError, match=r"^web: args: is .*; use a dictionary of inputs$"):
            Stack(program)

    def test_its_name_is_the_releases_unless_it_has_one(self) -> None:
        assert told()["release_name"] == "web"
        assert told(release_name="other")["release_name"] == "other"
        assert told(releaseName="other")["release_name"] == "other"

    def test_none_is_as_good_as_nothing(self) -> None:
        inputs = told(
            release_name=None, values=None, adopt=None, source={**LEAST["source"], "username": None}
        )
        assert inputs["release_name"] == "web"
        assert inputs["values"] == {}
        assert "adopt" not in inputs

    def test_camel_case_is_told_in_snake_case(self) -> None:
        inputs = told(
            {
                "releaseNamespace": "apps",
                "source": {"chart": "oci://x/web", "version": "1.2.3", "plainHttp": True},
                "operations": {"rollback": {"targetRevision": 2, "onRollback": "warn"}},
                "valueFiles": ["a.yaml"],
                "values": {"camelCase": {"onRollback": 1}},
            }
        )
        assert inputs["release_namespace"] == "apps"
        assert inputs["source"]["plain_http"]
        assert inputs["operations"] == {"rollback": {"target_revision": 2, "on_rollback": "warn"}}
        assert inputs["value_files"] == ["a.yaml"]
        assert inputs["values"] == {"camelCase": {"onRollback": 1}}

    def test_camel_case_within_outputs_is_too(self) -> None:
        inputs = told(
            source=pulumi.Output.from_input({**LEAST["source"], "plainHttp": True}),
            operations={"rollback": pulumi.Output.from_input({"targetRevision": 2})},
        )
        assert inputs["source"]["plain_http"]
        assert inputs["operations"] == {"rollback": {"target_revision": 2}}

    def test_a_key_in_both_spellings_is_refused(self) -> None:
        with pytest.raises(pulumi.RunError, match=r"^web: history.maxRevisions: given twice"):
            declare(history={"max_revisions": 1, "maxRevisions": 2})

    def test_with_a_refused_key_everything_else_that_is_wrong_is_told(self) -> None:
        args = {
            **LEAST,
            "source": {"chart": "/nowhere/web"},
            "history": {"max_revisions": 1, "maxRevisions": 2},
            "operations": {"rollback": {"strategy": pulumi.Output.from_input("later"), "retries": -1}},
            "timeouts": {"upgrade": -5},
            "value_files": ["/nowhere/values.yaml"],
            "manage_namespace": "yes",
            "colour": "blue",
        }
        with pytest.raises(pulumi.RunError) as refused:
            declare(args)
        said = str(refused.value)
        assert said.startswith("web: history.maxRevisions: given twice")
        for path in ("operations.rollback.retries", "timeouts.upgrade", "colour", "source.chart"):
            assert f"; {path}: " in said
        assert said.count("manage_namespace: ") == 1

    def test_within_outputs_it_is_left_for_the_check_to_refuse(self) -> None:
        history = pulumi.Output.from_input({"max_revisions": 1, "maxRevisions": 2})
        assert re.search(r"history\.\w+: given twice", refusal(history=history))

    def test_the_given_dictionaries_are_left_alone(self) -> None:
        given = {
            "releaseNamespace": "apps",
            "kubeconfig": CONTENT,
            "source": {"chart": "oci://x/web", "version": "1.2.3", "username": "me", "password": "hunter2"},
            "values": {"a": None, "deep": [{"b": 2**60}]},
            "operations": {"rollback": {"onRollback": "warn"}},
        }
        before = deepcopy(given)
        declare(given)
        assert given == before

    def test_wrong_inputs_are_refused(self) -> None:
        assert "unknown key; did you mean chart" in refusal(source={"chrat": "x"})
        assert "source: is a text; use a dictionary" in refusal(source="./web")

    @pytest.mark.parametrize("switch", ["manage_namespace", "delete_namespace"])
    @pytest.mark.parametrize("given", [pulumi.Output.from_input, str, int], ids=["output", "text", "number"])
    def test_what_decides_on_resources_must_be_plain(
        self, switch: str, given: Callable[[bool], object]
    ) -> None:
        def program() -> dict[str, Any]:
            args: Any = {**LEAST, switch: given(True)}  # noqa: FBT003  # what a user writes
            HelmRelease("web", args)
            return {}

        with pytest.raises(pulumi.RunError, match=f"^web: {switch}: must be a plain True or False"):
            Stack(program)


class TestValues:
    @pytest.mark.parametrize(
        "values",
        [
            {"none": None, "deep": [{"none": None}]},
            {"id": 2**60, "replicas": 3},
            {"text": "1.10", "on": True},
        ],
    )
    @pytest.mark.parametrize(
        "given", [lambda plain: plain, pulumi.Output.from_input], ids=["plain", "output"]
    )
    def test_they_arrive_whole(self, values: dict[str, Any], given: Callable[[Any], Any]) -> None:
        assert decode(told(values=given(values))["values"]) == values

    def test_outputs_within_them_arrive_whole(self) -> None:
        values = {
            "a": pulumi.Output.from_input(None),
            "b": [pulumi.Output.from_input({"c": pulumi.Output.from_input(2**60)})],
        }
        assert decode(told(values=values)["values"]) == {"a": None, "b": [{"c": 2**60}]}

    @pytest.mark.parametrize(
        "given", [lambda plain: plain, pulumi.Output.from_input], ids=["plain", "output"]
    )
    def test_outputs_as_keys_are_resolved(self, given: Callable[[Any], Any]) -> None:
        key = pulumi.Output.from_input("host")
        inner = {key: {"deep": {key: None}, "1": [{key: 2**60}]}, "more": pulumi.Output.from_input(1)}
        values = {"plain": {"x": given(inner)}} if given is pulumi.Output.from_input else given(inner)
        expected = {"host": {"deep": {"host": None}, "1": [{"host": 2**60}]}, "more": 1}
        found = decode(told(values=values)["values"])
        assert found.get("plain", {"x": found})["x"] == expected

    def test_a_key_that_is_not_known_yet_makes_its_mapping_unknown(self) -> None:
        def program() -> dict[str, Any]:
            later = pulumi.Output.from_input(Unknown())  # type: ignore[no-untyped-call]
            given: Any = {**LEAST, "values": {"known": 1, "hosts": {later: 2}}}
            HelmRelease("web", given)
            return {}

        values = Stack(program, mocks=Anything(), preview=True).one(RELEASE_TYPE).inputs["values"]
        assert (values["known"], type(values["hosts"])) == (1, Unknown)

    def test_secret_keys_make_their_mapping_secret(self) -> None:
        values = {"hosts": {pulumi.Output.secret("host"): {"port": 8080}}}
        assert told(values=values)["secret_paths"] == ["values.hosts"]

    def test_outputs_as_keys_of_labels_are_resolved(self) -> None:
        assert told(labels={pulumi.Output.from_input("team"): "shop"})["labels"] == {"team": "shop"}

    @pytest.mark.parametrize(
        "given", [lambda plain: plain, pulumi.Output.from_input], ids=["plain", "output"]
    )
    @pytest.mark.parametrize(
        ("value", "fault"),
        [
            (math.nan, "is nan, for which JSON has no form"),
            (10**400, "is larger than any number that Helm can hold"),
            ("\ud83d", "contains half of a surrogate pair"),
            (pulumi.StringAsset("hunter2"), "is of type StringAsset; use the text itself"),
            (pulumi.FileArchive("/nowhere"), "is of type FileArchive"),
            (date(2026, 1, 1), "is of type date; use the text itself"),
            (Path("web"), "is of type PosixPath; use the text itself"),
            ({1}, "is of type set; use the text itself"),
        ],
        ids=["nan", "large", "half a pair", "asset", "archive", "date", "path", "set"],
    )
    def test_what_helm_cannot_hold_is_refused_by_name(
        self, value: object, fault: str, given: Callable[[Any], Any]
    ) -> None:
        assert f"values.a[1]: {fault}" in refusal(values={"a": [1, given(value)]})

    @pytest.mark.parametrize(
        "given", [lambda plain: plain, pulumi.Output.from_input], ids=["plain", "output"]
    )
    @pytest.mark.parametrize(
        ("section", "key", "value"),
        [
            ("health", "grace", math.nan),
            ("health", "grace", math.inf),
            ("timeouts", "deploy", 10**400),
            ("labels", "team", "\ud83d"),
            ("source", "chart", Path("web")),
            ("timeouts", "upgrade", timedelta(minutes=5)),
        ],
    )
    def test_what_pulumi_cannot_hold_is_refused_by_name_in_any_other_input(
        self, section: str, key: str, value: object, given: Callable[[Any], Any]
    ) -> None:
        assert f"{section}.{key}: " in refusal(**{section: given({key: value})})
        assert f"{section}.{key}: " in refusal(**{section: {key: given(value)}})

    def test_enumerations_of_texts_and_numbers_are_what_they_are(self) -> None:
        class Tier(StrEnum):
            GOLD = "gold"

        class Size(IntEnum):
            SMALL = 1

        values = {"tier": Tier.GOLD, "size": Size.SMALL}
        assert told(values=values)["values"] == {"tier": "gold", "size": 1}

    def test_a_key_that_cannot_be_told_is_refused_at_once(self) -> None:
        with pytest.raises(pulumi.RunError, match=r"^web: values: has a key with half of a surrogate pair"):
            declare(values={"a": {"\udc00": 1}})

    def test_keys_become_texts(self) -> None:
        assert told(values={"tcp": {8080: "web"}})["values"] == {"tcp": {"8080": "web"}}


class TestValueFiles:
    FILES = ("a.yaml", pulumi.FileAsset("b.yaml"), pulumi.StringAsset("c: 1"))
    TOLD: ClassVar = ["a.yaml", "b.yaml", {"text": "c: 1"}]

    def test_assets_are_told_by_path_or_text(self) -> None:
        assert told(value_files=self.FILES)["value_files"] == self.TOLD

    def test_so_are_those_in_outputs(self) -> None:
        outputs = [pulumi.Output.from_input(file) for file in self.FILES]
        assert told(value_files=outputs)["value_files"] == self.TOLD
        assert told(value_files=pulumi.Output.from_input(list(self.FILES)))["value_files"] == self.TOLD

    def test_a_secret_text_is_named_as_one(self) -> None:
        found = told(value_files=["a.yaml", pulumi.Output.secret(self.FILES[2])])
        assert found["secret_paths"] == ["value_files[1]"]

    @pytest.mark.parametrize(
        ("file", "fault"),
        [
            (pulumi.RemoteAsset("https://x"), "is of type RemoteAsset; use the path of a file"),
            (pulumi.FileArchive("."), "is of type FileArchive; use the path of a file"),
            (" ", "is an empty text; use the path of a file"),
            (7, "is of type int; use the path of a file"),
            ({"path": "hunter2"}, "is of type dict; use the path of a file"),
        ],
        ids=["remote", "archive", "empty", "number", "mapping"],
    )
    def test_anything_else_is_refused_by_name(self, file: object, fault: str) -> None:
        said = refusal(value_files=["a.yaml", file])
        assert f"value_files[1]: {fault}" in said
        assert "hunter2" not in said

    def test_a_path_without_a_list_is_refused_by_name(self) -> None:
        assert "value_files: is a text; use a list" in refusal(value_files="values.yaml")


class TestSecrets:
    def secret_paths(self, **inputs: Any) -> list[str]:
        return list(told(**inputs)["secret_paths"])

    def test_without_secrets_there_are_no_paths(self) -> None:
        assert self.secret_paths(values={"a": pulumi.Output.from_input("open")}) == []

    def test_each_is_named_where_it_stands(self) -> None:
        secret = pulumi.Output.secret("hunter2")
        paths = self.secret_paths(
            values={"db": {"password": secret}, "hosts": [{"key": secret}, "open"], "tls.key": secret},
            labels={"team": secret},
        )
        assert paths == ["labels.team", "values.db.password", "values.hosts[0].key", 'values["tls.key"]']

    def test_an_output_that_holds_one_is_one(self) -> None:
        values = pulumi.Output.from_input({"db": {"password": pulumi.Output.secret("hunter2")}})
        assert self.secret_paths(values=values) == ["values"]

    def test_secret_values_stay_secret(self) -> None:
        release = declare(values={"a": pulumi.Output.secret("hunter2")}).one(RELEASE_TYPE)
        assert release.secrets == {"values"}
        assert release.inputs["values"] == {"a": "hunter2"}

    @pytest.mark.parametrize("content", [CONTENT, "clusters:\n- x\n"])
    @pytest.mark.parametrize("given", [str, pulumi.Output.from_input], ids=["plain", "output"])
    def test_a_kubeconfigs_content_is_secret(self, content: str, given: Callable[[str], object]) -> None:
        release = declare(kubeconfig=given(content)).one(RELEASE_TYPE)
        assert release.secrets == {"kubeconfig"}
        assert release.inputs["secret_paths"] == ["kubeconfig"]

    @pytest.mark.parametrize("path", ["~/.kube/config", "kubeconfig.yaml\n"])
    def test_its_path_is_not(self, path: str) -> None:
        assert declare(kubeconfig=path).one(RELEASE_TYPE).secrets == set()

    def test_a_sources_password_is_secret(self) -> None:
        login = {"username": "me", "password": "hunter2"}
        release = declare(source={**LEAST["source"], **login}).one(RELEASE_TYPE)
        assert release.secrets == {"source"}
        assert release.inputs["source"]["password"] == "hunter2"
        assert release.inputs["secret_paths"] == ["source.password"]

    @pytest.mark.parametrize(
        "login", [{"password": "hunter2"}, {"repository": "https://u:hunter2@charts.example"}]
    )
    @pytest.mark.parametrize("given", [dict, pulumi.Output.from_input], ids=["plain", "output"])
    def test_so_is_a_login_wherever_it_stands(
        self, login: dict[str, str], given: Callable[[object], object]
    ) -> None:
        release = declare(mocks=Anything(), source=given({**LEAST["source"], **login})).one(RELEASE_TYPE)
        assert release.secrets == {"source"}
        assert login.items() <= release.inputs["source"].items()

    def test_where_there_is_no_source_there_is_none(self) -> None:
        given = {"release_namespace": "apps"}
        assert declare(given, mocks=Anything()).one(RELEASE_TYPE).secrets == set()

    def test_a_repository_that_comes_later_may_have_one(self) -> None:
        for repository, secrets in (("https://u:p@c", {"source"}), ("https://c", set())):
            source = {**LEAST["source"], "repository": pulumi.Output.from_input(repository)}
            assert declare(mocks=Anything(), source=source).one(RELEASE_TYPE).secrets == secrets

    @pytest.mark.parametrize("source", [LEAST["source"], pulumi.Output.from_input(LEAST["source"])])
    def test_a_source_without_a_login_is_none(self, source: object) -> None:
        assert declare(source=source).one(RELEASE_TYPE).secrets == set()


class TestManagedNamespace:
    def test_it_is_made_first_and_kept(self) -> None:
        stack = declare(manage_namespace=True)
        namespace = stack.one(NAMESPACE_TYPE)
        assert namespace.request.name == "web-namespace"
        assert namespace.inputs["metadata"] == {"name": "apps"}
        assert namespace.request.retainOnDelete
        (urn,) = stack.one(RELEASE_TYPE).request.dependencies
        assert urn.endswith(f"{NAMESPACE_TYPE}::web-namespace")

    def test_it_is_deleted_where_that_is_asked_for(self) -> None:
        namespace = declare(manage_namespace=True, delete_namespace=True).one(NAMESPACE_TYPE)
        assert not namespace.request.HasField("retainOnDelete"), "a component that is retained decides"

    def test_it_is_made_on_the_releases_cluster(self) -> None:
        stack = declare(manage_namespace=True, kubeconfig=CONTENT, context="dev")
        provider = stack.one(KUBERNETES_TYPE)
        assert (provider.inputs["kubeconfig"], provider.inputs["context"]) == (CONTENT, "dev")
        assert provider.secrets == {"kubeconfig"}
        assert stack.one(NAMESPACE_TYPE).request.provider.endswith("::web-kubernetes-id")

    def test_else_on_the_usual_one(self) -> None:
        assert declare(manage_namespace=True).all(KUBERNETES_TYPE) == []

    @pytest.mark.parametrize("inputs", [{}, {"manage_namespace": False}])
    def test_it_is_made_only_where_that_is_asked_for(self, inputs: dict[str, bool]) -> None:
        assert declare({**LEAST, **inputs}).all(NAMESPACE_TYPE) == []

    def test_without_a_name_none_is_made(self) -> None:
        stack = declare({"source": LEAST["source"], "manage_namespace": True}, mocks=Anything())
        assert stack.all(NAMESPACE_TYPE) == []


class TestOptions:
    def test_those_that_name_inputs_are_passed_on(self) -> None:
        release = declare(opts=pulumi.ResourceOptions(ignore_changes=["values"])).one(RELEASE_TYPE)
        assert list(release.request.ignoreChanges) == ["values"]

    def test_those_that_concern_other_resources_reach_the_release_and_its_namespace(self) -> None:
        def program() -> dict[str, Any]:
            first = pulumi.CustomResource("shop:index:First", "first")
            opts = pulumi.ResourceOptions(depends_on=[first], deleted_with=first)
            given: Any = {**LEAST, "manage_namespace": True}
            HelmRelease("web", given, opts)
            return {}

        stack = Stack(program)
        for child in (stack.one(RELEASE_TYPE), stack.one(NAMESPACE_TYPE)):
            assert any(urn.endswith("::first") for urn in child.request.dependencies)
            assert child.request.deletedWith.endswith("::first")

    @pytest.mark.skipif(
        Version.parse(metadata.version("pulumi")) < "3.260.0", reason="mocks of that Pulumi take no hooks"
    )
    def test_hooks_run_for_the_release_alone(self) -> None:
        def program() -> dict[str, Any]:
            hook = pulumi.ResourceHook("tell", lambda _: None)
            opts = pulumi.ResourceOptions(hooks=pulumi.ResourceHookBinding(after_create=[hook]))
            given: Any = LEAST
            HelmRelease("web", given, opts)
            return {}

        stack = Stack(program)
        assert list(stack.one(RELEASE_TYPE).request.hooks.after_create) == ["tell"]
        assert list(stack.one(TYPE).request.hooks.after_create) == []

    def test_timeouts_are_those_of_the_options_where_the_inputs_have_none(self) -> None:
        timeouts = pulumi.CustomTimeouts(create="10m", delete="1m")
        stack = declare(opts=pulumi.ResourceOptions(custom_timeouts=timeouts), timeouts={"delete": 5})
        assert stack.one(RELEASE_TYPE).inputs["timeouts"] == {"deploy": 600, "delete": 5}

    def test_a_wrong_timeout_is_refused_before_the_engine_sees_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        registered: list[object] = []
        monkeypatch.setattr(pulumi.ComponentResource, "__init__", lambda *given: registered.append(given))
        given: Any = LEAST
        opts = pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="5 minutes"))
        with pytest.raises(pulumi.RunError, match=r"^web: custom_timeouts\.create is '5 minutes'; use "):
            HelmRelease("web", given, opts)
        assert registered == []
