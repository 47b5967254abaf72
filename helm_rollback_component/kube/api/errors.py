"""What a Kubernetes API server means when it refuses: its answers as this package's errors.

Pure: an answer goes in, an error comes out, nothing is raised.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from helm_rollback_component.errors import OperationError

_MAX_MESSAGE = 1000


@dataclass(frozen=True)
class Meaning:
    """What is said of a kind of refusal: its reason word, what to do next, and whether it may pass."""

    reason: str
    remedy: str
    temporary: bool = False


_MEANINGS = {
    HTTPStatus.BAD_REQUEST: Meaning("BadRequest", ""),
    HTTPStatus.UNAUTHORIZED: Meaning("Unauthorized", "check the credentials in the kubeconfig"),
    HTTPStatus.FORBIDDEN: Meaning("Forbidden", "grant that permission to the user of the kubeconfig"),
    HTTPStatus.NOT_FOUND: Meaning("NotFound", ""),
    HTTPStatus.CONFLICT: Meaning("Conflict", "run it again", temporary=True),
    HTTPStatus.GONE: Meaning("Expired", "list again", temporary=True),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Meaning("TooLarge", ""),
    HTTPStatus.UNPROCESSABLE_ENTITY: Meaning("Invalid", ""),
    HTTPStatus.TOO_MANY_REQUESTS: Meaning(
        "TooManyRequests", "the API server is overloaded; run it again later", temporary=True
    ),
}
_SERVER_ERROR = Meaning("ServerError", "run it again; if it stays so, look at the API server", temporary=True)
_OTHER = Meaning("UnexpectedAnswer", "check that the kubeconfig names a Kubernetes API server")
_UNREACHABLE = Meaning("Unreachable", "check the server in the kubeconfig and the network", temporary=True)
_UNTRUSTED = Meaning("Untrusted", "check the server and the certificate authority in the kubeconfig")
_ALREADY_EXISTS = Meaning("AlreadyExists", "")
_NAMESPACE_MISSING = Meaning("NamespaceMissing", "create the namespace first, or set manage_namespace=True")
_NAMESPACE_TERMINATING = Meaning(
    "NamespaceTerminating", "wait until the namespace is gone, then create it again"
)


def refusal(status: int, body: bytes, request: str) -> OperationError:
    """Return the error that an answer other than success stands for.

    Args:
        status: the HTTP status code.
        body: the answer's body, a Kubernetes ``Status`` in JSON as a rule.
        request: what was asked, such as ``GET /api/v1/nodes``; named where the server says nothing.
    """
    answer = _status_object(body)
    meaning = _meaning(status, answer)
    said = str(answer.get("message", ""))[:_MAX_MESSAGE]
    message = said if " " in said else f"the API server answered {status} to {request}"
    return OperationError(message, reason=meaning.reason, remedy=meaning.remedy, temporary=meaning.temporary)


def unreachable(request: str, cause: Exception) -> OperationError:
    """Return the error for a request that got no answer."""
    why = str(cause) or type(cause).__name__
    meaning = _UNTRUSTED if untrusted(cause) else _UNREACHABLE
    return OperationError(
        f"the API server cannot be reached for {request}: {why}",
        reason=meaning.reason,
        remedy=meaning.remedy,
        temporary=meaning.temporary,
    )


def untrusted(cause: Exception) -> bool:
    """Return whether there was no answer because the server's certificate is not to be trusted."""
    return "CERTIFICATE_VERIFY_FAILED" in str(cause)


def not_kubernetes(request: str) -> OperationError:
    """Return the error for an answer that no Kubernetes API server gives."""
    return OperationError(
        f"the answer to {request} is not a Kubernetes object", reason=_OTHER.reason, remedy=_OTHER.remedy
    )


def _meaning(status: int, answer: dict[str, Any]) -> Meaning:
    reason = answer.get("reason")
    if reason == "AlreadyExists":
        return _ALREADY_EXISTS
    if "NamespaceTerminating" in _causes(answer):
        return _NAMESPACE_TERMINATING
    if status == HTTPStatus.NOT_FOUND and _details(answer).get("kind") == "namespaces":
        return _NAMESPACE_MISSING
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _SERVER_ERROR
    return _MEANINGS.get(HTTPStatus(status), _OTHER) if status in _MEANINGS else _OTHER


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
