"""Property values: secrets, unknowns, paths, the wire and the state file."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi_local_engine import store, values, wire
from pulumi_local_engine.crypt import Cipher, WrongKeyError
from pulumi_local_engine.values import UNKNOWN, Secret

_leaves = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text() | st.just(UNKNOWN)
_plain = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
_any = _plain | _plain.map(Secret)
_properties = st.dictionaries(st.text(), _any, max_size=4)


@given(_properties)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_wire_keeps_everything_if_asked_to(properties: values.Properties) -> None:
    assert wire.from_wire(wire.to_wire(properties, secrets=True, unknowns=True)) == properties


@given(_properties)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_wire_without_secrets_and_unknowns_has_neither(properties: values.Properties) -> None:
    found = wire.from_wire(wire.to_wire(properties, secrets=False, unknowns=False))
    assert not values.contains_secret(found)
    assert not values.contains_unknown(found)


@given(_properties)
def test_state_file_keeps_everything(properties: values.Properties) -> None:
    cipher = Cipher(b"key")
    assert store.thaw(store.freeze(properties, cipher.encrypt), cipher.decrypt) == properties
    assert store.thaw(store.freeze(properties, None), cipher.decrypt) == properties


@given(st.text())
def test_cipher_undoes_itself_and_nothing_else(text: str) -> None:
    ciphertext = Cipher(b"one").encrypt(text)
    assert Cipher(b"one").decrypt(ciphertext) == text
    with pytest.raises(WrongKeyError):
        Cipher(b"two").decrypt(ciphertext)


def test_marks_follow_names() -> None:
    inputs = {"a": Secret(1), "b": {"c": Secret(2), "d": 3}, "list": [1, Secret(2)], "gone": Secret(1)}
    outputs = {"a": 1, "b": {"c": 2, "d": 3}, "list": [1, 2], "e": 2}
    assert values.mark_like(outputs, inputs) == {
        "a": Secret(1),
        "b": {"c": Secret(2), "d": 3},
        "list": Secret([1, 2]),
        "e": 2,
    }


def test_marks_of_outputs_are_asked_for_or_come_from_secret_inputs() -> None:
    marked = values.mark_outputs({"a": 1, "b": 2, "c": 3, "id": 4}, {"b": Secret(2)}, ["a", "id", "absent"])
    assert marked == {"a": Secret(1), "b": Secret(2), "c": 3, "id": 4}


def test_secrets_hide_themselves() -> None:
    assert "hunter2" not in repr({"a": [Secret("hunter2")]})
    assert values.redact({"a": [Secret("hunter2"), UNKNOWN]}) == {"a": ["[secret]", "[unknown]"]}
    assert values.unwrap({"a": [Secret({"b": Secret(1)})]}) == {"a": [{"b": 1}]}


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("a", ["a"]),
        ("a.b[0].c", ["a", "b", "0", "c"]),
        ('a["b.c"][*]', ["a", "b.c", "*"]),
    ],
)
def test_paths(path: str, parts: list[str]) -> None:
    assert values.parse_path(path) == parts


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a", {"a": "old", "b": [{"c": "new"}], "new": 1, "secret": Secret({"x": "new"})}),
        ("b[0].c", {"a": "new", "b": [{"c": "old"}], "new": 1, "secret": Secret({"x": "new"})}),
        ("b[*].c", {"a": "new", "b": [{"c": "old"}], "new": 1, "secret": Secret({"x": "new"})}),
        ("new", {"a": "new", "b": [{"c": "new"}], "secret": Secret({"x": "new"})}),
        ("gone", {"a": "new", "b": [{"c": "new"}], "new": 1, "secret": Secret({"x": "new"}), "gone": 2}),
        ("secret.x", {"a": "new", "b": [{"c": "new"}], "new": 1, "secret": Secret({"x": "old"})}),
        ("b.nothing.here", {"a": "new", "b": [{"c": "new"}], "new": 1, "secret": Secret({"x": "new"})}),
    ],
)
def test_ignored_paths_are_set_back(path: str, expected: values.Properties) -> None:
    news = {"a": "new", "b": [{"c": "new"}], "new": 1, "secret": Secret({"x": "new"})}
    olds = {"a": "old", "b": [{"c": "old"}], "gone": 2, "secret": Secret({"x": "old"})}
    assert values.keep_ignored(news, olds, [path]) == expected


def test_one_path_may_cover_another() -> None:
    assert values.path_contains("a", "a.b")
    assert values.path_contains("*", "a")
    assert values.path_contains("a[*].b", "a[3].b.c")
    assert not values.path_contains("a.b", "a")
