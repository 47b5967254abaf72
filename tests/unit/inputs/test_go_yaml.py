"""YAML is read as Go's library reads it; what is expected here is what that library gave."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_rollback_component.inputs import go_yaml
from helm_rollback_component.inputs.flow_colons import PythonLoader
from helm_rollback_component.inputs.go_yaml import YamlError, documents, first_document

BASE = "base: &base {a: 1, b: 2}\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((day, day) for day in ("2001-01-01", "2001-01-01T00:00:00Z", "1:30", "22:22:22", "1.2.3", "_1")),
        *((text, text) for text in ("=", "<<", "tRue", "0b", "0x", "1,000", "-x", "..", "1e400")),
        ("0x1F", 31),
        ("0X1f", 31),
        ("0b11", 3),
        ("-0b101", -5),
        ("0o17", 15),
        ("017", 15),
        ("007", 7),
        ("-0x10", -16),
        ("1_000", 1000),
        ("1_0.5", 10.5),
        (".5_0", 0.5),
        ("+5", 5),
        ("1e3", 1000.0),
        ("2E3", 2000.0),
        (".5", 0.5),
        ("-.5e-3", -0.0005),
        ("1.", 1.0),
        ("0008", 8.0),
        ("09.5", 9.5),
        ("1.10", 1.1),
        ("1e21", 1e21),
        ("9007199254740993", 9007199254740993),
        ("18446744073709551615", 2**64 - 1),
        ("18446744073709551616", 18446744073709551616.0),
        ("-9223372036854775809", -9223372036854775809.0),
        ("0xffffffffffffffffff", "0xffffffffffffffffff"),
        ("9" * 100, 1e100),
        *((word, True) for word in ("y", "Y", "yes", "Yes", "on", "ON", "true", "TRUE")),
        *((word, False) for word in ("n", "No", "off", "false", "False")),
        *((word, None) for word in ("", "~", "null", "Null")),
        ("'1'", "1"),
        ("!!str 5", "5"),
        ("!!int '5'", 5),
        ("!!float 5", 5.0),
        ("!!bool yes", True),
        ("!!null null", None),
        ("!!timestamp 2001-01-01", "2001-01-01"),
        ("!!binary aGVsbG8=", "hello"),
        ("!!binary /w==", "\ufffd"),
        ("!local 5", "5"),
        ("! 5", "5"),
        ("!local {a: 1}", {"a": 1}),
        ("!!set {a}", {"a": None}),
        ("[!local 1, !!seq [2]]", ["1", [2]]),
        ("\t1", 1),
        ("1\t# why", 1),
        ("'1'\t", "1"),
        ('"\\U0001F600"', "😀"),
        ("😀", "😀"),
        ("'a\u2028b'", "a\u2028b"),
    ],
)
def test_scalars(text: str, value: object) -> None:
    read = first_document(f"k: {text}\n")["k"]
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        *(("8080", "8080"), ("0x10", "16"), ("on", "true"), ("n", "false"), ("a", "a"), ("'on'", "on")),
        *(("1.5", "1.5"), ("1.10", "1.1"), ("-0.0", "-0"), ("100000.5", "100000.5"), ("1e10", "1e+10")),
        *(("1234567.5", "1.2345675e+06"), ("0.00001", "1e-05"), ("3.14159265358979", "3.1415927")),
        *(("1e40", ".inf"), ("-1e40", "-.inf"), ("9223372036854775807", "9223372036854775807")),
    ],
)
def test_keys_are_texts(text: str, key: str) -> None:
    assert first_document(f"{text}: x\n") == {key: "x"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: &v 1\nb: &v 2\nc: *v\n", {"a": 1, "b": 2, "c": 2}),
        ("a: &v [&v 1, *v]\nb: *v\n", {"a": [1, 1], "b": 1}),
        ("&k a: 1\nb: *k\n*k : 2\n", {"a": 2, "b": "a"}),
        ("a: 1\na: {b: 1}\na: {c: 2}\n", {"a": {"c": 2}}),
        (f"{BASE}m: {{<<: *base, b: 3}}\n", {"a": 1, "b": 3}),
        (f"{BASE}m: {{b: 3, <<: *base}}\n", {"a": 1, "b": 2}),
        (f"{BASE}m: {{<<: [*base, {{a: 9, c: 3}}]}}\n", {"a": 1, "b": 2, "c": 3}),
        (f"{BASE}m: {{!!merge <<: *base}}\n", {"a": 1, "b": 2}),
        (f"{BASE}m: {{'<<': 1}}\n", {"<<": 1}),
        ("\ufeffa: 1\r\nb: |\r\n  x\r\n  y\r\n", {"a": 1, "b": "x\ny\n"}),
        ("%YAML 1.1\n---\na: 1\n...\n", {"a": 1}),
        ("a: 1\n---\nb: [\n", {"a": 1}),
        ("? a\n: {? b : c}\n", {"a": {"b": "c"}}),
    ],
)
def test_structure(text: str, value: dict[str, Any]) -> None:
    read = first_document(text)
    assert read.get("m", read) == value


COLONS_WITHIN_BRACKETS = [
    ("[a:]", ["a:"]),
    ("[a, b:]", ["a", "b:"]),
    ("[a:,b]", ["a:", "b"]),
    ("[a::]", ["a::"]),
    ("[a :, b]", ["a :", "b"]),
    ("[-:]", ["-:"]),
    ("[a: b:]", [{"a": "b:"}]),
    ("[a:\n b:]", [{"a": "b:"}]),
    ("[[1:], {2:}]", [["1:"], {"2:": None}]),
    ("{a, b:}", {"a": None, "b:": None}),
    ("{a: b:, c: d:}", {"a": "b:", "c": "d:"}),
    ("[!!str a:, &x b:, *x]", ["a:", "b:", "b:"]),
    ('["\\uE000", \ue000:, a:, c]', ["\ue000", "\ue000:", "a:", "c"]),
    ("[\"a\":, 'b':]", [{"a": None}, {"b": None}]),
    ("[é😀:]", ["é😀:"]),
]


@pytest.mark.parametrize(("text", "value"), COLONS_WITHIN_BRACKETS)
def test_a_colon_within_brackets_is_part_of_a_text_unless_white_space_follows(
    text: str, value: object
) -> None:
    assert first_document(f"\ufeffm: {text}\n") == {"m": value}
    assert first_document(f"m: {text}\r\n".encode("utf-16")) == {"m": value}


@pytest.mark.parametrize(("text", "value"), COLONS_WITHIN_BRACKETS)
def test_without_libyaml_it_is_read_alike(monkeypatch: pytest.MonkeyPatch, text: str, value: object) -> None:
    monkeypatch.setattr(go_yaml, "Loader", PythonLoader)
    assert first_document(f"m: {text}\n") == {"m": value}


def test_documents_before_such_a_colon_are_yielded_once() -> None:
    assert list(documents("a: 1\n---\nb: [c:]\n---\nd: {e:}\n")) == [
        {"a": 1},
        {"b": ["c:"]},
        {"d": {"e:": None}},
    ]


def test_a_text_is_not_read_again_without_end() -> None:
    colons = "[a:]," * 1000
    with pytest.raises(YamlError, match="not YAML in line 1"):
        first_document(f"m: [{colons}]")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_bytes_are_read_by_their_mark(encoding: str) -> None:
    assert first_document("ä: ö".encode(encoding)) == {"ä": "ö"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: *x", "there is an alias of no anchor in line 1"),
        ("a: 1\nb: &x {c: *x}", "there is an anchor that contains itself in line 2"),
        ("<<: 1", "a merge key needs a mapping or a list of mappings in line 1"),
        ("a: &l [{b: 1}]\nc: {<<: *l}", "a merge key needs a mapping or a list of mappings in line 2"),
        ("a: .inf", "a number is not finite in line 1"),
        ("a: !!int x", "a value is not of the type int that its tag says in line 1"),
        ("a: !!binary '*'", "a binary value is not in base64 in line 1"),
        ("~: a", "a key is neither a text nor a number nor a boolean in line 1"),
        ("[a]: b", "a key is neither a text nor a number nor a boolean in line 1"),
        ("18446744073709551615: a", "a key is neither a text nor a number nor a boolean in line 1"),
        ("a:\n\tb: 1", "it is not YAML in line 2"),
        ("a: @x", "it is not YAML in line 1"),
        ("a: [b:[c]]", "it is not YAML in line 1"),
        ("a: [b:]\nc: [d:{e: f}]", "it is not YAML in line 2"),
        (b"a: [b:]" + b" " * 200_000 + b"\xff", "it is not YAML in line 1"),
        ("a: [b:]" + "".join(map(chr, range(0xE000, 0xF900))), "it is not YAML in line 1"),
        ("a: b?\nc: [d?e]", "a text within brackets contains a question mark and no quotes in line 2"),
        ("a:\n  {b: [], c: d?}", "a text within brackets contains a question mark and no quotes in line 2"),
        ("a: \0", "it is not YAML"),
        (b"a: \xff", "it is not YAML"),
        ("a: \ud800", "it is not YAML"),
        pytest.param(f"a: {'[' * 5000}{']' * 5000}", "it is nested too deeply in line 1", id="depth"),
        pytest.param(
            f"a: &a {'[' * 60}{']' * 60}\nb: {'[' * 60}*a{']' * 60}",
            "it is nested too deeply in line 2",
            id="depth behind an alias",
        ),
    ],
)
def test_what_go_refuses(text: str | bytes, message: str) -> None:
    with pytest.raises(YamlError) as refused:
        first_document(text)
    assert str(refused.value) == message


def nested_aliases(levels: int) -> str:
    lines = [f"a0: &a0 [{', '.join('x' * 10)}]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels + 1)]
    return "\n".join(lines)


def test_aliases_may_not_multiply_without_end() -> None:
    first_document(nested_aliases(1))
    with pytest.raises(YamlError, match="there are too many aliases in line"):
        first_document(nested_aliases(8))


def test_every_document_has_anchors_of_its_own() -> None:
    found = documents("a: &x 1\n---\nb: *x\n")
    assert next(found) == {"a": 1}
    with pytest.raises(YamlError, match="no anchor in line 3"):
        next(found)


@given(st.text(alphabet=st.sampled_from("ab:-?[]{},&*!|>'\"#%@ \t\n<.1~=é\ufeff"), max_size=40))
def test_nothing_but_that_refusal_ends_the_reading(text: str) -> None:
    with suppress(YamlError):
        list(documents(text))


def test_what_is_read_with_safe_yaml_is_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(go_yaml, "Loader", PythonLoader)
    assert list(documents("a: &v 1\nb: [&v 2, *v, =]\n---\nc: |\n  x\n")) == [
        {"a": 1, "b": [2, 2, "="]},
        {"c": "x\n"},
    ]


def test_what_stands_behind_aliases_counts_as_deep_as_it_is() -> None:
    text = f"a: &a {'[' * 40}{']' * 40}\nb: &b {'[' * 40}*a{']' * 40}\nc: [*b, 1]\n"
    assert first_document(text)["c"][1] == 1
    with pytest.raises(YamlError, match="it is nested too deeply in line 4"):
        first_document(f"{text}d: {'[' * 20}*b{']' * 20}")


def test_no_more_values_are_made_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(go_yaml, "_MOST_NODES", 10)
    assert first_document("[1, 2, 3, 4, 5, 6, 7, 8, 9]")[-1] == 9
    for text in ("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", "- &a [1, 2]\n- *a\n- *a\n"):
        with pytest.raises(YamlError, match="it has too many values in line"):
            first_document(text)
