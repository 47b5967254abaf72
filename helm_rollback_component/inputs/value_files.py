"""Files with values for a chart: read as Helm reads them, and merged."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.inputs import go_yaml
from helm_rollback_component.inputs.file_content import content_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from helm_rollback_component.inputs.file_content import ValueFile

_FILES_KEPT = 64
_LONGEST_PATH = 4096
_SEPARATOR = re.compile(rb"^---[^\S\n]*(?:#.*)?$", re.MULTILINE)
"""What Helm 4 takes for the end of a document, before it parses one."""


def merge(layers: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the layers as one, later ones over earlier ones, mapping by mapping, as Helm merges them."""
    merged: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            before = merged.get(key)
            both = isinstance(before, Mapping) and isinstance(value, Mapping)
            merged[key] = merge([before, value]) if both else value  # type: ignore[list-item]
    return merged


def read_files(files: Sequence[ValueFile]) -> list[dict[str, Any]]:
    """Return the content of each value file, not to be changed: the same text is parsed once.

    Raises:
        ValidationError: a file is missing, or Helm could not read it; all such files are named.
    """
    problems: list[Problem] = []
    contents: list[dict[str, Any]] = []
    for index, file in enumerate(files):
        try:
            contents.append(_parsed(content_of(file)))
        except OSError as error:
            problems.append(_problem(index, file, f"cannot be read: {error.strerror}"))
        except ValueError as error:
            problems.append(_problem(index, file, f"cannot be read: {error}"))
    if problems:
        raise ValidationError(problems)
    return contents


@functools.lru_cache(_FILES_KEPT)
def _parsed(content: bytes) -> dict[str, Any]:
    """Return the values in the documents of a file, merged as Helm 4 does it; Helm 3 reads only the first."""
    return merge(map(_mapping, _documents(content)))


def _documents(content: bytes) -> Iterator[bytes]:
    """Yield each document, with as many empty lines before it as there are lines before it in the file."""
    begin = 0
    for separator in _SEPARATOR.finditer(content):
        yield b"\n" * content.count(b"\n", 0, begin) + content[begin : separator.start()]
        begin = separator.end()
    yield b"\n" * content.count(b"\n", 0, begin) + content[begin:]


def _mapping(document: bytes) -> dict[str, Any]:
    found = go_yaml.first_document(document)
    if not isinstance(found, dict | None):
        raise go_yaml.YamlError("it does not contain a mapping of values")
    return found or {}


def _problem(index: int, file: ValueFile, fault: str) -> Problem:
    path = f"value_files[{index}]"
    if isinstance(file, str) and ("\n" in file or len(file) > _LONGEST_PATH):
        return Problem(path, "is not the path of a file; give the text of one as pulumi.StringAsset")
    return Problem(path, f"{file} {fault}" if isinstance(file, str) else fault)
