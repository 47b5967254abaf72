"""Digests tell equal values from others, and tell nothing else."""

import json
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_rollback_component.core.records.digests import Digester, as_stored, canonical, comparable

KEY = b"k" * 32

numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | st.text()
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def shuffled(value: object) -> object:
    """The same value, spelled as differently as JSON allows."""
    match value:
        case bool():
            return value
        case int() if abs(value) < 2**53:
            return float(value)
        case dict():
            return MappingProxyType({key: shuffled(value[key]) for key in reversed(value)})
        case list():
            return tuple(map(shuffled, value))
        case _:
            return value


@given(values)
def test_spelling_does_not_count(value: object) -> None:
    assert Digester(KEY).of(value) == Digester(KEY).of(shuffled(value))


@given(values)
def test_canonical_text_holds_the_value(value: object) -> None:
    assert json.loads(canonical(value)) == value


@given(values, values)
def test_digests_are_equal_exactly_if_the_canonical_texts_are(one: object, other: object) -> None:
    same = Digester(KEY).of(one) == Digester(KEY).of(other)
    assert same == (canonical(one) == canonical(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (0, None),
        (0, False),
        (1, "1"),
        ({}, None),
        ({"a": None}, {}),
        ([1, 2], [2, 1]),
        (2**53, 2**53 + 1),
        ({"a": {"b": 1}}, {"a": {"b": 2}}),
        ("é", "e\u0301"),
    ],
)
def test_these_differ(one: object, other: object) -> None:
    assert Digester(KEY).of(one) != Digester(KEY).of(other)


@pytest.mark.parametrize(("one", "other"), [(2.0, 2), (-0.0, 0), (1e20, 10**20), ((1, (2,)), [1, [2]])])
def test_these_are_the_same(one: object, other: object) -> None:
    assert Digester(KEY).of(one) == Digester(KEY).of(other)


@pytest.mark.parametrize("value", [float("nan"), {"a": [float("inf")]}, -float("inf")])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        Digester(KEY).of(value)


@pytest.mark.parametrize("value", [{1: "a"}, {"a": {None: 1}}, b"bytes", {"a": object()}, {1, 2}])
def test_what_is_no_json_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        Digester(KEY).of(value)


def test_a_digest_says_how_it_was_made() -> None:
    digester = Digester(KEY)
    kind, _, digest = digester.of({"password": "hunter2"}).rpartition(":")
    assert kind == digester.kind
    assert kind.startswith("v1:")
    assert len(bytes.fromhex(digest)) == 32


def test_another_key_gives_another_digest_that_compares_with_none() -> None:
    ours, same, other = Digester(KEY), Digester(KEY), Digester(b"o" * 32)
    assert ours.of(1) != other.of(1)
    assert comparable(ours.of(1), same.of(2))
    assert not comparable(ours.of(1), other.of(1))
    assert not comparable(ours.of(1), "")


def test_helm_keeps_numbers_as_floats() -> None:
    given = {"a": 2**53 + 1, "b": [-(2**60) - 1, 7, True, None, "x", 1.5]}
    assert as_stored(given) == {"a": float(2**53), "b": [-float(2**60), 7, True, None, "x", 1.5]}
    read_back = json.loads(json.dumps(given), parse_int=float)
    assert Digester(KEY).of(as_stored(given)) == Digester(KEY).of(read_back)
