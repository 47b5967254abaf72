"""The table by which Helm's words are understood, of versions 3 and 4 and of the library; first match wins.

Kubernetes' own words come through Helm unchanged, so many rules are about them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Rule:
    """One kind of failure.

    Attributes:
        pattern: what tells it.
        reason: one CamelCase word; ``{action}`` stands for Helm's verb.
        stored: whether Helm had begun by then, unless `nothing_stored`; None if it may or may not have.
        remedy: what a person can do.
        temporary: whether the same call may succeed later with nothing changed.
        message: what to say instead of Helm's words, where those say too little.
        actions: the verbs that it is about; all of them, if empty.
    """

    pattern: re.Pattern[str]
    reason: str
    stored: bool | None
    remedy: str = ""
    temporary: bool = False
    message: str = ""
    actions: frozenset[str] = frozenset()


def find_rule(error: str, action: str) -> Rule:
    """Return the first rule that fits Helm's `error` when it did `action`."""
    fitting = (rule for rule in RULES if not rule.actions or action in rule.actions)
    return next((rule for rule in fitting if rule.pattern.search(error)), UNKNOWN)


def nothing_stored(error: str, action: str) -> bool:
    """Whether `error` is of a kind that comes up before Helm writes a record or touches an object."""
    deploying = action in ("install", "upgrade")
    return bool(_BEFORE_ALL.search(error) or (deploying and _BEFORE_DEPLOYING.search(error)))


def _pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


_BEFORE_ALL = _pattern(
    r"cluster unreachable",
    r"create: failed to create",
    r"failed to query with labels",
    r"release not loaded",
)
_BEFORE_DEPLOYING = _pattern(
    r"unable to continue with (install|update)",
    r"unable to build kubernetes objects",
    r"no matches for kind",
)


def _cancelled() -> Iterable[Rule]:
    yield Rule(_pattern(r"cancelled before Helm was started"), "Cancelled", stored=False)
    yield Rule(
        _pattern(r"context canceled", r"Helm ended with exit status -15$"),
        "Cancelled",
        stored=None,
        message="cancelled while it was under way",
    )


def _process() -> Iterable[Rule]:
    yield Rule(
        _pattern(r"Helm did not end within"),
        "HelmHung",
        stored=None,
        remedy="see whether an authentication plugin or the API server hangs",
    )
    yield Rule(
        _pattern(r"the Helm worker ended", r"Helm was stopped, because"),
        "HelmCrashed",
        stored=None,
        temporary=True,
    )
    yield Rule(
        _pattern(r"Helm could not be started", r"the Helm worker does not start"),
        "HelmUnusable",
        stored=False,
        remedy="install Helm anew",
    )


def _hooks_and_tests() -> Iterable[Rule]:
    failed = (r"resource (Job|Pod)/\S+ not ready\. status: Failed", r"\b(job|pod) \S+ failed\b")
    yield Rule(
        _pattern(*failed),
        "TestFailed",
        stored=True,
        remedy="see the test pod's logs",
        actions=frozenset({"test"}),
    )
    in_hook = r"((pre|post)-(install|upgrade|rollback|delete) hooks? failed|failed (pre|post)-\w+): .*"
    over = (r"not ready\. status", r"job \S+ failed", r"timed out", r"deadline exceeded")
    yield Rule(
        re.compile(f"{in_hook}({'|'.join(over)})", re.IGNORECASE | re.DOTALL),
        "HookFailed",
        stored=True,
        remedy="see the logs of the hook's pod",
    )
    yield Rule(
        _pattern(*failed),
        "HookFailed",
        stored=True,
        remedy="see the logs of the hook's pod, or leave hooks out with disable_hooks",
        actions=frozenset({"rollback", "uninstall"}),
    )


def _chart_and_values() -> Iterable[Rule]:
    yield Rule(
        _pattern(r"don't meet the specifications of the schema"),
        "SchemaInvalid",
        stored=False,
        remedy="correct values as the chart's schema asks",
    )
    yield Rule(
        _pattern(
            r"execution error at \(",
            r"parse error at \(",
            r"YAML parse error on ",
            r"executing \"[^\"]+\" at <",
            r"error converting YAML to JSON: .*templates/",
            r"error unmarshaling JSON: ",
        ),
        "RenderFailed",
        stored=False,
        remedy="correct values, or the chart's template",
    )
    yield Rule(
        _pattern(r"missing in charts/ directory", r"chart dependencies are missing"),
        "DependencyMissing",
        stored=False,
        remedy="set source.dependency_update",
    )
    yield Rule(
        _pattern(
            r"validation: chart\.metadata",
            r"(cannot load|detect chart at .*) ?Chart\.yaml",
            r"Chart\.yaml file is missing",
            r"cannot load values\.yaml",
            r"library charts are not installable",
            r"requires kubeVersion",
            r"does not appear to be a gzipped archive",
        ),
        "ChartInvalid",
        stored=False,
        remedy="correct the chart, or take another version of it",
    )


def _cluster() -> Iterable[Rule]:
    yield Rule(
        _pattern(r"failed calling webhook", r"failed to call webhook"),
        "WebhookUnavailable",
        stored=True,
        remedy="bring the webhook's service back, or remove its configuration",
        temporary=True,
    )
    yield Rule(
        _pattern(
            r"error loading config file", r"context \"[^\"]*\" does not exist", r"invalid configuration: "
        ),
        "KubeconfigInvalid",
        stored=False,
        remedy="correct kubeconfig or context",
    )
    yield Rule(
        _pattern(
            r"asked for the client to provide credentials",
            r"getting credentials: exec",
            r"cluster.*: Unauthorized",
        ),
        "Unauthorized",
        stored=None,
        remedy="renew the kubeconfig's credentials",
    )
    yield Rule(
        _pattern(
            r"FetchReference.*first record does not look like a TLS handshake",
            r"FetchReference.*HTTP response to HTTPS",
        ),
        "Unreachable",
        stored=False,
        remedy="set source.plain_http if the registry is meant to speak HTTP",
    )
    yield Rule(
        _pattern(
            r"x509: ", r"rejected our request for an unknown reason", r"server gave HTTP response to HTTPS"
        ),
        "Unreachable",
        stored=None,
        remedy="check the server and the certificate authority in the kubeconfig",
    )
    yield Rule(
        _pattern(
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
        _pattern(r"too many requests", r"please try again later"),
        "TooManyRequests",
        stored=None,
        temporary=True,
    )
    yield Rule(
        _pattern(
            r"etcdserver: ", r"server is currently unable to handle the request", r"Internal error occurred"
        ),
        "ServerUnavailable",
        stored=None,
        temporary=True,
    )


def _records() -> Iterable[Rule]:
    yield Rule(
        _pattern(r"cannot re-?use a name that is still in use"),
        "NameInUse",
        stored=False,
        remedy="choose another release_name, or set adopt",
    )
    yield Rule(
        _pattern(
            r"another operation \(install/upgrade/rollback\) is in progress", r"release: already exists"
        ),
        "OperationInProgress",
        stored=False,
        remedy="wait for the other operation; if none runs, roll the release back",
        temporary=True,
    )
    yield Rule(_pattern(r"has no deployed releases"), "NoDeployedRelease", stored=False)
    yield Rule(
        _pattern(r"release: not found", r"the release named .* is already deleted"),
        "ReleaseNotFound",
        stored=False,
    )
    yield Rule(_pattern(r"release has no \S+ version"), "RevisionNotFound", stored=False)
    yield Rule(
        _pattern(r"Secret \"sh\.helm\.release\.[^\"]*\" is invalid: data: Too long"),
        "ReleaseTooLarge",
        stored=False,
        remedy="take large files out of the chart: chart and values together must stay below 1 MiB",
    )


def _objects() -> Iterable[Rule]:
    yield Rule(
        _pattern(r"exists and cannot be imported into the current release"),
        "OwnershipConflict",
        stored=False,
        remedy="delete the object, or set take_ownership",
    )
    yield Rule(
        _pattern(r"Apply failed with \d+ conflict"),
        "FieldConflict",
        stored=True,
        remedy="have the other manager give the field up, or leave it out of the chart",
    )
    yield Rule(
        _pattern(r"field is immutable", r"updates to \S+ spec for fields other than"),
        "ImmutableField",
        stored=True,
        remedy="delete the object first, or give the new one another name",
    )
    yield Rule(
        _pattern(r"no matches for kind"),
        "APIRemoved",
        stored=True,
        remedy="install the CRD first, or change to an API version that the cluster serves",
    )
    yield Rule(
        _pattern(r"because it is being terminated"), "NamespaceTerminating", stored=True, temporary=True
    )
    yield Rule(
        _pattern(r"exceeded quota", r"(maximum|minimum) \S+ usage per"),
        "QuotaExceeded",
        stored=True,
        remedy="raise the quota, or ask for less",
    )
    yield Rule(
        _pattern(r"denied (the )?request", r"violates PodSecurity"),
        "AdmissionDenied",
        stored=True,
        remedy="change the chart or values as the policy asks",
    )
    yield Rule(
        _pattern(r"is forbidden: ", r"cannot \w+ resource \""),
        "Forbidden",
        stored=True,
        remedy="grant the kubeconfig's user what the message names",
    )
    yield Rule(
        _pattern(r"namespaces \"[^\"]*\" not found"),
        "NamespaceMissing",
        stored=True,
        remedy="create the namespace, or set manage_namespace",
    )
    yield Rule(_pattern(r"object has been modified"), "Conflict", stored=True, temporary=True)
    yield Rule(
        _pattern(
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


def _readiness() -> Iterable[Rule]:
    yield Rule(
        _pattern(r"progress deadline exceeded"),
        "ProgressDeadlineExceeded",
        stored=True,
        remedy="see why the pods do not become ready",
    )
    yield Rule(_pattern(r"not ready\. status: Failed"), "ResourceFailed", stored=True)
    yield Rule(
        _pattern(r"not ready\. status: ", r"still exists\. status: ", r"timeout waiting for"),
        "{action}Timeout",
        stored=True,
        remedy="see why the object does not get there, or allow more time in timeouts",
    )
    yield Rule(
        _pattern(r"context deadline exceeded", r"timed out waiting for the condition"),
        "{action}Timeout",
        stored=True,
        remedy="see why the objects do not get there, or allow more time in timeouts",
        message="Helm's time was over before everything was as it should be",
    )


def _fetching() -> Iterable[Rule]:
    yield Rule(
        _pattern(r"status code (401|403)", r"credential not found", r"authentication required", r"denied: "),
        "RegistryUnauthorized",
        stored=False,
        remedy="check source.username and source.password, or log in with `helm registry login`",
    )
    yield Rule(
        _pattern(r"not found$", r"\b404\b", r"no such file or directory", r"no chart (name|version) found"),
        "ChartNotFound",
        stored=False,
        remedy="check source.chart and source.version",
    )


UNKNOWN: Final = Rule(re.compile(""), "HelmFailed", stored=None)
RULES: Final = (
    *_cancelled(),
    *_process(),
    *_hooks_and_tests(),
    *_chart_and_values(),
    *_cluster(),
    *_records(),
    *_objects(),
    *_readiness(),
    *_fetching(),
)
