"""Every input is documented where it is declared, with one text for `config` and `args`."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from helm_rollback_component import args, config

PAIRS = {
    "SourceArgs": "SourceConfig",
    "TimeoutsArgs": "TimeoutsConfig",
    "RollbackArgs": "RollbackConfig",
    "OperationsArgs": "OperationsConfig",
    "HistoryArgs": "HistoryConfig",
    "HealthArgs": "HealthConfig",
    "HelmReleaseArgs": "HelmConfig",
}
FROM_ELSEWHERE = {
    "release_name": "Default: the name of the resource.",
    "release_namespace": "Required, unless its Kubernetes provider or the stack's configuration names one.",
}


def texts(declaring: type) -> dict[str, str]:
    """Return the docstrings of a class and of its fields, on one line each, by the fields' names."""
    (definition,) = ast.parse(inspect.getsource(declaring)).body
    assert isinstance(definition, ast.ClassDef)
    found = {"": ast.get_docstring(definition) or ""}
    for field, text in zip(definition.body, [*definition.body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            found[field.target.id] = _text(text)
    return {name: " ".join(text.split()) for name, text in found.items()}


def _text(statement: ast.stmt | None) -> str:
    match statement:
        case ast.Expr(value=ast.Constant(value=str() as text)):
            return text
        case _:
            return ""


def stated(default: Any) -> str:
    """Return how the text of an input ends that has that default."""
    match default:
        case BaseModel():
            return "."
        case bool() | int() | float():
            return f" Default: {default}."
        case str() if default:
            return f" Default: `{default}`."
        case _ if default is PydanticUndefined:
            return " Required."
        case _:
            return " Default: none."


def _fields() -> list[Any]:
    models = {name: getattr(config, model) for name, model in PAIRS.items()}
    return [
        pytest.param(model, field, id=f"{name}.{field}")
        for name, model in models.items()
        for field in model.model_fields
    ]


@pytest.mark.parametrize(("written", "validated"), PAIRS.items())
def test_a_program_reads_the_text_of_the_config(written: str, validated: str) -> None:
    assert texts(getattr(args, written)) == texts(getattr(config, validated))


@pytest.mark.parametrize(("model", "field"), _fields())
def test_the_text_ends_with_the_default(model: type[BaseModel], field: str) -> None:
    info = model.model_fields[field]
    default = info.get_default(call_default_factory=True)
    ending = FROM_ELSEWHERE.get(field) or stated(default)
    assert texts(model)[field].endswith(ending)
