"""The documentation of inputs and outputs, read from where they are declared, as other languages spell it."""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import fields
from functools import cache
from itertools import pairwise

from helm_rollback_component.inputs.spelling import camel

_NAME = re.compile(r"`([a-z]+(?:_[a-z]+)+)`")
_TRUTH = re.compile(r"\b(True|False)\b")
_ATTRIBUTE = re.compile(r"^(\w+): (.*)$")


def summary(declaring: type) -> str:
    """Return the first sentence of a class."""
    return _translated(inspect.getdoc(declaring) or "").partition("\n")[0]


@cache
def below_fields(declaring: type) -> dict[str, str]:
    """Return the texts that follow the fields of a class, by their names."""
    return {name: _translated(text) for name, text in written_below_fields(declaring).items()}


def written_below_fields(declaring: type) -> dict[str, str]:
    """Return the texts that follow the fields of a class as they are written there, by their names."""
    (definition,) = ast.parse(inspect.getsource(declaring)).body
    statements = definition.body if isinstance(definition, ast.ClassDef) else []
    texts = ((_target(field), _text(text)) for field, text in pairwise(statements))
    return {name: text for name, text in texts if name and text}


@cache
def of_attributes(declaring: type) -> dict[str, str]:
    """Return the texts under ``Attributes`` in the docstring of a dataclass, by the fields' names."""
    return {name: _translated(text) for name, text in written_of_attributes(declaring).items()}


def written_of_attributes(declaring: type) -> dict[str, str]:
    """Return the same texts as sentences, and else as they are written there."""
    _, _, section = (inspect.getdoc(declaring) or "").partition("Attributes:\n")
    found: dict[str, str] = {}
    name = ""
    for line in map(str.strip, section.splitlines()):
        begun = _ATTRIBUTE.match(line)
        if begun and begun[1] in {field.name for field in fields(declaring)}:
            name, line = begun.groups()  # noqa: PLW2901
        found[name] = f"{found.get(name, '')} {line}".strip()
    return {name: _sentence(text) for name, text in found.items()}


def _target(statement: ast.stmt) -> str:
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case _:
            return ""


def _text(statement: ast.stmt) -> str:
    match statement:
        case ast.Expr(value=ast.Constant(value=str() as text)):
            return text
        case _:
            return ""


def _translated(text: str) -> str:
    """Return a text as it reads in another language: each paragraph on one line, and names in camelCase.

    The provider of a release is this plugin's there.
    """
    lines = "\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
    lines = _NAME.sub(lambda found: f"`{camel(found[1])}`", lines.replace("``", "`"))
    lines = lines.replace("Kubernetes provider", "provider")
    return _TRUTH.sub(lambda found: found[1].lower(), lines)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "…")) else ".")
