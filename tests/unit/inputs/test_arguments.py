"""How an argument of a public function is refused that no type checker has seen."""

from __future__ import annotations

import pytest

from helm_rollback_component.errors import ValidationError
from helm_rollback_component.inputs.arguments import (
    FUNCTION,
    FUNCTION_OR_NONE,
    INPUTS,
    NUMBER,
    NUMBER_OR_NONE,
    TEXT,
    Kind,
    require,
)
from helm_rollback_component.reasons import Reason


@pytest.mark.parametrize(
    ("kind", "right"),
    [
        (FUNCTION, print),
        (FUNCTION_OR_NONE, None),
        (INPUTS, {}),
        (NUMBER, 0),
        (NUMBER_OR_NONE, None),
        (NUMBER_OR_NONE, 3),
        (TEXT, ""),
    ],
)
def test_what_is_right_is_let_pass(kind: Kind, right: object) -> None:
    require(kind, given=right)


@pytest.mark.parametrize(
    ("kind", "wrong", "what"),
    [
        (FUNCTION, None, "None; use a function that takes one text"),
        (FUNCTION_OR_NONE, "print", "of type str; use a function that takes one text, or None"),
        (INPUTS, [], "of type list; use a dictionary of inputs"),
        (NUMBER, "2", "of type str; use a whole number"),
        (NUMBER, True, "of type bool; use a whole number"),
        (NUMBER_OR_NONE, 2.0, "of type float; use a whole number, or None"),
        (TEXT, None, "None; use a text"),
    ],
)
def test_what_is_wrong_is_refused_by_name_with_what_is_right(kind: Kind, wrong: object, what: str) -> None:
    with pytest.raises(ValidationError) as refused:
        require(kind, given=wrong)
    assert (str(refused.value), refused.value.reason) == (f"given: is {what}", Reason.INVALID_INPUT)


def test_all_that_is_wrong_is_named() -> None:
    with pytest.raises(ValidationError) as refused:
        require(TEXT, why=1, other="right", tool=None)
    assert [problem.path for problem in refused.value.problems] == ["why", "tool"]
