"""What the inputs may hold, and how a value that may not be is refused."""

from __future__ import annotations

import re
from typing import Annotated, LiteralString

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from helm_rollback_component.inputs.problems import REFUSAL

_RELEASE_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LONGEST_RELEASE_NAME = 53
_LONGEST_NAMESPACE = 63


def _release_name(name: str) -> str:
    if len(name) > _LONGEST_RELEASE_NAME or not _RELEASE_NAME.fullmatch(name):
        raise PydanticCustomError(
            "name",
            "{name} is not a release name: use at most 53 lowercase letters, digits, '-' and '.', "
            "and begin and end with a letter or digit",
            {"name": repr(name)},
        )
    return name


def _namespace(name: str) -> str:
    if len(name) > _LONGEST_NAMESPACE or not _NAMESPACE.fullmatch(name):
        raise PydanticCustomError(
            "name",
            "{name} is not a namespace: use at most 63 lowercase letters, digits and '-', "
            "and begin and end with a letter or digit",
            {"name": repr(name)},
        )
    return name


ReleaseName = Annotated[str, AfterValidator(_release_name)]
Namespace = Annotated[str, AfterValidator(_namespace)]
Seconds = Annotated[int, Field(gt=0)]
NonEmpty = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


def refusal(name: str, message: LiteralString, *others: str) -> PydanticCustomError:
    """Return the error that refuses the input `name`, because of that input or of the `others`."""
    return PydanticCustomError(REFUSAL, message, {"property": name, "others": others})


class Part(BaseModel):
    """A part of the inputs: frozen, and without keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
