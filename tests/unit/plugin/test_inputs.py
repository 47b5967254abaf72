"""From the inputs that the engine sends to those of the provider, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pulumi.output import Unknown

from helm_rollback_component.plugin import inputs, marshalling
from helm_rollback_component.plugin.marshalling import marshal, unmarshal
from helm_rollback_component.plugin.provider_inputs import Provider
from tests.unit.plugin.test_marshalling import ARCHIVE, ASSET, KIND, struct

if TYPE_CHECKING:
    from google.protobuf import struct_pb2  # type: ignore[import-untyped]

URN = "urn:pulumi:dev::shop::my:Own$helm-rollback:index:HelmRelease::a::b"
LEAST: dict[str, Any] = {"releaseNamespace": "apps", "source": {"chart": "./web"}}


def given(sent: struct_pb2.Struct) -> dict[str, Any]:
    found, problems = inputs.given(sent, URN, Provider("1-2-3"))
    assert not problems
    return found


def refused(**sent: object) -> dict[str, str]:
    _, problems = inputs.given(marshal({**LEAST, **sent}), URN, Provider())
    return {problem.path: problem.message for problem in problems}


def test_the_resource_names_release_and_owner() -> None:
    found = given(marshal(LEAST))
    assert found["release_name"] == "a::b"
    owner = {"organization": "", "project": "shop", "stack": "dev", "urn": URN, "stack_id": "1-2-3"}
    assert found["owner"] == owner


def test_keys_of_sections_are_respelled_and_those_of_values_are_not() -> None:
    sent = {**LEAST, "operations": {"rollback": {"onRollback": "warn"}}, "values": {"onRollback": {"aB": 1}}}
    found = given(marshal(sent))
    assert found["operations"] == {"rollback": {"on_rollback": "warn"}}
    assert found["values"] == {"onRollback": {"aB": 1}}


def test_a_null_in_values_is_kept_and_any_other_is_no_input() -> None:
    sent = marshal({**LEAST, "values": {"a": None}, "kubeconfig": None})
    found = given(sent)
    assert found["values"] == {"a": {"helm-rollback:literal": "null"}}
    assert "kubeconfig" not in found
    back, _ = unmarshal(inputs.returned(found))
    assert back["values"] == {"a": None}


def test_what_a_check_returns_is_what_it_is_given_next() -> None:
    sent = marshal({**LEAST, "values": {"p": "x"}, "healthy": 1, "plan": "p", "checkedBy": "1"}, {"values.p"})
    found = given(sent)
    assert given(inputs.returned(found)) == {key: value for key, value in found.items() if key != "healthy"}


@pytest.mark.parametrize(
    ("sent", "secret", "paths"),
    [
        ({"values": {"a": "x"}}, {"values.a"}, ["values.a"]),
        ({"operations": {"rollback": {"retryTrigger": "x"}}}, {"operations.rollback.retryTrigger"}, None),
        ({"kubeconfig": "apiVersion: v1\nkind: Config"}, set(), ["kubeconfig"]),
        ({"kubeconfig": Unknown()}, set(), ["kubeconfig"]),  # type: ignore[no-untyped-call]
        ({"kubeconfig": "/etc/kubeconfig"}, set(), []),
        ({"source": {"chart": "web", "password": "x"}}, set(), ["source.password"]),
        (
            {"source": {"chart": "web", "repository": "https://me:x@example.com"}},
            set(),
            ["source.repository"],
        ),
        ({"source": Unknown()}, set(), []),  # type: ignore[no-untyped-call]
    ],
)
def test_what_is_secret_is_told_by_its_path(
    sent: dict[str, Any], secret: set[str], paths: list[str] | None
) -> None:
    found = given(marshal({**LEAST, **sent}, secret))
    assert found["secret_paths"] == (["operations.rollback.retry_trigger"] if paths is None else paths)


def test_a_secret_goes_back_as_one() -> None:
    found = given(
        marshal(
            {**LEAST, "labels": {"a_b": "x"}, "values": {"list": ["x"]}}, {"labels.a_b", "values.list[0]"}
        )
    )
    assert unmarshal(inputs.returned(found))[1] == {("labels", "a_b"), ("values", "list", 0)}


def test_assets_are_files_for_values_and_nothing_else() -> None:
    files = [{KIND: ASSET, "path": "a.yaml"}, {KIND: ASSET, "text": "a: 1"}, {KIND: ARCHIVE, "path": "x"}]
    found = given(struct(**LEAST, valueFiles=files, values={"a": {KIND: ASSET, "text": "a: 1"}}))
    assert found["value_files"] == ["a.yaml", {"text": "a: 1"}, {"asset": "AssetArchive"}]
    assert found["values"] == {"a": {"helm-rollback:literal": "type StringAsset"}}


@pytest.mark.parametrize("name", ["manageNamespace", "delete_namespace"])
def test_what_only_a_component_can_do_is_refused(name: str) -> None:
    (message,) = refused(**{name: False}).values()
    assert "declare a Namespace of the Kubernetes provider" in message


def test_an_input_that_is_given_twice_is_refused() -> None:
    assert refused(skipCrds=True, skip_crds=True) == {
        "skip_crds": "given twice, also as skipCrds; remove one of them"
    }


def test_a_key_that_is_no_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marshalling, "unmarshal", lambda _: ({**LEAST, "values": {"\ud800": 1}}, frozenset()))
    assert set(refused()) == {"values"}


@pytest.mark.parametrize(
    ("timeouts", "seconds", "used"),
    [
        ({}, 0, {}),
        ({}, 90, {"deploy": 90}),
        ({"deploy": 5}, 90, {"deploy": 5}),
        ({"upgrade": 5}, 0.2, {"upgrade": 5, "deploy": 1}),
    ],
)
def test_the_timeout_of_a_request_counts_unless_one_is_declared(
    timeouts: dict[str, int], seconds: float, used: dict[str, int]
) -> None:
    declared = {"timeouts": timeouts} if timeouts else {}
    for_request = inputs.with_timeout(dict(declared), "deploy", seconds)
    assert for_request.get("timeouts", {}) == used
    assert inputs.as_declared(for_request) == declared


def test_paths_are_told_as_the_program_spells_them() -> None:
    assert inputs.camel_path("value_files[0]") == "valueFiles[0]"
    assert inputs.camel_path('values["a.b"].c_d') == 'values["a.b"].c_d'
    assert inputs.camel_path("operations.rollback.on_rollback") == "operations.rollback.onRollback"


@pytest.mark.parametrize(
    "path",
    ["*", "values", "values.any_key[0]", 'values["a.b"]', "health.imagePullGrace", "valueFiles[*]", "plan"],
)
def test_a_path_of_an_input_may_be_ignored(path: str) -> None:
    inputs.refuse_unknown([path])


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("valuez", "and a release has no such input"),
        ("health.imagePullGracE", "and a release has no such input"),
        ("release_name", "which is spelled releaseName here"),
        ("health.image_pull_grace", "which is spelled health.imagePullGrace here"),
    ],
)
def test_a_path_that_leads_to_no_input_is_refused(path: str, why: str) -> None:
    with pytest.raises(RuntimeError, match=f"ignoreChanges names {path}, {why}"):
        inputs.refuse_unknown(["values", path])
