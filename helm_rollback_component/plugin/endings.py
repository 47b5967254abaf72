"""How a request ends that failed: with one sentence, and with the state that is to be saved nevertheless."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped]

from helm_rollback_component.errors import HelmRollbackError
from helm_rollback_component.plugin import outputs, spoken
from helm_rollback_component.pulumi_adapter import partial_failure
from helm_rollback_component.pulumi_adapter.error_text import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Method = Any


def ended_well(method: Callable[[Any, Any, Any], Any]) -> Method:
    """Have every error of a request be what a person is to see; an expected one has no traceback."""

    @functools.wraps(method)
    def answer(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        left: list[tuple[str, Mapping[str, Any]]] = []
        try:
            with partial_failure.announced_to(lambda *saved: left.append(saved)):
                return method(self, request, context)
        except spoken.SpokenError as error:
            reason = str(error)
        except (RuntimeError, HelmRollbackError) as error:
            reason = spoken.in_camel_case(str(error))
        except Exception as error:  # noqa: BLE001  # whatever it is, the engine would show its type alone
            reason = f"unexpected error, please report it:\n{whole(error)}"
        for id_, outs in left:
            details = partial_failure.details(id_, outputs.saved(outs), reason)
            context.set_trailing_metadata(((partial_failure.DETAILS, details),))
        return context.abort(grpc.StatusCode.UNKNOWN, reason)

    return answer
