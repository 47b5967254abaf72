"""Pure decisions: names, dependencies, steps, durations, the names of Kubernetes objects."""

import pytest
from pulumi_local_engine import graph, steps, urns
from pulumi_local_engine import kubernetes_objects as objects
from pulumi_local_engine.goal import Goal, parse_duration
from pulumi_local_engine.provider import Diff
from pulumi_local_engine.resource import Resource
from pulumi_local_engine.steps import Choice, Op
from pulumi_local_engine.urns import Alias, Names
from pulumi_local_engine.values import UNKNOWN, Secret

NAMES = Names("dev", "lab")


def _resource(name: str, *needs: Resource, parent: Resource | None = None, custom: bool = True) -> Resource:
    urn = NAMES.urn(parent.urn if parent else "", "t:m:T", name)
    needed = [need.urn for need in needs]
    return Resource(urn, "t:m:T", custom, id=name, dependencies=needed, parent=parent.urn if parent else "")


def _names(resources: list[Resource]) -> list[str]:
    return [urns.name_of(resource.urn) for resource in resources]


def test_names_hold_the_chain_of_types() -> None:
    root = NAMES.root()
    box = NAMES.urn(root, "t:m:Box", "box")
    assert box == "urn:pulumi:dev::lab::t:m:Box::box"
    assert NAMES.urn(box, "t:m:T", "a::b") == "urn:pulumi:dev::lab::t:m:Box$t:m:T::a::b"
    assert urns.name_of(NAMES.urn(box, "t:m:T", "a::b")) == "a::b"


@pytest.mark.parametrize(
    ("alias", "expected"),
    [
        (Alias(name="old"), "urn:pulumi:dev::lab::t:m:Box$t:m:T::old"),
        (Alias(type="t:m:U"), "urn:pulumi:dev::lab::t:m:Box$t:m:U::new"),
        (Alias(no_parent=True), "urn:pulumi:dev::lab::t:m:T::new"),
        (Alias(stack="prod", project="other"), "urn:pulumi:prod::other::t:m:Box$t:m:T::new"),
        (Alias(urn="urn:pulumi:x::y::z::w"), "urn:pulumi:x::y::z::w"),
    ],
)
def test_aliases(alias: Alias, expected: str) -> None:
    parent = NAMES.urn("", "t:m:Box", "box")
    assert urns.alias_urns(NAMES, Goal("t:m:T", "new", custom=True, parent=parent, aliases=[alias]), {}) == [
        expected
    ]


def test_children_inherit_their_parents_former_name() -> None:
    parent, former = NAMES.urn("", "t:m:Box", "new"), NAMES.urn("", "t:m:Crate", "old")
    for name, was in (("new-child", "old-child"), ("other", "other")):
        goal = Goal("t:m:T", name, custom=True, parent=parent)
        assert urns.alias_urns(NAMES, goal, {parent: former}) == [
            f"urn:pulumi:dev::lab::t:m:Crate$t:m:T::{was}"
        ]


def test_dependants_are_found_through_others_and_through_providers() -> None:
    provider = Resource(NAMES.urn("", "pulumi:providers:t", "p"), "pulumi:providers:t", custom=True, id="1")
    a = _resource("a")
    b, c = _resource("b", a), _resource("c")
    d = _resource("d", b)
    c.provider = urns.provider_reference(provider.urn, "1")
    everything = [provider, a, b, c, d]
    assert _names(graph.dependents(everything, a)) == ["b", "d"]
    assert _names(graph.dependents(everything, a, ignore={b.urn})) == []
    assert _names(graph.dependents(everything, provider)) == ["c"]


def test_deletions_go_in_groups_that_nothing_depends_on() -> None:
    a, b = _resource("a"), _resource("b")
    box = _resource("box", a, custom=False)
    inner = _resource("inner", parent=box)
    user = _resource("user", box)
    groups = graph.deletion_order([a, b, box, inner, user], [a, b, box, inner, user])
    assert [sorted(_names(group)) for group in groups] == [["user"], ["inner"], ["box"], ["a", "b"]]


def test_what_a_spared_resource_needs_is_spared() -> None:
    a, b = _resource("a"), _resource("b")
    c = _resource("c", a)
    d = _resource("d", parent=c)
    assert graph.requirements([a, b, c, d], d) == {id(a), id(c), id(d)}


def test_what_is_gone_leaves_no_reference() -> None:
    a = _resource("a", custom=False)
    b = _resource("b", parent=a)
    c = _resource("c", b, parent=b)
    c.property_dependencies = {"x": [b.urn]}
    kept = graph.without([a, b, c], [b])
    assert [(one.parent, one.dependencies, one.property_dependencies) for one in kept] == [
        ("", [], {}),
        (a.urn, [], {"x": []}),
    ]


@pytest.mark.parametrize("wish", [None, True, False])
@pytest.mark.parametrize("first", [True, False])
def test_wish_of_the_program_beats_the_provider(wish: bool | None, first: bool) -> None:  # noqa: FBT001
    diff = Diff(changes=True, replaces=["a"], delete_before_replace=first)
    decision = steps.decide(diff, [], delete_first=wish)
    assert decision.choice is Choice.REPLACE
    assert decision.delete_first is (first if wish is None else wish)


@pytest.mark.parametrize(
    ("diff", "watched", "pending", "choice"),
    [
        (Diff(changes=False), [], False, Choice.SAME),
        (Diff(changes=False, replaces=["a"]), [], False, Choice.SAME),
        (Diff(changes=True), [], False, Choice.UPDATE),
        (Diff(changes=True, changed_keys=["a"]), ["a"], False, Choice.REPLACE),
        (Diff(changes=True, changed_keys=["a"]), ["*"], False, Choice.REPLACE),
        (Diff(changes=True, changed_keys=["a"]), ["a.b"], False, Choice.UPDATE),
        (Diff(changes=False), [], True, Choice.REPLACE),
    ],
)
def test_choices(diff: Diff, watched: list[str], pending: bool, choice: Choice) -> None:  # noqa: FBT001
    assert steps.decide(diff, watched, pending_replacement=pending).choice is choice


def test_undecided_diffs_compare_inputs_whatever_is_secret() -> None:
    old = {"a": 1, "b": Secret(2), "c": 3}
    assert not steps.resolve(Diff(None), old, {"a": Secret(1), "b": 2, "c": 3}).changes
    resolved = steps.resolve(Diff(None), old, {"a": 1, "b": UNKNOWN, "d": 4})
    assert resolved.changes
    assert list(resolved.changed_keys) == ["b", "c", "d"]


def test_orders_of_replacement() -> None:
    old, new, other = _resource("a"), _resource("a"), _resource("b")
    after = steps.replacement(old, new, steps.Decision(Choice.REPLACE), [])
    assert [step.op for step in after] == [Op.CREATE_REPLACEMENT, Op.REPLACE]
    before = steps.replacement(old, new, steps.Decision(Choice.REPLACE, delete_first=True), [other])
    assert [(step.op, step.resource) for step in before] == [
        (Op.DELETE_REPLACED, other),
        (Op.DELETE_REPLACED, old),
        (Op.REPLACE, new),
        (Op.CREATE_REPLACEMENT, new),
    ]
    old.pending_replacement = True
    again = steps.replacement(old, new, steps.Decision(Choice.REPLACE, delete_first=True), [])
    assert [step.op for step in again] == [Op.REPLACE, Op.CREATE_REPLACEMENT]


@pytest.mark.parametrize(
    ("text", "seconds"), [("5m", 300.0), ("1h30m", 5400.0), ("1.5s", 1.5), ("250ms", 0.25), (".5h", 1800.0)]
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "5", "m", "5 m", "5x"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)


def test_objects_get_names_and_keep_them() -> None:
    bare = {"kind": "ConfigMap"}
    first = objects.named(bare, {}, "web")
    assert first["metadata"]["name"].startswith("web-")
    assert objects.named(bare, first, "web")["metadata"]["name"] == first["metadata"]["name"]
    assert objects.named(bare, {}, "web")["metadata"]["name"] != first["metadata"]["name"]
    given = {"kind": "ConfigMap", "metadata": {"name": "mine"}}
    assert objects.named(given, first, "web") == given


def test_objects_change_in_place_only_where_they_can() -> None:
    old = {"kind": "Secret", "type": "Opaque", "metadata": {"name": "a", "labels": {"x": "1"}}}
    assert objects.fixed_changes(old, {**old, "metadata": {"name": "a"}}) == []
    assert objects.fixed_changes(old, {**old, "metadata": {"name": "b"}, "type": "x"}) == [
        "metadata.name",
        "type",
    ]
    assert objects.fixed_changes(old, {**old, "kind": "ConfigMap"}) == ["kind"]


def test_drift_is_looked_for_in_what_was_declared() -> None:
    declared = {"data": {"a": "1", "gone": "2"}, "list": [{"x": 1}], "stringData": {"p": "q"}}
    live = {"data": {"a": "9", "other": "3"}, "list": [{"x": 2, "default": True}], "status": {}}
    assert objects.declared(declared, live) == {
        "data": {"a": "9"},
        "list": [{"x": 2}],
        "stringData": {"p": "q"},
    }
