"""Values survive Pulumi."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_rollback_component.errors import ValidationError
from helm_rollback_component.inputs.chart_values import HALF_PAIR, TOO_LARGE, decode, encode

LARGE = 2**53 + 1

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def through_pulumi(value: Any) -> Any:
    """What arrives of a value: every number is a float, and nulls inside are gone."""
    match value:
        case bool() | str():
            return value
        case int():
            return float(value)
        case dict():
            return {key: through_pulumi(item) for key, item in value.items() if item is not None}
        case list():
            return [through_pulumi(item) for item in value if item is not None]
        case _:
            return value


class TestThroughPulumi:
    @given(values)
    def test_nothing_is_lost(self, value: object) -> None:
        assert decode(through_pulumi(encode(value))) == value

    @given(values)
    def test_what_is_encoded_is_json(self, value: object) -> None:
        assert json.loads(json.dumps(encode(value))) == encode(value)

    @pytest.mark.parametrize("value", [True, False, 0, 1, -1, 2**53, LARGE, -LARGE, 1.5])
    def test_a_number_keeps_its_kind(self, value: float) -> None:
        after = decode(through_pulumi(encode(value)))
        assert (after, type(after)) == (value, type(value))

    def test_only_what_would_be_lost_is_marked(self) -> None:
        given_values = {"replicas": 2, "name": "web", "list": [1.5, True]}
        assert encode(given_values) == given_values

    def test_keys_become_texts(self) -> None:
        assert encode({8080: {1: "a"}}) == {"8080": {"1": "a"}}

    def test_what_is_no_value_yet_goes_through_the_leaf(self) -> None:
        output = object()
        encoded = encode({"a": [output], "b": 1}, leaf=lambda leaf: ("later", leaf))
        assert encoded == {"a": [("later", output)], "b": 1}

    def test_by_itself_such_a_thing_stays(self) -> None:
        output = object()
        assert encode(output) is output

    def test_a_negative_zero_stays_one(self) -> None:
        assert math.copysign(1, decode(through_pulumi(encode(-0.0)))) == -1

    @pytest.mark.parametrize(
        ("value", "after"),
        [("half \ud83d of a pair", HALF_PAIR), (10**400, TOO_LARGE), (-(10**400), TOO_LARGE)],
    )
    def test_what_pulumi_cannot_hold_arrives_as_what_is_wrong_with_it(
        self, value: object, after: object
    ) -> None:
        encoded = encode({"a": [value]})
        json.dumps(through_pulumi(encoded), ensure_ascii=False).encode()
        assert decode(through_pulumi(encoded)) == {"a": [after]}

    @pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
    def test_what_protobuf_refuses_is_no_number_on_the_way(self, number: float) -> None:
        encoded = encode([number])
        json.dumps(encoded, allow_nan=False)
        assert str(decode(encoded)) == str([number])

    def test_a_key_that_is_no_text_is_refused(self) -> None:
        with pytest.raises(ValidationError, match="values: has a key with half of a surrogate pair"):
            encode({"a": {"\ud83d": 1}})

    @pytest.mark.parametrize("literal", ["x", "1.5", 1.0, "9" * 500])
    def test_a_mapping_that_only_looks_like_a_mark_stays(self, literal: object) -> None:
        assert decode({"helm-rollback:literal": literal}) == {"helm-rollback:literal": literal}
