"""What Kubernetes says when it refuses something; its words come through Helm unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helm_rollback_component.core.failures.rule import Rule, pattern

if TYPE_CHECKING:
    from collections.abc import Iterable


def cluster() -> Iterable[Rule]:
    """Yield what is said of a cluster that does not answer, or not now."""
    yield Rule(
        pattern(r"failed calling webhook", r"failed to call webhook"),
        "WebhookUnavailable",
        stored=True,
        remedy="bring the webhook's service back, or remove its configuration",
        temporary=True,
    )
    yield Rule(
        pattern(
            r"error loading config file", r"context \"[^\"]*\" does not exist", r"invalid configuration: "
        ),
        "KubeconfigInvalid",
        stored=False,
        remedy="correct kubeconfig or context",
    )
    yield Rule(
        pattern(
            r"asked for the client to provide credentials",
            r"getting credentials: exec",
            r"cluster.*: Unauthorized",
        ),
        "Unauthorized",
        stored=None,
        remedy="renew the kubeconfig's credentials",
    )
    yield Rule(
        pattern(
            r"x509: ", r"rejected our request for an unknown reason", r"server gave HTTP response to HTTPS"
        ),
        "Unreachable",
        stored=None,
        remedy="check the server and the certificate authority in the kubeconfig",
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
        "Unreachable",
        stored=None,
        remedy="check that the server answers at the address that the message names",
        temporary=True,
    )
    yield Rule(
        pattern(r"too many requests", r"please try again later"),
        "TooManyRequests",
        stored=None,
        temporary=True,
    )
    yield Rule(
        pattern(
            r"etcdserver: ", r"server is currently unable to handle the request", r"Internal error occurred"
        ),
        "ServerUnavailable",
        stored=None,
        temporary=True,
    )


def objects() -> Iterable[Rule]:
    """Yield what is said of objects that it does not take."""
    yield Rule(
        pattern(r"exists and cannot be imported into the current release"),
        "OwnershipConflict",
        stored=False,
        remedy="delete the object, or set take_ownership",
    )
    yield Rule(
        pattern(r"Apply failed with \d+ conflict"),
        "FieldConflict",
        stored=True,
        remedy="have the other manager give the field up, or leave it out of the chart",
    )
    yield Rule(
        pattern(r"field is immutable", r"updates to \S+ spec for fields other than"),
        "ImmutableField",
        stored=True,
        remedy="delete the object first, or give the new one another name",
    )
    yield Rule(
        pattern(r"no matches for kind"),
        "APIRemoved",
        stored=True,
        remedy="install the CRD first, or change to an API version that the cluster serves",
    )
    yield Rule(
        pattern(r"because it is being terminated"), "NamespaceTerminating", stored=True, temporary=True
    )
    yield Rule(
        pattern(r"exceeded quota", r"(maximum|minimum) \S+ usage per"),
        "QuotaExceeded",
        stored=True,
        remedy="raise the quota, or ask for less",
    )
    yield Rule(
        pattern(r"denied (the )?request", r"violates PodSecurity"),
        "AdmissionDenied",
        stored=True,
        remedy="change the chart or values as the policy asks",
    )
    yield Rule(
        pattern(r"is forbidden: ", r"cannot \w+ resource \""),
        "Forbidden",
        stored=True,
        remedy="grant the kubeconfig's user what the message names",
    )
    yield Rule(
        pattern(r"namespaces \"[^\"]*\" not found"),
        "NamespaceMissing",
        stored=True,
        remedy="create the namespace, or set manage_namespace",
    )
    yield Rule(pattern(r"object has been modified"), "Conflict", stored=True, temporary=True)
    yield Rule(
        pattern(
            r"\" is invalid: ",
            r"failed to create typed patch object",
            r"cannot be handled as an? ",
            r"error validating ",
            r"field not declared in schema",
        ),
        "ObjectInvalid",
        stored=True,
        remedy="correct values, or the chart's template",
    )
