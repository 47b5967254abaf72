"""Value files: read and merged as Helm does it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest

from helm_rollback_component.errors import ValidationError
from helm_rollback_component.inputs import go_yaml
from helm_rollback_component.inputs.value_files import merge, read_files

if TYPE_CHECKING:
    from pathlib import Path

    from helm_rollback_component.inputs.file_content import ValueFile


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
    def read(self, text: str) -> dict[str, Any]:
        return read_files([{"text": text}])[0]

    @pytest.mark.parametrize("text", ["", "# nothing", "---\n", "null\n", "---\n# nothing\n---\n"])
    def test_an_empty_file_has_no_values(self, text: str) -> None:
        assert self.read(text) == {}

    @pytest.mark.parametrize(
        "text",
        [
            "a: {b: 1}\n---\na: {c: 2}\n",
            "---\na: {b: 1}\n--- # more\na: {c: 2}\n---\n",
            "a: {b: 1}\r\n---\r\na: {c: 2}\r\n",
            "\ufeffa: {b: 0}\n---\t\na: {b: 1, c: 2}",
        ],
    )
    def test_several_documents_are_merged(self, text: str) -> None:
        assert self.read(text) == {"a": {"b": 1, "c": 2}}

    def test_files_are_read_in_order(self, tmp_path: Path) -> None:
        (tmp_path / "b").write_text("name: b", encoding="utf-16")
        assert read_files([str(tmp_path / "b"), {"text": "name: a"}]) == [{"name": "b"}, {"name": "a"}]

    @pytest.mark.parametrize(
        ("content", "fault"),
        [
            (b"a: [", "it is not YAML in line 2"),
            (b"a: 1\n---\nb: 1\n\tc: 1", "it is not YAML in line 4"),
            (b"a: 1\n? [a]\n: b", "a key is neither a text nor a number nor a boolean in line 2"),
            (b"a: .nan", "a number is not finite in line 1"),
            (b"\xff\xfe\x00", "it is not YAML"),
            (b"- a", "it does not contain a mapping of values"),
            (b"text", "it does not contain a mapping of values"),
        ],
    )
    def test_what_helm_cannot_read_is_refused(self, tmp_path: Path, content: bytes, fault: str) -> None:
        path = tmp_path / "values.yaml"
        path.write_bytes(content)
        with pytest.raises(ValidationError) as refused:
            read_files([str(path)])
        assert str(refused.value) == f"value_files[0]: {path} cannot be read: {fault}"

    def test_every_fault_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "good").write_text("a: 1", encoding="utf-8")
        files: list[ValueFile] = [
            str(tmp_path / "missing"),
            str(tmp_path / "good"),
            "a\0b",
            {"text": "a: hunter2: 1"},
        ]
        with pytest.raises(ValidationError) as refused:
            read_files(files)
        problems = refused.value.problems
        assert [problem.path for problem in problems] == [
            "value_files[0]",
            "value_files[2]",
            "value_files[3]",
        ]
        assert "cannot be read: No such file" in problems[0].message
        assert problems[2].message == "cannot be read: it is not YAML in line 1"

    @pytest.mark.parametrize("text", ["replicas: 2\npassword: hunter2\n", f"a: {'x' * 9000}\n"])
    def test_a_text_in_place_of_a_path_is_told_without_repeating_it(self, text: str) -> None:
        with pytest.raises(ValidationError) as refused:
            read_files([text])
        assert str(refused.value) == (
            "value_files[0]: is not the path of a file; give the text of one as pulumi.StringAsset"
        )

    def test_the_same_text_is_parsed_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        text = f"name: {uuid.uuid4()}"
        parse = Mock(wraps=go_yaml.first_document)
        monkeypatch.setattr(go_yaml, "first_document", parse)
        assert self.read(text) == self.read(text)
        assert parse.call_count == 1
