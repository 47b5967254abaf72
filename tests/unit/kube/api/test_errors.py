"""What an API server's refusals become."""

import json
from typing import Any

import pytest

from helm_rollback_component.kube.api import errors


def status(code: int, message: str, reason: str = "", **details: Any) -> bytes:
    return json.dumps(
        {"kind": "Status", "code": code, "message": message, "reason": reason, "details": details}
    ).encode()


TERMINATING = [{"reason": "NamespaceTerminating", "message": "namespace a is being terminated"}]


@pytest.mark.parametrize(
    ("code", "body", "reason", "temporary"),
    [
        (400, status(400, "it is bad"), "BadRequest", False),
        (401, status(401, "Unauthorized", "Unauthorized"), "Unauthorized", False),
        (403, status(403, "user may not", "Forbidden"), "Forbidden", False),
        (403, status(403, "may not create", "Forbidden", causes=TERMINATING), "NamespaceTerminating", True),
        (
            403,
            status(403, 'x "y" is forbidden: no new content in namespace a because it is being terminated'),
            "NamespaceTerminating",
            True,
        ),
        (
            403,
            status(403, "x is forbidden: exceeded quota: few", "Forbidden"),
            "QuotaExceeded",
            False,
        ),
        (
            403,
            status(403, "ValidatingAdmissionPolicy p denied request: no"),
            "AdmissionDenied",
            False,
        ),
        (400, status(400, 'admission webhook "w" denied the request: no'), "AdmissionDenied", False),
        (500, status(500, 'failed calling webhook "w": no endpoints'), "WebhookUnavailable", True),
        (404, status(404, "leases x not found", "NotFound", kind="leases"), "NotFound", False),
        (
            404,
            status(404, "namespaces x not found", "NotFound", kind="namespaces"),
            "NamespaceMissing",
            False,
        ),
        (405, status(405, "the server does not allow this method"), "MethodNotAllowed", False),
        (409, status(409, "x already exists", "AlreadyExists"), "AlreadyExists", False),
        (409, status(409, "object was modified", "Conflict"), "Conflict", True),
        (410, status(410, "too old resource version", "Expired"), "Expired", True),
        (413, b"too large", "TooLarge", False),
        (418, b"a teapot", "UnexpectedAnswer", False),
        (302, b"", "UnexpectedAnswer", False),
        (422, status(422, "it is invalid", "Invalid"), "ObjectInvalid", False),
        (429, status(429, "too many requests"), "TooManyRequests", True),
        (500, status(500, "leader changed"), "ServerError", True),
        (599, b"<html>", "ServerError", True),
    ],
)
def test_each_refusal_has_its_reason(code: int, body: bytes, reason: str, temporary: bool) -> None:  # noqa: FBT001
    error = errors.refusal(code, body, "GET /api/v1/nodes")
    assert (error.reason, error.temporary) == (reason, temporary)


def test_the_servers_own_sentence_is_the_message() -> None:
    error = errors.refusal(403, status(403, "user may not list nodes"), "GET /api/v1/nodes")
    assert str(error) == "user may not list nodes (grant that permission to the user of the kubeconfig)"


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b"", status(401, "Unauthorized")])
def test_where_it_says_nothing_the_request_is_named(body: bytes) -> None:
    assert errors.refusal(401, body, "GET /x").message == "the API server answered 401 to GET /x"


def test_a_long_message_is_cut() -> None:
    assert len(errors.refusal(500, status(500, "very long " * 1000), "GET /x").message) == 1000


def test_no_answer_is_unreachable() -> None:
    error = errors.unreachable("GET /x", ConnectionRefusedError("refused"), "https://one")
    assert (error.reason, error.temporary) == ("Unreachable", True)
    assert "the API server https://one cannot be reached for GET /x: refused" in str(error)
    assert "TimeoutError" in str(errors.unreachable("GET /x", TimeoutError(), "https://one"))


def test_a_server_that_is_not_to_be_trusted_stays_so() -> None:
    error = errors.unreachable("GET /x", OSError("[SSL: CERTIFICATE_VERIFY_FAILED] expired"), "https://one")
    assert (error.reason, error.temporary) == ("Untrusted", False)


def test_an_answer_that_is_no_object_is_unexpected() -> None:
    assert errors.not_kubernetes("GET /x").reason == "UnexpectedAnswer"


@pytest.mark.parametrize(
    ("code", "body", "message"),
    [
        (
            403,
            status(403, 'x "y" is forbidden: no new content in namespace a because it is being terminated'),
            "the namespace a is being deleted",
        ),
        (
            404,
            status(404, 'namespaces "a" not found', "NotFound", kind="namespaces", name="a"),
            "the namespace a does not exist",
        ),
    ],
)
def test_what_a_namespace_is_in_the_way_of_is_not_told(code: int, body: bytes, message: str) -> None:
    assert errors.refusal(code, body, "POST /a").message == message
