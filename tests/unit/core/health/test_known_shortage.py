"""What is not held against a revision, because the same content lacked as much before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.health.baseline import Baseline, mark
from helm_rollback_component.core.health.known_shortage import (
    Standard,
    allowed,
    excuse,
    named,
    noted,
    noted_before,
    sentence,
)
from helm_rollback_component.core.health.readiness import Readiness, readiness
from tests.unit.core.health.health_objects import NAMESPACE, seen, thing

if TYPE_CHECKING:
    from helm_rollback_component.core.health.evidence import Noted
    from helm_rollback_component.core.health.snapshot import Snapshot


def widget(size: int = 1, *, ready: str = "", **metadata: Any) -> dict[str, Any]:
    conditions = [{"type": "Ready", "status": ready, "message": "no room"}] if ready else []
    return {
        "apiVersion": "example.com/v1",
        "kind": "Widget",
        "metadata": {"name": "own", **metadata},
        "spec": {"size": size},
        "status": {"conditions": conditions},
    }


def declared(size: int = 1, **metadata: Any) -> dict[str, Any]:
    return {part: value for part, value in widget(size, **metadata).items() if part != "status"}


def deployment(available: int, *, total: int = 3, image: str = "two") -> dict[str, Any]:
    counts = {"replicas": total, "updatedReplicas": 3, "observedGeneration": 2}
    more = {"availableReplicas": available, "readyReplicas": available}
    spec = {"replicas": 3, "template": {"image": image}}
    return thing("Deployment", spec=spec, status={**counts, **more})


WIDGET = objects.key(widget(), NAMESPACE)
WEB = objects.key(deployment(3), NAMESPACE)
LACKED: Noted = (("Widget.example.com/apps/own", 1),)


def test_an_object_is_named_so_that_no_other_is_meant() -> None:
    assert named(WIDGET) == "Widget.example.com/apps/own"
    assert named(objects.key(thing("Pod", "one"), NAMESPACE)) == "Pod/apps/one"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (declared(), {WIDGET: 1}),
        (declared(labels={"helm.sh/chart": "web-1.0.0"}, annotations={"note": "x"}), {WIDGET: 1}),
        (declared(2), {}),
        (thing("ConfigMap"), {}),
    ],
)
def test_only_the_same_content_may_lack_what_it_lacked(
    before: dict[str, Any], expected: dict[Any, int]
) -> None:
    assert allowed([declared()], NAMESPACE, [Standard([before], LACKED)]) == expected


def test_of_several_revisions_the_one_that_lacked_most_counts() -> None:
    more: Noted = (("Widget.example.com/apps/own", 3),)
    standards = [Standard([declared()], more), Standard([declared()], LACKED), Standard([declared()], ())]
    assert allowed([declared()], NAMESPACE, standards) == {WIDGET: 3}


def test_what_a_revision_does_not_declare_is_not_allowed_anything() -> None:
    assert allowed([thing("ConfigMap")], NAMESPACE, [Standard([declared()], LACKED)]) == {}


def held(*live: dict[str, Any], most: dict[Any, int]) -> tuple[Readiness, Snapshot]:
    found = seen(*live)
    with_most = replace(found, baseline=replace(found.baseline, allowed=most))
    return excuse(readiness(with_most), with_most), with_most


@pytest.mark.parametrize(
    ("live", "most", "excused"),
    [
        pytest.param(widget(ready="False"), {WIDGET: 1}, True, id="as before"),
        pytest.param(widget(ready="False"), {}, False, id="not before"),
        pytest.param(widget(ready="False"), {WEB: 1}, False, id="another's"),
        pytest.param(widget(ready="False", generation=1) | {"status": {"observedGeneration": 0}}, {WIDGET: 1},
                     False, id="not processed yet"),
        pytest.param(deployment(2), {WEB: 1}, True, id="one replica short"),
        pytest.param(deployment(1), {WEB: 1}, False, id="worse"),
        pytest.param(deployment(2), {WEB: 2}, True, id="better"),
        pytest.param(deployment(2, total=4), {WEB: 3}, False, id="still being rolled out"),
    ],
)  # fmt: skip
def test_what_lacks_no_more_than_before_is_excused(
    live: dict[str, Any], most: dict[Any, int], *, excused: bool
) -> None:
    state, _ = held(live, most=most)
    assert (state.ready, len(state.excused), len(state.unready)) == (
        excused,
        int(excused),
        int(not excused),
    )


def test_what_does_not_exist_is_never_excused() -> None:
    found = seen(desired=[declared()])
    found = replace(found, baseline=replace(found.baseline, allowed={WIDGET: 4}))
    assert not excuse(readiness(found), found).ready


def test_what_is_excused_is_noted_with_what_it_lacks() -> None:
    state, found = held(widget(ready="False"), deployment(1), most={WIDGET: 3, WEB: 2})
    assert noted(state, found) == (("Widget.example.com/apps/own", 1), ("Deployment.apps/apps/web", 2))


def test_what_was_unready_before_is_noted_but_hooks_and_what_was_being_replaced() -> None:
    hook = widget(ready="False", name="hook", annotations={objects.HOOK: "pre-upgrade"})
    there = [widget(ready="False"), deployment(2, total=4), hook, thing("ConfigMap")]
    before = Baseline(marks={objects.key(each, NAMESPACE): mark(each) for each in there})
    assert noted_before([*there, thing("ConfigMap", "another")], NAMESPACE, before) == LACKED


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((), ""),
        (("a",), "1 object was not ready before either and is not counted: a"),
        (("a", "b"), "2 objects were not ready before either and are not counted: a; b"),
        (tuple("abcde"), "5 objects were not ready before either and are not counted: a; b; c; 2 more"),
    ],
)
def test_it_is_said_in_one_sentence(told: tuple[str, ...], expected: str) -> None:
    assert sentence(told) == expected
