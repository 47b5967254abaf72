"""The messages of Kubernetes, which Helm passes on unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.failures.rule import Rule, pattern
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable


def cluster() -> Iterable[Rule]:
    """Yield the messages about a cluster that does not answer, or not now."""
    yield Rule(
        pattern(r"failed calling webhook", r"failed to call webhook"), Reason.WEBHOOK_UNAVAILABLE, stored=True
    )
    yield Rule(
        pattern(
            r"error loading config file", r"context \"[^\"]*\" does not exist", r"invalid configuration: "
        ),
        Reason.INVALID_KUBECONFIG,
        stored=False,
    )
    yield Rule(pattern(r"getting credentials: exec"), Reason.CREDENTIAL_PLUGIN_FAILED, stored=None)
    yield Rule(
        pattern(
            r"asked for the client to provide credentials",
            r"cluster.*: Unauthorized",
        ),
        Reason.UNAUTHORIZED,
        stored=None,
    )
    yield Rule(pattern(r"x509: "), Reason.UNTRUSTED, stored=None)
    yield Rule(
        pattern(r"rejected our request for an unknown reason", r"server gave HTTP response to HTTPS"),
        Reason.UNEXPECTED_ANSWER,
        stored=None,
    )
    yield Rule(
        pattern(
            r"connection refused",
            r"no such host",
            r"i/o timeout",
            r"TLS handshake timeout",
            r"connection reset by peer",
            r"network is unreachable",
            r"no route to host",
            r"client connection lost",
            r"unexpected EOF",
            r"cluster unreachable",
        ),
        Reason.UNREACHABLE,
        stored=None,
    )
    yield Rule(
        pattern(r"too many requests", r"please try again later"), Reason.TOO_MANY_REQUESTS, stored=None
    )
    yield Rule(
        pattern(
            r"etcdserver: ", r"server is currently unable to handle the request", r"Internal error occurred"
        ),
        Reason.SERVER_ERROR,
        stored=None,
    )


def objects() -> Iterable[Rule]:
    """Yield the messages about objects that the API server refuses."""
    yield Rule(
        pattern(r"exists and cannot be imported into the current release"),
        Reason.OWNERSHIP_CONFLICT,
        stored=False,
    )
    yield Rule(pattern(r"Apply failed with \d+ conflict"), Reason.FIELD_CONFLICT, stored=True)
    yield Rule(
        pattern(r"field is immutable", r"updates to \S+ spec for fields other than"),
        Reason.IMMUTABLE_FIELD,
        stored=True,
    )
    yield Rule(pattern(r"no matches for kind"), Reason.UNKNOWN_KIND, stored=True)
    yield Rule(pattern(r"because it is being terminated"), Reason.NAMESPACE_TERMINATING, stored=True)
    yield Rule(
        pattern(r"exceeded quota", r"(maximum|minimum) \S+ usage per"), Reason.QUOTA_EXCEEDED, stored=True
    )
    yield Rule(pattern(r"violates PodSecurity"), Reason.POD_SECURITY_VIOLATION, stored=True)
    yield Rule(pattern(r"denied (the )?request"), Reason.ADMISSION_DENIED, stored=True)
    yield Rule(pattern(r"is forbidden: ", r"cannot \w+ resource \""), Reason.FORBIDDEN, stored=True)
    yield Rule(pattern(r"namespaces \"[^\"]*\" not found"), Reason.NAMESPACE_MISSING, stored=True)
    yield Rule(pattern(r"object has been modified"), Reason.CONFLICT, stored=True)
    yield Rule(
        pattern(
            r"\" is invalid: ",
            r"failed to create typed patch object",
            r"cannot be handled as an? ",
            r"error validating ",
            r"field not declared in schema",
        ),
        Reason.OBJECT_INVALID,
        stored=True,
    )
