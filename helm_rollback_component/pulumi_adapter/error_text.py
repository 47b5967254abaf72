"""How an error is shown: an expected one as its one sentence, an unexpected one whole."""

from __future__ import annotations

import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from helm_rollback_component.errors import HelmRollbackError
from helm_rollback_component.pulumi_adapter import process_lifetime

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_FRAMES = 100


class HelmReleaseError(RuntimeError):
    """What a person is shown of an error: the host prints the name of its class, and its text."""


HelmReleaseError.__module__ = "builtins"  # else Python prints the path of this module before the name


@contextmanager
def in_one_line(*properties: Mapping[str, Any]) -> Iterator[None]:
    """Carry out an operation of the provider; its errors are raised as what a person is to see.

    Args:
        properties: those of the resource, of today and of before, whose secrets no error shows.

    Raises:
        HelmReleaseError: for any error; its text is all that is shown.
    """
    from helm_rollback_component.pulumi_adapter import request_context  # noqa: PLC0415  # not for a program
    from helm_rollback_component.telemetry import parent  # noqa: PLC0415  # slow to import

    try:
        with process_lifetime.operation(), parent.below(request_context.traceparent()):
            yield
    except HelmRollbackError as error:
        raise HelmReleaseError(_shown(str(error), properties)) from None
    except Exception as error:  # noqa: BLE001  # for any error, the host would hide where it came from
        text = _shown(whole(error), properties)
        raise HelmReleaseError(f"unexpected error, please report it:\n{text}") from None


def _shown(text: str, properties: Sequence[Mapping[str, Any]]) -> str:
    from helm_rollback_component.pulumi_adapter import declaration  # noqa: PLC0415  # slow to import

    return declaration.redactor(*properties)(text)


def whole(error: Exception) -> str:
    """Return an error with its traceback, in spite of the limit of this process."""
    return "".join(traceback.format_exception(error, limit=_FRAMES))
