"""Values survive Pulumi, are merged as Helm merges them, and read from files as Helm reads them."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from helm_rollback_component.errors import ValidationError
from helm_rollback_component.inputs.chart_values import decode, encode, merge, read_files

if TYPE_CHECKING:
    from pathlib import Path

LARGE = 2**53 + 1

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def through_pulumi(value: Any) -> Any:  # noqa: ANN401  # JSON-like
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


class TestMerge:
    @pytest.mark.parametrize(
        ("layers", "merged"),
        [
            ([], {}),
            ([{"a": 1}, {"b": 2}], {"a": 1, "b": 2}),
            ([{"a": 1}, {"a": 2}], {"a": 2}),
            ([{"a": {"x": 1, "y": 1}}, {"a": {"y": 2}}], {"a": {"x": 1, "y": 2}}),
            ([{"a": [1, 2]}, {"a": [3]}], {"a": [3]}),
            ([{"a": {"x": 1}}, {"a": 2}], {"a": 2}),
            ([{"a": 1}, {"a": {"x": 1}}], {"a": {"x": 1}}),
            ([{"a": {"x": 1}}, {"a": None}], {"a": None}),
        ],
    )
    def test_later_layers_win_mapping_by_mapping(
        self, layers: list[dict[str, Any]], merged: dict[str, Any]
    ) -> None:
        assert merge(layers) == merged

    def test_the_layers_are_left_alone(self) -> None:
        first: dict[str, Any] = {"a": {"x": 1}}
        merge([first, {"a": {"y": 2}}])
        assert first == {"a": {"x": 1}}


class TestReadFiles:
    def read(self, folder: Path, text: str) -> dict[str, Any]:
        path = folder / "values.yaml"
        path.write_text(text, encoding="utf-8")
        return read_files([str(path)])[0]

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("2001-01-01", "2001-01-01"),
            ("1:30", "1:30"),
            ("22:22:22", "22:22:22"),
            ("0x1F", 31),
            ("0b11", 3),
            ("0o17", 15),
            ("017", 15),
            ("-0x10", -16),
            ("1_000", 1000),
            ("1_0.5", 10.5),
            ("+5", 5),
            ("1e3", 1000.0),
            ("2E3", 2000.0),
            (".5", 0.5),
            ("1.", 1.0),
            ("0008", 8.0),
            ("1.10", 1.1),
            ("yes", True),
            ("y", True),
            ("N", False),
            ("off", False),
            ("~", None),
            ("'1'", "1"),
            ("1.2.3", "1.2.3"),
            ("", None),
        ],
    )
    def test_scalars_are_read_as_helm_reads_them(self, tmp_path: Path, text: str, value: object) -> None:
        read = self.read(tmp_path, f"key: {text}")["key"]
        assert (read, type(read)) == (value, type(value))

    @pytest.mark.parametrize(
        ("text", "key"), [("8080", "8080"), ("1.5", "1.5"), ("on", "true"), ("n", "false"), ("a", "a")]
    )
    def test_keys_are_texts_as_helm_has_them(self, tmp_path: Path, text: str, key: str) -> None:
        assert self.read(tmp_path, f"tcp: {{{text}: x}}") == {"tcp": {key: "x"}}

    @pytest.mark.parametrize("text", ["", "# nothing", "---\n"])
    def test_an_empty_file_has_no_values(self, tmp_path: Path, text: str) -> None:
        assert self.read(tmp_path, text) == {}

    def test_anchors_are_followed(self, tmp_path: Path) -> None:
        read = self.read(tmp_path, "base: &base {a: 1}\nmore: {<<: *base, b: 2}")
        assert read["more"] == {"a": 1, "b": 2}

    def test_files_are_read_in_order(self, tmp_path: Path) -> None:
        paths = []
        for name in ("b", "a"):
            (tmp_path / name).write_text(f"name: {name}", encoding="utf-8")
            paths.append(str(tmp_path / name))
        assert read_files(paths) == [{"name": "b"}, {"name": "a"}]

    @pytest.mark.parametrize(
        ("content", "fault"),
        [
            (b"a: [", "is not valid YAML"),
            (b"? [a]\n: b", "is not valid YAML"),
            (b"~: b", "is not valid YAML"),
            (b"\xff\xfe\x00", "is not valid YAML"),
            (b"- a", "does not contain a mapping of values"),
            (b"text", "does not contain a mapping of values"),
        ],
    )
    def test_what_holds_no_values_is_refused(self, tmp_path: Path, content: bytes, fault: str) -> None:
        path = tmp_path / "values.yaml"
        path.write_bytes(content)
        with pytest.raises(ValidationError) as refused:
            read_files([str(path)])
        assert str(refused.value) == f"value_files[0]: {path} {fault}"

    def test_every_fault_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "good").write_text("a: 1", encoding="utf-8")
        paths = [str(tmp_path / name) for name in ("missing", "good", "absent")]
        with pytest.raises(ValidationError) as refused:
            read_files(paths)
        assert [problem.path for problem in refused.value.problems] == ["value_files[0]", "value_files[2]"]
        assert "cannot be read: No such file" in refused.value.problems[0].message

    def test_the_same_text_is_parsed_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        text = f"name: {uuid.uuid4()}"
        parse = Mock(wraps=yaml.load)
        monkeypatch.setattr(yaml, "load", parse)
        assert self.read(tmp_path, text) == self.read(tmp_path, text)
        assert parse.call_count == 1
