"""The differences of two manifests, as a person reads them."""

from __future__ import annotations

from typing import Any

import pytest

from helm_rollback_component.core.manifests import text
from helm_rollback_component.core.manifests.differences import differences, keyed
from helm_rollback_component.core.manifests.layout import block, clipped, inline
from helm_rollback_component.core.manifests.line_differences import line_differences, narrowed

_KEEP = {"annotations": {"helm.sh/resource-policy": "keep"}}
_HOOK = {"annotations": {"helm.sh/hook": "pre-upgrade"}}


def _object(kind: str, name: str = "a", **fields: Any) -> dict[str, Any]:
    metadata = {"name": name, **fields.pop("metadata", {})}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **fields}


def _lines(old: list[dict[str, Any]], new: list[dict[str, Any]], **limits: int) -> list[str]:
    found = differences(keyed(old, "shop"), keyed(new, "shop"))
    return text.lines(found, "shop", text.Limits(**limits))


def _of_data(old: object, new: object, **limits: int) -> list[str]:
    return _lines([_object("ConfigMap", data=old)], [_object("ConfigMap", data=new)], **limits)[1:]


def test_an_object_is_one_line_with_what_one_must_know_of_it() -> None:
    old = [_object("Service", "b", metadata=_KEEP), _object("Role", "c", metadata={"namespace": "other"})]
    assert _lines(old, [_object("Job", "d", metadata=_HOOK), _object("Job", "e")]) == [
        "- Service b (stays in the cluster: helm.sh/resource-policy)",
        "- Role c in other",
        "+ Job e",
        "+ hook Job d",
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"x": "1.2"}, {"x": "1.3"}, ['    ~ data.x: "1.2" → "1.3"']),
        ({"x": "a"}, {"x": 3}, ["    ~ data.x: a → 3"]),
        ({"y": 1}, {"y": 1, "x": "on"}, ['    + data.x: "on"']),
        ({"y": 1, "x": "--off"}, {"y": 1}, ["    - data.x: --off"]),
        ({"x": [{"name": "a"}, {"name": "b"}]}, {"x": [{"name": "b"}, {"name": "a"}]},
         ["    ~ data.x: the same in another order"]),
        ({"checksum/config": "a" * 64}, {"checksum/config": "b" * 64},
         ["    ~ data.checksum/config: changed"]),
        ({"x": "a\nb\nc\n"}, {"x": "a\nB\nc\n"},
         ["    ~ data.x:", "        @@ line 1 @@", "         a", "        -b", "        +B", "         c"]),
        ({}, {"x": {"a": [1, {"b": []}]}},
         ["    + data.x:", "        + a:", "        +   - 1", "        +   - b: []"]),
    ],
)  # fmt: skip
def test_a_field(old: object, new: object, expected: list[str]) -> None:
    assert _of_data(old, new) == expected


def test_long_values_stand_below_each_other_around_what_differs() -> None:
    old, new = (f"registry.example.com/{'x' * 200}@sha256:{digit * 12}" for digit in "ab")
    assert _of_data({"x": old}, {"x": new}) == [
        "    ~ data.x:",
        f"        - …{'x' * 16}@sha256:{'a' * 12}",
        f"        + …{'x' * 16}@sha256:{'b' * 12}",
    ]


def test_what_is_the_same_at_the_end_is_left_out_too() -> None:
    assert narrowed(f"aXb{'c' * 50}", f"aYYb{'c' * 50}", 40) == (f"aXb{'c' * 23}…", f"aYYb{'c' * 23}…")
    assert narrowed("ab" * 30, "ab" * 31, 40) == (f"…{'ab' * 12}", f"…{'ab' * 13}")
    assert narrowed("a", "b", 40) == ("a", "b")


def test_very_long_values_lose_their_middle() -> None:
    first, *others = _of_data({"x": "a" * 200}, {"x": "b" * 200})
    assert first == "    ~ data.x:"
    assert all("more characters" in line and len(line) < 120 for line in others)


def test_a_secret_is_changed_alone() -> None:
    old, new = ([_object("Secret", stringData={"p": value})] for value in ("one-secret", "other-secret"))
    assert _lines(old, new) == ["~ Secret a", "    ~ data.p: changed (secret)"]


def test_long_differences_end_with_a_count() -> None:
    many = {f"x{number}": number for number in range(40)}
    assert _of_data({"a": 1}, {"a": 1, **many}, lines_of_object=3) == [
        *(f"    + data.x{number}: {number}" for number in range(3)),
        "    … 37 more lines",
    ]
    assert _of_data({}, {"x": many}, lines_of_field=2)[-1] == "        … 38 more lines"


def test_digests_are_shortened_as_long_as_they_differ() -> None:
    old, new = (f"web:{tag}@sha256:{start}{'0' * 52}" for tag, start in (("1", "a" * 12), ("2", "b" * 12)))
    assert _of_data({"x": old}, {"x": new}) == [
        f"    ~ data.x: web:1@sha256:{'a' * 12}… → web:2@sha256:{'b' * 12}…"
    ]
    close = [f"sha256:{'a' * 63}{last}" for last in "ab"]
    assert "".join(_of_data({"x": close[0]}, {"x": close[1]})).count("a" * 12 + "…") == 0


def test_many_objects_end_with_a_count() -> None:
    jobs = [_object("Job", f"j{number}") for number in range(9)]
    assert _lines([], jobs, lines=2) == ["+ Job j0", "+ Job j1", "… and 7 more objects"]
    assert _lines([], jobs[:3], lines=2)[-1] == "… and 1 more object"
    assert _lines([], jobs[:1], lines=0) == ["+ Job j0"]


@pytest.mark.parametrize("label", ["helm.sh/chart", "app.kubernetes.io/version", "chart"])
def test_labels_of_the_charts_version_are_told_once(label: str) -> None:
    old, new = (
        [
            _object("Job", name, metadata={"labels": {label: chart}}, spec=spec)
            for name, spec in (("a", {}), ("b", {"completions": number}))
        ]
        for number, chart in enumerate(("web-1", "web-2"))
    )
    assert _lines(old, new) == [
        "~ Job b",
        "    ~ spec.completions: 0 → 1",
        "~ the labels of the chart's version in 2 objects",
    ]


def test_the_summary_counts_objects_and_leaves_hooks_out() -> None:
    old = [_object("ConfigMap", data={"x": 1}), _object("Service")]
    new = [_object("ConfigMap", data={"x": 2}), _object("Job", "d"), _object("Job", "e", metadata=_HOOK)]
    found = differences(keyed(old, "shop"), keyed(new, "shop"))
    assert text.summary(found) == "1 changed, 1 added, 1 removed"
    assert text.summary(()) == "no object changes"


@pytest.mark.parametrize("plain", ["web", "nginx:1.25", "--flag=1", "/etc/app", "a b", "größe"])
def test_a_plain_text_stands_as_it_is(plain: str) -> None:
    assert inline(plain) == plain


@pytest.mark.parametrize("other", ["", "1", "-1.5", "true", "Null", "on", " a", "a ", "a\tb", 'a"b', "- a"])
def test_other_texts_are_quoted(other: str) -> None:
    assert inline(other).startswith('"')


def test_what_yaml_knows_beyond_json_is_told_too() -> None:
    assert [*block([])] == ["[]"]
    assert inline({1: object}).startswith('{"1": "')


def test_a_line_that_fits_is_not_clipped() -> None:
    assert clipped("x" * 80, 80) == "x" * 80
    assert clipped("x" * 90, 80) == "x" * 90


@pytest.mark.parametrize("spaced", ["a \nb", "a\nb\n", "a\n\nb"])
def test_white_space_alone_is_said_to_be_that(spaced: str) -> None:
    assert [*line_differences("a\nb", spaced)] == ["only white space at the ends of lines, or empty lines"]


def test_where_lines_stand_is_told_from_the_beginning_of_the_text() -> None:
    old = "\n".join(f"line {number}" for number in range(1, 101))
    found = [*line_differences(old, old.replace("line 50\n", "LINE 50\n").replace("line 80", "LINE 80"))]
    assert [line for line in found if line.startswith("@@")] == ["@@ line 49 @@", "@@ line 79 @@"]


def test_very_different_long_texts_are_counted_only() -> None:
    old, new = ("\n".join(f"{word} {number}" for number in range(3000)) for word in "ab")
    assert [*line_differences(f"same\n{old}", f"same\n{new}")] == ["3000 lines became 3000, from line 2 on"]
