"""Which dependencies of a chart Helm takes in, by the values; tests/contract asks Helm itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.manifests import chart_tree
from helm_rollback_component.core.manifests.chart_tree import Chart, Dependency, Switch

if TYPE_CHECKING:
    from collections.abc import Iterator


def definition(name: str) -> dict[str, Any]:
    return {"kind": "CustomResourceDefinition", "metadata": {"name": name}}


def chart(name: str, *inner: Chart, needs: list[Dependency] | None = None, **values: Any) -> Chart:
    """Return a chart with one definition, of its own name; its dependencies are named in its metadata."""
    named = [Dependency(each.name) for each in inner] if needs is None else needs
    return Chart(name, tuple(named), values, (definition(name),), inner)


def switches(found: Chart, **values: Any) -> dict[str, str]:
    told = chart_tree.definitions(found, values)
    return {objects.name(each): switch.name for each, switch in told}


def on(found: Chart, **values: Any) -> set[str]:
    return {name for name, switch in switches(found, **values).items() if switch == "ON"}


ON: dict[str, Any] = {"enabled": True}
OFF: dict[str, Any] = {"enabled": False}
BY_CONDITION = Dependency("db", condition="db.enabled")


@pytest.mark.parametrize(
    ("given", "defaults", "own", "expected"),
    [
        ({}, {}, {}, True),
        ({"db": OFF}, {}, {}, False),
        ({}, {"db": OFF}, {}, False),
        ({}, {}, OFF, False),
        ({"db": ON}, {"db": OFF}, OFF, True),
        ({}, {"db": ON}, OFF, True),
        ({"db": {"enabled": "no"}}, {}, {}, True),
        ({"db": {"enabled": 0}}, {}, {}, True),
        ({"db": {"enabled": {"by": "hand"}}}, {}, {}, True),
        ({"db": "text"}, {"db": OFF}, {}, True),
        ({"db": {"size": 1}}, {"db": "text"}, OFF, False),
    ],
)
def test_a_condition_is_what_the_values_say_first(
    given: dict[str, Any], defaults: dict[str, Any], own: dict[str, Any], *, expected: bool
) -> None:
    web = chart("web", chart("db", **own), needs=[BY_CONDITION], **defaults)
    assert ("db" in on(web, **given)) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("no.such,db.enabled", False),
        ("db.enabled,db.other", False),
        ("db.other,db.enabled", True),
        ("", True),
    ],
)
def test_of_several_conditions_the_first_that_is_there_counts(condition: str, *, expected: bool) -> None:
    web = chart("web", chart("db"), needs=[Dependency("db", condition=condition)])
    assert ("db" in on(web, db={"enabled": False, "other": True})) is expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, True),
        ({"a": False}, False),
        ({"a": False, "b": True}, True),
        ({"a": 0}, True),
        ({"c": False}, True),
    ],
)
def test_tags_switch_it_off_unless_one_is_on(tags: dict[str, Any], *, expected: bool) -> None:
    web = chart("web", chart("db"), needs=[Dependency("db", tags=("a", "b"))])
    assert ("db" in on(web, tags=tags)) is expected


def test_a_condition_overrules_tags() -> None:
    needs = [Dependency("db", condition="db.enabled", tags=("a",))]
    assert on(chart("web", chart("db"), needs=needs), tags={"a": False}, db=ON) == {"web", "db"}


def test_a_chart_that_is_off_takes_what_is_in_it_along() -> None:
    web = chart("web", chart("db", chart("inner")), needs=[BY_CONDITION])
    assert switches(web, db=OFF) == {"web": "ON", "db": "OFF", "inner": "OFF"}


@pytest.mark.parametrize(
    "given",
    [
        {"db": {"inner": OFF}},
        {"tags": {"deep": False}},
        {"global": {"deep": False}},
        {"db": {"global": {"deep": False}}},
    ],
)
def test_a_dependency_of_a_dependency_is_switched_below_its_name(given: dict[str, Any]) -> None:
    inner = Dependency("inner", condition="global.deep,inner.enabled", tags=("deep",))
    web = chart("web", chart("db", chart("inner"), needs=[inner]))
    assert on(web) == {"web", "db", "inner"}
    assert on(web, **given) == {"web", "db"}
    assert on(web, inner=OFF) == {"web", "db", "inner"}


def test_what_is_global_above_goes_before_what_is_global_below() -> None:
    inner = Dependency("inner", condition="global.deep")
    web = chart("web", chart("db", chart("inner"), needs=[inner]))
    given = {"global": {"deep": True}, "db": {"global": {"deep": False}}}
    assert on(web, **given) == {"web", "db", "inner"}


def test_the_defaults_of_each_chart_on_the_way_count() -> None:
    inner = Dependency("inner", condition="inner.enabled", tags=("deep",))
    assert "inner" not in on(chart("web", chart("db", chart("inner"), needs=[inner], inner=OFF)))
    assert "inner" not in on(chart("web", chart("db", chart("inner", **OFF), needs=[inner])))
    assert "inner" not in on(chart("web", chart("db", chart("inner"), needs=[inner], tags={"deep": False})))
    deep = chart("web", chart("db", chart("inner", chart("last", **OFF))))
    assert "last" in on(deep)


def test_an_alias_is_the_name_in_the_values() -> None:
    needs = [Dependency("db", "first", "first.enabled"), Dependency("db", "second", "second.enabled")]
    web = chart("web", chart("db"), needs=needs)
    assert on(web, first=OFF) == {"web", "db"}
    assert on(web, first=OFF, second=OFF) == {"web"}


def test_the_names_are_those_that_the_values_are_below() -> None:
    needs = [Dependency("db", "first"), Dependency("absent")]
    assert chart_tree.names_below(chart("web", chart("db"), chart("more"), needs=needs)) == {"first", "more"}


def test_charts_that_nothing_names_are_on() -> None:
    assert on(chart("web", chart("db"), needs=[Dependency("other")])) == {"web", "db"}


def test_without_a_list_of_dependencies_nothing_below_is_switched() -> None:
    db = chart("db", chart("inner"), needs=[Dependency("inner", condition="inner.enabled")])
    web = Chart("web", None, {}, (definition("web"),), (db,))
    assert on(web, db={"inner": OFF}) == {"web", "db", "inner"}


@pytest.mark.parametrize("given", [{"db": {"enabled": None}}, {"db": None}])
def test_what_hangs_on_a_null_is_not_known(given: dict[str, Any]) -> None:
    web = chart("web", chart("db", chart("inner")), needs=[BY_CONDITION])
    assert switches(web, **given) == {"web": "ON", "db": "NOT_KNOWN", "inner": "NOT_KNOWN"}


def test_nor_is_which_of_two_charts_of_one_name_is_meant() -> None:
    web = chart("web", chart("db"), chart("db"), needs=[BY_CONDITION])
    assert switches(web)["db"] == "NOT_KNOWN"
    assert switches(web, db=OFF)["db"] == "OFF"


def test_what_stands_for_too_many_charts_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart_tree, "_MOST", 2)
    assert switches(chart("web", chart("a"), chart("b"))) == {"web": "ON", "a": "ON", "b": "NOT_KNOWN"}


def test_it_ends_soon_where_aliases_multiply() -> None:
    def tower() -> Iterator[Chart]:
        found = chart("last")
        for _ in range(8):
            found = chart("more", found, needs=[Dependency(found.name, f"a{each}") for each in range(50)])
            yield found

    *_, top = tower()
    assert chart_tree.definitions(top, {})[0][1] is Switch.ON
