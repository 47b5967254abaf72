"""The messages of Kubernetes, which Helm passes on unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.failures.rule import Rule, pattern
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable

_REQUEST = r"\b(Get|Post|Put|Patch|Delete) \"[^\"]+\""

_NO_CONNECTION = (
    r"connection refused",
    r"connection timed out",
    r"operation timed out",
    r"no such host",
    r"server misbehaving",
    r"temporary failure in name resolution",
    r"i/o timeout",
    r"TLS handshake timeout",
    r"network is unreachable",
    r"no route to host",
)
_LOST_CONNECTION = (
    r"connection reset by peer",
    r"broken pipe",
    r"use of closed network connection",
    r"server closed idle connection",
    r"(: |unexpected )EOF\b",
    r"\bhttp2: ",
    r"stream error: stream ID ",
    r"(timeout|deadline exceeded|exceeded while) awaiting (response )?headers",
    r"Client\.Timeout exceeded",
    r"error when reading response body",
)

_VERBS_ON_OBJECTS = frozenset({"install", "upgrade", "rollback", "uninstall", "test"})


def admission() -> Iterable[Rule]:
    """Yield the messages about admission, which quote what the webhook or the policy says."""
    yield Rule(pattern(r"failed calling webhook", r"failed to call webhook"), Reason.WEBHOOK_UNAVAILABLE)
    yield Rule(pattern(r"denied (the )?request"), Reason.ADMISSION_DENIED)


def cluster() -> Iterable[Rule]:
    """Yield the messages about a cluster that does not answer, or not now."""
    yield Rule(
        pattern(
            r"error loading config file", r"context \"[^\"]*\" does not exist", r"invalid configuration: "
        ),
        Reason.INVALID_KUBECONFIG,
    )
    yield Rule(pattern(r"getting credentials: exec"), Reason.CREDENTIAL_PLUGIN_FAILED)
    yield Rule(
        pattern(
            r"asked for the client to provide credentials",
            r"cluster.*: Unauthorized",
        ),
        Reason.UNAUTHORIZED,
    )
    yield Rule(pattern(r"x509: "), Reason.UNTRUSTED)
    yield Rule(
        pattern(r"rejected our request for an unknown reason", r"server gave HTTP response to HTTPS"),
        Reason.UNEXPECTED_ANSWER,
    )
    yield Rule(
        pattern(
            *_NO_CONNECTION,
            *_LOST_CONNECTION,
            r"cluster unreachable",
            rf"{_REQUEST}: context deadline exceeded",
        ),
        Reason.UNREACHABLE,
    )
    yield Rule(
        pattern(
            r"too ?many ?requests", r"please try again later", r"\b429 \w", r"storage is \(re\)initializing"
        ),
        Reason.TOO_MANY_REQUESTS,
    )
    yield Rule(
        pattern(
            r"etcdserver: ",
            r"rpc error: code = Unavailable",
            r"server is currently unable to handle the request",
            r"an error on the server \(.*\) has prevented the request from succeeding",
            r"unable to return a response in the time allotted",
            r"request did not complete within",
            r"the server responded with the status code 5\d\d",
            r"\b50[0234] (Internal Server Error|Bad Gateway|Service Unavailable|Gateway Time-?out)",
            r"Internal error occurred",
        ),
        Reason.SERVER_ERROR,
    )


def objects() -> Iterable[Rule]:
    """Yield the messages about objects that the API server refuses."""
    yield from _present()
    yield Rule(
        pattern(
            r"(?P<kind>StatefulSet)\.apps \"(?P<name>[^\"]+)\" is invalid: .*updates to statefulset spec"
        ),
        Reason.IMMUTABLE_FIELD,
        remedy="delete the StatefulSet, and let its pods and claims stay for the new one: "
        "`kubectl delete {object} --cascade=orphan`",
    )
    yield Rule(
        pattern(
            r"(?P<kind>Deployment)\.apps \"(?P<name>[^\"]+)\" is invalid: spec\.strategy\.rollingUpdate: "
        ),
        Reason.OBJECT_INVALID,
        remedy="set the strategy of the live Deployment first, as Helm 4 cannot remove what the API server "
        "added to it: `kubectl patch {object} --type=merge -p "
        """'{{"spec":{{"strategy":{{"type":"Recreate","rollingUpdate":null}}}}}}'`""",
    )
    yield Rule(
        pattern(
            r"\b(is|are) immutable\b",
            r"updates to \S+ spec for fields other than",
            r"updates may not change fields other than",
            r"may not (change once set|be changed)",
            r"cannot change roleRef",
            r"can ?not be less than (previous|status)",
        ),
        Reason.IMMUTABLE_FIELD,
    )
    yield Rule(pattern(r"no matches for kind", r"could not find the requested resource"), Reason.UNKNOWN_KIND)
    yield Rule(pattern(r"because it is being terminated"), Reason.NAMESPACE_TERMINATING)
    yield Rule(pattern(r"exceeded quota", r"(maximum|minimum) \S+ usage per"), Reason.QUOTA_EXCEEDED)
    yield Rule(pattern(r"violates PodSecurity"), Reason.POD_SECURITY_VIOLATION)
    yield Rule(pattern(r"is forbidden: ", r"cannot \w+ resource \""), Reason.FORBIDDEN)
    yield from _missing()
    yield Rule(
        pattern(
            r"object has been modified",
            r"the server reported a conflict",
            r"\b409 Conflict",
            r"StorageError: invalid object, Code: 4",
        ),
        Reason.CONFLICT,
    )
    yield Rule(
        pattern(
            r"\" is invalid: ",
            r"resource name may not be empty",
            r"failed to create typed patch object",
            r"cannot be handled as an? ",
            r"error validating ",
            r"field not declared in schema",
        ),
        Reason.OBJECT_INVALID,
    )


def _present() -> Iterable[Rule]:
    """Yield the messages about objects that are there, and are not what Helm expects."""
    yield Rule(pattern(r"exists and cannot be imported into the current release"), Reason.OWNERSHIP_CONFLICT)
    yield Rule(
        pattern(r"object is being deleted: "),
        Reason.CONFLICT,
        remedy="wait until the object is deleted, then run it again",
    )
    yield Rule(
        pattern(r"\w \"[^\"]+\" already exists"),
        Reason.ALREADY_EXISTS,
        remedy="delete the object, or set take_ownership",
    )
    yield Rule(pattern(r"Apply failed with \d+ conflict"), Reason.FIELD_CONFLICT)


def _missing() -> Iterable[Rule]:
    """Yield the messages about objects that are not there."""
    yield Rule(pattern(r"namespaces \"[^\"]*\" not found"), Reason.NAMESPACE_MISSING)
    yield Rule(
        pattern(r"rolebindings\.rbac\.\S+ \"[^\"]*\" not found"),
        Reason.NOT_FOUND,
        remedy="create the role that the binding names, or grant the user of the kubeconfig the verb bind",
    )
    yield Rule(
        pattern(r"\b[a-z][a-z0-9]+s(\.[a-z0-9.-]+)? \"[^\"]+\" not found"),
        Reason.NOT_FOUND,
        remedy="create the object that the message names",
        actions=_VERBS_ON_OBJECTS,
    )
