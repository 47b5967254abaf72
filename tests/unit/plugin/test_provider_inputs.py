"""What a provider is given, and what its releases get of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf import json_format  # type: ignore[import-untyped]
from pulumi.output import Unknown
from pulumi.runtime.rpc import UNKNOWN

from helm_rollback_component.errors import ValidationError
from helm_rollback_component.plugin import inputs, provider_inputs
from helm_rollback_component.plugin.marshalling import marshal, unmarshal
from helm_rollback_component.plugin.provider_inputs import Provider
from tests.unit.plugin.test_inputs import LEAST, URN

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

LATER = Unknown()  # type: ignore[no-untyped-call]  # what a preview does not know yet
CONTENT = "apiVersion: v1\nkind: Config"
EVERYTHING = {"kubeconfig": CONTENT, "context": "blue", "namespace": "apps", "deleteUnreachable": True}
COMPLETES = {"kubeconfig": CONTENT, "context": "blue", "release_namespace": "apps"}


def configured(given: Mapping[str, object], secret: Collection[str] = ()) -> Provider:
    return provider_inputs.configured(marshal(given, secret), "1-2-3")


def completed(provider: Provider, **given: object) -> dict[str, Any]:
    """Return what a check sees of a release with these inputs of the program."""
    sent = marshal({"source": {"chart": "./web"}, **given})
    return inputs.given(sent, URN, provider, of_program=True)[0]


def refused(name: str, **given: object) -> dict[str, str]:
    problems = provider_inputs.checked(marshal(given), name)[1]
    return {problem.path: problem.message for problem in problems}


def test_a_release_gets_what_it_lacks() -> None:
    found = completed(configured(EVERYTHING))
    assert {key: found[key] for key in COMPLETES} == COMPLETES
    assert found["delete_unreachable"] is True


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"releaseNamespace": "own"}, {**COMPLETES, "release_namespace": "own"}),
        ({"context": "red"}, {**COMPLETES, "context": "red"}),
        ({"kubeconfig": "/own"}, {"kubeconfig": "/own", "context": None, "release_namespace": None}),
        ({"kubeconfig": None}, COMPLETES),
    ],
)
def test_its_own_inputs_go_before_and_a_kubeconfig_stands_alone(
    given: dict[str, Any], expected: dict[str, Any]
) -> None:
    found = completed(configured(EVERYTHING), **given)
    assert {key: found.get(key) for key in COMPLETES} == expected


def test_checked_inputs_are_not_completed_again() -> None:
    found, _ = inputs.given(marshal(LEAST), URN, configured(EVERYTHING))
    assert "kubeconfig" not in found


@pytest.mark.parametrize("given", [{}, {"context": "", "deleteUnreachable": "false", "version": "1"}])
def test_a_provider_without_inputs_completes_nothing(given: dict[str, Any]) -> None:
    assert configured(given) == Provider("1-2-3")
    assert "delete_unreachable" not in completed(configured(given))


@pytest.mark.parametrize(
    ("secret", "own", "paths"),
    [
        (set(), {}, ["kubeconfig"]),
        ({"context"}, {}, ["context", "kubeconfig"]),
        ({"context"}, {"context": "red"}, ["kubeconfig"]),
        ({"deleteUnreachable"}, {}, ["kubeconfig"]),
    ],
)
def test_what_is_secret_in_the_provider_is_secret_in_the_release(
    secret: set[str], own: dict[str, Any], paths: list[str]
) -> None:
    assert completed(configured(EVERYTHING, secret), **own)["secret_paths"] == paths


@pytest.mark.parametrize("name", ["default_0_1_0", "there"])
def test_the_content_of_a_kubeconfig_is_secret_in_the_state(name: str) -> None:
    checked, problems = provider_inputs.checked(marshal({**EVERYTHING, "version": "1"}), name)
    assert not problems
    assert unmarshal(checked) == ({**EVERYTHING, "version": "1"}, frozenset({("kubeconfig",)}))
    path, _ = provider_inputs.checked(marshal({"kubeconfig": "/path"}), name)
    assert unmarshal(path) == ({"kubeconfig": "/path"}, frozenset())


def test_the_default_provider_leaves_out_what_may_be_a_projects_own() -> None:
    checked, problems = provider_inputs.checked(marshal({"releases": "x", "context": "blue"}), "default_1")
    assert (unmarshal(checked)[0], problems) == ({"context": "blue"}, [])


def test_an_explicit_provider_is_refused_what_there_is_not() -> None:
    assert set(refused("there", kubeConfig="x", version="1", __internal={}, context=None)) == {"kubeConfig"}


@pytest.mark.parametrize("name", ["default", "there"])
def test_what_cannot_be_is_refused_and_what_is_not_known_yet_is_not(name: str) -> None:
    given = {"kubeconfig": LATER, "context": 5, "namespace": "A_b", "deleteUnreachable": "maybe"}
    assert set(refused(name, **given)) == {"context", "namespace", "deleteUnreachable"}
    checked, _ = provider_inputs.checked(marshal({"kubeconfig": LATER}), name)
    assert json_format.MessageToDict(checked)["kubeconfig"]["value"] == UNKNOWN


def test_an_input_that_is_given_twice_is_refused() -> None:
    both = {"deleteUnreachable": True, "delete_unreachable": True}
    assert set(refused("there", **both)) == {"deleteUnreachable"}
    with pytest.raises(ValidationError, match="given twice"):
        configured(both)


def test_what_differs_is_told_by_name() -> None:
    olds = marshal({"context": "blue", "namespace": "apps", "version": "1"})
    assert provider_inputs.differing(olds, olds) == []
    news = marshal({"context": LATER, "kubeconfig": "/path", "version": "1"})
    assert provider_inputs.differing(olds, news) == ["context", "kubeconfig", "namespace"]
