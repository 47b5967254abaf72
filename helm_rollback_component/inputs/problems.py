"""Pydantic's errors as `Problem`s: the path of the property, what is wrong, and what would be right."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from helm_rollback_component.errors import Problem
from helm_rollback_component.inputs.property_paths import path_of, steps_of
from helm_rollback_component.inputs.spelling import fields_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import ValidationError as PydanticValidationError
    from pydantic_core import ErrorDetails

    from helm_rollback_component.inputs.spelling import Fields

_OF_A_KEY = "[key]"
"""Pydantic's last step to what is wrong with a key, not with its value."""

REFUSAL = "refusal"
"""Type of a finding that concerns several properties.

Its context names the one to fix as ``property``, and the others that are part of the cause as ``others``.
"""

_KINDS = {
    "bool": "True or False",
    "dict": "a dictionary",
    "finite": "a number",
    "float": "a number",
    "int": "a whole number",
    "model": "a dictionary",
    "string": "a text",
    "tuple": "a list",
}
"""What an input has to be, by the first part of the type of pydantic's error."""

_NAMES = {str: "a text", list: "a list", tuple: "a list", dict: "a dictionary", type(None): "None"}


def from_pydantic(error: PydanticValidationError, fields: Fields) -> Iterator[Problem]:
    """Yield one `Problem` for each finding of `error`, in its order; `fields` are the known keys."""
    for details in error.errors(include_url=False, include_input=True):
        yield _problem(details, fields)


def hidden_by(problem: Problem, unknown: Iterable[str]) -> bool:
    """Whether `problem` may be due only to inputs at the `unknown` paths, whose values are not known yet."""
    concerned = (problem.path, *problem.others)
    return any(_within(path, part) or _within(part, path) for path in unknown for part in concerned)


def _within(path: str, parent: str) -> bool:
    return not parent or path == parent or path.startswith((f"{parent}.", f"{parent}["))


def _problem(details: ErrorDetails, fields: Fields) -> Problem:
    steps = [step for step in details["loc"] if not isinstance(step, int)]
    path = path_of([step for step in details["loc"] if step != _OF_A_KEY])
    message = details["msg"]
    others: tuple[str, ...] = ()
    match details["type"]:
        case "extra_forbidden":
            message = _unknown_key(str(details["loc"][-1]), fields_at(fields, tuple(map(str, steps[:-1]))))
        case "missing":
            message = "required, but missing"
        case "literal_error":
            message = f"is {details['input']!r}; use one of {details['ctx']['expected']}"
        case _ if details["type"] == REFUSAL:
            path = _within_part(details, details["ctx"]["property"])
            others = tuple(_within_part(details, other) for other in details["ctx"]["others"])
        case "name":
            pass
        case _:
            message = f"is {_shown(details['input'])}; use {_wanted(details)}"
    return Problem(path, message, others)


def _wanted(details: ErrorDetails) -> str:
    """Return what pydantic's error asks for, by the first part of its type that says so."""
    limits = details.get("ctx", {})
    match details["type"].split("_"):
        case ["greater", "than"]:
            return f"a number above {limits['gt']:g}"
        case ["greater", "than", "equal"]:
            return f"{limits['ge']:g} or higher"
        case ["string", "too", "long"]:
            return f"at most {limits['max_length']} characters"
        case ["string", "too", "short"]:
            return "one that is not empty"
        case parts:
            return _KINDS.get(parts[0], details["msg"])


def _within_part(details: ErrorDetails, path: str) -> str:
    return path_of((*details["loc"], *steps_of(path)))


def _unknown_key(key: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(key, names, n=1)
    hint = f"did you mean {close[0]}?" if close else f"known here: {', '.join(names)}"
    return f"unknown key; {hint}"


def _shown(value: Any) -> str:
    """Return a number as it was written; of all else only what it is, because it may be secret."""
    match value:
        case float() if value.is_integer():
            return str(int(value))
        case int() | float():
            return str(value)
        case _:
            return _NAMES.get(type(value), f"of type {type(value).__name__}")
