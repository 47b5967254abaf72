"""Which values can go to Helm."""

from __future__ import annotations

import math

import pulumi
import pytest

from helm_rollback_component.inputs.chart_values import HALF_PAIR, TOO_LARGE
from helm_rollback_component.inputs.value_rules import problems_of, problems_of_others


def test_what_json_has_a_form_for_is_right() -> None:
    values: dict[str, object] = {"a": [None, True, "😀\u2028\0", 2**70, -0.0, 1e300, (), {}], "": {"x.y": 1}}
    assert list(problems_of(values)) == []


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (math.nan, "is nan, for which JSON has no form; use a finite number, or the text 'nan'"),
        (-math.inf, "is -inf, for which JSON has no form; use a finite number, or the text '-inf'"),
        ("\ud83d", HALF_PAIR.fault),
        (HALF_PAIR, HALF_PAIR.fault),
        (10**400, TOO_LARGE.fault),
        (
            pulumi.StringAsset("hunter2"),
            "is of type StringAsset; use the text itself, or another JSON-like value",
        ),
        ({1}, "is of type set; use the text itself, or another JSON-like value"),
    ],
)
def test_what_it_has_none_for_is_named(value: object, fault: str) -> None:
    (problem,) = problems_of({"a.b": [1, {"c": value}]})
    assert (problem.path, problem.message) == ('values["a.b"][1].c', fault)


@pytest.mark.parametrize("key", [1, None, "\udc00"])
def test_a_key_that_is_no_text_is_named_by_what_has_it(key: object) -> None:
    (problem,) = problems_of({"a": {key: 1}})
    assert problem.path == "values.a"
    assert problem.message == f"has the key {key!a}, which is not a text; use texts as keys"


def test_all_of_them_are_found() -> None:
    assert [each.path for each in problems_of({"a": math.nan, "b": [math.inf, 1, math.nan]})] == [
        *("values.a", "values.b[0]", "values.b[2]")
    ]


def test_other_inputs_are_told_by_their_paths_too() -> None:
    inputs = {
        "values": {"a": math.nan},
        "health": {"grace": math.nan, "soak": 3, "test": True},
        "timeouts": {"deploy": -math.inf, "upgrade": 10**400, "rollback": TOO_LARGE},
        "labels": {"a.b": "\ud83d", "c": "d"},
        "context": None,
    }
    assert {each.path: each.message for each in problems_of_others(inputs)} == {
        "health.grace": "is not a finite number; use one",
        "timeouts.deploy": "is not a finite number; use one",
        "timeouts.upgrade": "is not a finite number; use one",
        "timeouts.rollback": TOO_LARGE.fault,
        'labels["a.b"]': HALF_PAIR.fault,
    }
