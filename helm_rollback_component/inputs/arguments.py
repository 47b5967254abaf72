"""Arguments of public functions, at which no type checker may have looked: refused by name. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from helm_rollback_component.errors import Problem, ValidationError

if TYPE_CHECKING:
    from types import UnionType


@dataclass(frozen=True)
class Kind:
    """What an argument may be.

    Attributes:
        type_: its type.
        words: the same in words, for a message.
    """

    type_: type | UnionType
    words: str


FUNCTION: Final = Kind(Callable, "a function that takes one text")  # type: ignore[arg-type]
FUNCTION_OR_NONE: Final = Kind(Callable | None, "a function that takes one text, or None")  # type: ignore[arg-type]
INPUTS: Final = Kind(Mapping, "a dictionary of inputs")
NUMBER: Final = Kind(int, "a whole number")
NUMBER_OR_NONE: Final = Kind(int | None, "a whole number, or None")
TEXT: Final = Kind(str, "a text")


def require(kind: Kind, **given: object) -> None:
    """Refuse arguments that are of another kind; True and False are no numbers.

    Args:
        kind: what all of them have to be.
        given: the arguments, by the names of their parameters.

    Raises:
        ValidationError: names each that is not.
    """
    problems = [
        Problem(name, f"is {_shown(each)}; use {kind.words}")
        for name, each in given.items()
        if isinstance(each, bool) or not isinstance(each, kind.type_)
    ]
    if problems:
        raise ValidationError(problems)


def _shown(argument: object) -> str:
    return "None" if argument is None else f"of type {type(argument).__name__}"
