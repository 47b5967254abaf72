"""The errors of a Kubernetes API server, as errors of this package.

Pure: an answer goes in, an error comes out, nothing is raised.
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Any

from helm_rollback_component.errors import OperationError
from helm_rollback_component.reasons import Reason

_MAX_MESSAGE = 1000


_REASONS = {
    HTTPStatus.BAD_REQUEST: Reason.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED: Reason.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN: Reason.FORBIDDEN,
    HTTPStatus.NOT_FOUND: Reason.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: Reason.METHOD_NOT_ALLOWED,
    HTTPStatus.CONFLICT: Reason.CONFLICT,
    HTTPStatus.GONE: Reason.EXPIRED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Reason.TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY: Reason.OBJECT_INVALID,
    HTTPStatus.TOO_MANY_REQUESTS: Reason.TOO_MANY_REQUESTS,
}

_TERMINATING = re.compile(r"\bnamespace (?P<name>\S+) because it is being terminated")
_ADMISSION = (
    (re.compile(r"exceeded quota|(maximum|minimum) \S+ usage per"), Reason.QUOTA_EXCEEDED),
    (_TERMINATING, Reason.NAMESPACE_TERMINATING),
    (re.compile(r"failed (calling|to call) webhook"), Reason.WEBHOOK_UNAVAILABLE),
    (re.compile(r"denied (the )?request"), Reason.ADMISSION_DENIED),
)
"""What refuses a write whatever rights the user has; its status code is any, 400 and 403 most often."""


def refusal(status: int, body: bytes, request: str) -> OperationError:
    """Return the error that an answer other than success stands for.

    Args:
        status: the HTTP status code.
        body: the answer's body, a Kubernetes ``Status`` in JSON as a rule.
        request: what was asked, such as ``GET /api/v1/nodes``; shown if the server gives no message.
    """
    answer = _status_object(body)
    said = str(answer.get("message", ""))[:_MAX_MESSAGE]
    message = said if " " in said else f"the API server answered {status} to {request}"
    reason = _reason(status, answer)
    return OperationError(_of_namespace(reason, answer, message), reason=reason)


def unreachable(request: str, cause: Exception, server: str) -> OperationError:
    """Return the error for a request that got no answer; `server` is the address."""
    why = str(cause) or type(cause).__name__
    reason = Reason.UNTRUSTED if untrusted(cause) else Reason.UNREACHABLE
    return OperationError(f"the API server {server} cannot be reached for {request}: {why}", reason=reason)


def untrusted(cause: Exception) -> bool:
    """Return whether there was no answer because the server's certificate is not trusted."""
    return "CERTIFICATE_VERIFY_FAILED" in str(cause)


def not_kubernetes(request: str) -> OperationError:
    """Return the error for an answer that no Kubernetes API server gives."""
    return OperationError(
        f"the answer to {request} is not a Kubernetes object", reason=Reason.UNEXPECTED_ANSWER
    )


def _reason(status: int, answer: dict[str, Any]) -> Reason:
    if answer.get("reason") == Reason.ALREADY_EXISTS:
        return Reason.ALREADY_EXISTS
    if Reason.NAMESPACE_TERMINATING in _causes(answer):
        return Reason.NAMESPACE_TERMINATING
    if status == HTTPStatus.NOT_FOUND and _details(answer).get("kind") == "namespaces":
        return Reason.NAMESPACE_MISSING
    said = str(answer.get("message", ""))
    if admission := next((reason for words, reason in _ADMISSION if words.search(said)), None):
        return admission
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Reason.SERVER_ERROR
    return next((word for code, word in _REASONS.items() if code == status), Reason.UNEXPECTED_ANSWER)


def _of_namespace(reason: Reason, answer: dict[str, Any], message: str) -> str:
    """Return the message; of a namespace that goes or is not there, without what was to be done in it."""
    if reason is Reason.NAMESPACE_MISSING:
        return f"the namespace {_details(answer).get('name')} does not exist"
    found = _TERMINATING.search(message)
    return f"the namespace {found['name']} is being deleted" if found else message


def _status_object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _details(answer: dict[str, Any]) -> dict[str, Any]:
    return answer.get("details") or {}


def _causes(answer: dict[str, Any]) -> set[str]:
    return {cause.get("reason", "") for cause in _details(answer).get("causes") or ()}
