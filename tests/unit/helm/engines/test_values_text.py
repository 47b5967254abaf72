"""Values as a text for Helm's command line."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_rollback_component.helm.engines.values_text import values_text
from helm_rollback_component.inputs import go_yaml
from helm_rollback_component.inputs.tree import same

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
)
values = st.recursive(
    scalars | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), values, max_size=5))
def test_it_reads_as_the_same_values(given_values: dict[str, object]) -> None:
    text = values_text(given_values)
    assert text.isascii()
    assert "\n" not in text
    assert same(go_yaml.first_document(text), given_values)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("😀é\u2028\x7f\n\\ud83d", r'"\U0001f600\u00e9\u2028\u007f\n\\ud83d"'),
        ((1, -0.0, None), "[1, -0.0, null]"),
        ({"k" * 2000: 1}, f'{{? "{"k" * 2000}" : 1}}'),
    ],
)
def test_it_is_json_but_for_escapes_and_long_keys(value: object, text: str) -> None:
    assert values_text(value) == text


def test_there_is_no_form_for_what_is_not_finite() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        values_text(math.nan)
