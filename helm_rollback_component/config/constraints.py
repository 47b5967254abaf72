"""What the inputs may hold, and how a value that may not be is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Final, Literal, LiteralString

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, StringConstraints
from pydantic_core import PydanticCustomError

from helm_rollback_component.inputs.problems import REFUSAL

if TYPE_CHECKING:
    from helm_rollback_component.inputs.spelling import Fields

_RELEASE_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LABEL_NAME = re.compile(r"[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?", re.ASCII)
_LABEL_KEY = re.compile(rf"({_RELEASE_NAME.pattern}/)?{_LABEL_NAME.pattern}", re.ASCII)
_HELMS_LABELS = frozenset({"createdAt", "modifiedAt", "name", "owner", "status", "version"})
_NUMBER = re.compile(r"\d+(\.0)?")
_LONGEST_RELEASE_NAME = 53
_LONGEST_NAMESPACE = 63


def is_release_name(name: str) -> bool:
    """Return whether Helm takes the name for a release."""
    return len(name) <= _LONGEST_RELEASE_NAME and bool(_RELEASE_NAME.fullmatch(name))


def _if_fit(fit: object, name: str, refusal: LiteralString) -> str:
    if not fit:
        raise PydanticCustomError("name", refusal, {"name": repr(name)})
    return name


def _release_name(name: str) -> str:
    return _if_fit(
        is_release_name(name),
        name,
        "{name} is not a release name: use at most 53 lowercase letters, digits, '-' and '.', "
        "and begin and end with a letter or digit",
    )


def _namespace(name: str) -> str:
    return _if_fit(
        len(name) <= _LONGEST_NAMESPACE and _NAMESPACE.fullmatch(name),
        name,
        "{name} is not a namespace: use at most 63 lowercase letters, digits and '-', "
        "and begin and end with a letter or digit",
    )


CURRENT: Final = "current"
"""The floor that is the last good revision."""


def _floor(value: object) -> int | Literal["current"]:
    if value == CURRENT:
        return CURRENT
    number = float(value) if isinstance(value, int | float | str) and _NUMBER.fullmatch(str(value)) else 0
    if isinstance(value, bool) or number < 1:
        raise PydanticCustomError(
            "name",
            "is {value}; use the number of a revision, 1 or higher, or 'current'",
            {"value": repr(value)},
        )
    return int(number)


def _label_key(key: str) -> str:
    if key in _HELMS_LABELS:
        raise PydanticCustomError("name", "Helm itself sets the label {key}; use another key", {"key": key})
    return _if_fit(
        _LABEL_KEY.fullmatch(key),
        key,
        "{name} is not the key of a label: use at most 63 letters, digits, '-', '_' and '.', and begin "
        "and end with a letter or digit; a domain and '/' may come before it",
    )


def _label_value(value: str) -> str:
    return _if_fit(
        not value or _LABEL_NAME.fullmatch(value),
        value,
        "{name} is not the value of a label: use at most 63 letters, digits, '-', '_' and '.', and "
        "begin and end with a letter or digit",
    )


def _value_file(given: object) -> object:
    match given:
        case str() if given.strip():
            return given
        case {"text": str()}:
            return given
        case str():
            what = "an empty text"
        case {"asset": str(kind)}:
            what = f"of type {kind}"
        case _:
            what = f"of type {type(given).__name__}"
    message = "is {what}; use the path of a file, pulumi.FileAsset or pulumi.StringAsset"
    raise PydanticCustomError("name", message, {"what": what})


Floor = Annotated[int | Literal["current"], PlainValidator(_floor)]
ReleaseName = Annotated[str, AfterValidator(_release_name)]
Namespace = Annotated[str, AfterValidator(_namespace)]
Labels = dict[Annotated[str, AfterValidator(_label_key)], Annotated[str, AfterValidator(_label_value)]]
"""Labels that Kubernetes takes, and that Helm does not set itself."""
Seconds = Annotated[int, Field(gt=0)]
ValueFile = Annotated[str | Mapping[str, str], PlainValidator(_value_file)]
"""The path of a file, or its text under the key ``text``; what is said of it never repeats a text."""
NonEmpty = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


def refusal(name: str, message: LiteralString, *others: str) -> PydanticCustomError:
    """Return the error that refuses the input `name`, because of that input or of the `others`."""
    return PydanticCustomError(REFUSAL, message, {"property": name, "others": others})


class Part(BaseModel):
    """A part of the inputs: frozen, and without keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


@cache
def fields_of(part: type[BaseModel]) -> Fields:
    """Return the names of the fields of `part`, with those of the parts in it."""
    return {name: _fields_within(info.annotation) for name, info in part.model_fields.items()}


def _fields_within(annotation: object) -> Fields | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return fields_of(annotation)
    return None
