"""What a first deployment adds, as a person reads it."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.core.manifests import installation
from helm_rollback_component.core.manifests.differences import keyed
from helm_rollback_component.core.manifests.installation import Present, present
from helm_rollback_component.inputs.masking import MASK
from helm_rollback_component.inputs.redaction import Redactor

HOOK: dict[str, Any] = {"annotations": {"helm.sh/hook": "pre-install"}}
POD = {"containers": [{"image": "nginx:1.29"}, {"image": "envoy:2"}, {"image": "nginx:1.29"}, {}]}
BY_ARGO: dict[str, Any] = {"labels": {"app.kubernetes.io/managed-by": "argo"}}
HELMS: dict[str, Any] = {"labels": {"app.kubernetes.io/managed-by": "Helm"}}


def made(kind: str, name: str = "a", *, spec: object = None, **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, **metadata}, "spec": spec or {}}


def of_release(name: str, namespace: str) -> dict[str, Any]:
    named = {"meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": namespace}
    return {**HELMS, "annotations": named}


def lines(*new: dict[str, Any], found: tuple[Present, ...] = (), secret: str = "") -> list[str]:
    redact = Redactor([secret] if secret else [])
    return [*installation.lines(keyed(new, "shop"), found, "shop", redact)]


def test_each_object_is_one_line_with_its_images_and_hooks_are_last() -> None:
    new = (
        made("Job", "d", **HOOK),
        made("Role", "c", namespace="other"),
        made("Pod", spec=POD),
        made("Deployment", spec={"template": {"spec": POD}}),
        made("CronJob", spec={"jobTemplate": {"spec": {"template": {"spec": POD}}}}),
    )
    assert lines(*new) == [
        "+ Role c in other",
        "+ Pod a: nginx:1.29, envoy:2",
        "+ Deployment a: nginx:1.29, envoy:2",
        "+ CronJob a: nginx:1.29, envoy:2",
        "+ hook Job d",
    ]


def test_the_digest_of_an_image_is_shortened() -> None:
    pod = {"containers": [{"image": f"registry.example/team/controller:v1.14.3@sha256:{'0a' * 32}"}]}
    told = "+ Pod a: registry.example/team/controller:v1.14.3@sha256:0a0a0a0a0a0a…"
    assert lines(made("Pod", spec=pod)) == [told]


def test_of_many_objects_those_with_images_are_named() -> None:
    told = lines(*(made("Role", f"r{each:02}") for each in range(40)), made("Pod", spec=POD))
    assert told[-3:] == ["+ Role r22", "+ Pod a: nginx:1.29, envoy:2", "… and 17 more: 17 Role"]


def test_a_secret_in_an_image_is_not_told() -> None:
    pod = {"containers": [{"image": "registry/correct-horse:1"}]}
    assert lines(made("Pod", spec=pod), secret="correct-horse") == [f"+ Pod a: registry/{MASK}:1"]


def test_hooks_of_other_times_are_not_made() -> None:
    hooks = ("pre-delete, post-install", "test", "pre-upgrade")
    rendered = [made("Job", when, annotations={"helm.sh/hook": when}) for when in hooks]
    found = installation.made(keyed([*rendered, made("Role")], "shop"))
    assert [key.name for key in found] == ["pre-delete, post-install", "a"]


@pytest.mark.parametrize(("number", "last"), [(25, "+ Role r24"), (27, "… and 3 more: 2 Role, 1 Job")])
def test_many_objects_are_counted_by_their_kinds(number: int, last: str) -> None:
    new = [made("Role", f"r{each:02}") for each in range(min(number, 26))]
    told = lines(*new, *([made("Job")] if number > len(new) else []))
    assert (len(told), told[-1]) == (25, last)


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ([], "adds no object"),
        ([made("Role")], "adds 1 object"),
        ([made("Role"), made("Pod"), made("Job", **HOOK)], "adds 2 objects, 1 hook"),
    ],
)
def test_they_are_counted(new: list[dict[str, Any]], told: str) -> None:
    assert installation.summary(keyed(new, "shop")) == told


@pytest.mark.parametrize(
    ("there", "told"), [(1, "adds 1 object; takes over 1 object"), (2, "takes over 2 objects")]
)
def test_what_is_there_already_is_not_added(there: int, told: str) -> None:
    new = keyed([made("ConfigMap", "a"), made("ConfigMap", "b")], "shop")
    found = [Present(key, "", taken_over=True) for key in [*new][:there]]
    assert installation.summary(new, found) == told


ROLE = made("Role")
(KEY,) = keyed([ROLE], "shop")


@pytest.mark.parametrize(
    ("metadata", "take", "line"),
    [
        (of_release("web", "shop"), False, "~ Role a is there already: it is taken over"),
        (
            of_release("web", "other"),
            False,
            "! Role a is there already and belongs to the Helm release other/web",
        ),
        (
            of_release("web", "other"),
            True,
            "~ Role a is there already and belongs to the Helm release other/web: it is taken over",
        ),
        (BY_ARGO, False, "! Role a is there already and is managed by argo"),
        (HELMS, False, "! Role a is there already and is not managed by Helm"),
        ({}, False, "! Role a is there already and is not managed by Helm"),
    ],
)
def test_what_is_there_already_is_told_with_whose_it_is(
    metadata: dict[str, Any],
    take: bool,  # noqa: FBT001  # a row of the table
    line: str,
) -> None:
    found = present(KEY, made("Role", **metadata), ("web", "shop"), take_ownership=take)
    assert lines(ROLE, made("Pod"), found=(found,)) == [line, "+ Pod a"]


@pytest.mark.parametrize(
    ("taken", "told"),
    [
        ((True,), ""),
        ((False, True), "1 object of the chart is there already, and not this release's; delete it, or set "),
        (
            (False, False),
            "2 objects of the chart are there already, and not this release's; delete them, or set ",
        ),
    ],
)
def test_helm_refuses_to_install_over_objects_of_others(taken: tuple[bool, ...], told: str) -> None:
    refused = installation.refusal([Present(KEY, "", each) for each in taken])
    assert refused.removesuffix("take_ownership") == told
