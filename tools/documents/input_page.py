"""Every input of a release, with its type, its default and what it does."""

from __future__ import annotations

import inspect
import types
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.config.constraints import Floor, ValueFile
from helm_rollback_component.plugin.documentation import written_below_fields
from tools.documents.markdown import one_line, table
from tools.documents.markdown import page as page_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTRODUCTION = """
    The second argument of `HelmRelease` is a dictionary of these inputs; sections, such as `source`, are
    dictionaries in it. Keys are written in snake_case here, which type checkers know; camelCase is taken
    too, for inputs that come from YAML or JSON, and is what [programs in other languages](languages.md)
    write. Each input may be an output of another resource, unless its text says otherwise. `pulumi preview`
    reports all errors in the inputs at once, and an editor shows these texts.

    Value files are read as Helm 4 reads them, with every Helm: all documents of a file count, while Helm 3
    by itself would read only the first. `timeouts` may also be given as the option `custom_timeouts`. An
    input that the chosen Helm does not support is refused. The embedded Helm supports every input that its
    library has an option for: 0.2.2 has them all, but `verify`, `ca_file`, `cert_file` and `key_file` for
    an `oci://` chart. Where the API server refuses unknown fields itself (1.27 and later), Helm 4 and the
    embedded Helm do not validate against the OpenAPI schema, because that would only take time.
"""
_NAMES: dict[Any, str] = {
    bool: "bool",
    int: "int",
    float: "seconds",
    str: "text",
    Any: "any value",
    Floor: "int, or `current`",
    ValueFile: "path or asset",
}


def page() -> str:
    """Return the page."""
    return page_of("Inputs", _INTRODUCTION, *_sections("", HelmConfig))


def _sections(path: str, model: type[BaseModel]) -> Iterator[str]:
    """Yield the section of a model, and of those in it."""
    heading = f"`{path}`" if path else "Of the release"
    yield f"## {heading}\n\n{one_line(inspect.getdoc(model) or '')}\n\n{_table(path, model)}"
    for name, kind in _hints(model).items():
        if _is_model(kind):
            yield from _sections(_below(path, name), kind)


def _table(path: str, model: type[BaseModel]) -> str:
    texts = written_below_fields(model)
    rows = (
        [f"`{name}`", _type(_below(path, name), kind), texts[name]] for name, kind in _hints(model).items()
    )
    return table(("Input", "Type", "What it does"), rows)


def _hints(model: type[BaseModel]) -> dict[str, Any]:
    hints = get_type_hints(model, include_extras=True)
    return {name: _bare(hints[name]) for name in model.model_fields}


def _type(path: str, kind: Any) -> str:
    if _is_model(kind):
        return f"[section](#{path.replace('.', '')})"
    if kind in _NAMES:
        return _NAMES[kind]
    arguments = get_args(kind)
    if get_origin(kind) is Literal:
        return " or ".join(f"`{each}`" for each in arguments)
    if get_origin(kind) is dict:
        return "dictionary"
    return f"list of {_type(path, _bare(arguments[0]))}"


def _bare(kind: Any) -> Any:
    """Return a type without None, and without what a value must be like."""
    if kind in _NAMES:
        return kind
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        (only,) = (each for each in get_args(kind) if each is not type(None))
        return _bare(only)
    return kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
