"""What Helm itself says when it fails: versions 3 and 4, its library, and what runs them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helm_rollback_component.core.failures.rule import Rule, pattern

if TYPE_CHECKING:
    from collections.abc import Iterable


def cancelled() -> Iterable[Rule]:
    """Yield what it says when it was stopped."""
    yield Rule(pattern(r"cancelled before Helm was started"), "Cancelled", stored=False)
    yield Rule(
        pattern(r"context canceled", r"Helm ended with exit status -15$"),
        "Cancelled",
        stored=None,
        message="cancelled while it was under way",
    )


def process() -> Iterable[Rule]:
    """Yield what is said of a Helm that hangs, breaks down, or does not even start."""
    yield Rule(
        pattern(r"Helm did not end within"),
        "HelmHung",
        stored=None,
        remedy="see whether an authentication plugin or the API server hangs",
    )
    yield Rule(
        pattern(r"the Helm worker ended", r"Helm was stopped, because"),
        "HelmCrashed",
        stored=None,
        temporary=True,
    )
    yield Rule(
        pattern(r"Helm could not be started", r"the Helm worker does not start"),
        "HelmUnusable",
        stored=False,
        remedy="install Helm anew",
    )


def hooks_and_tests() -> Iterable[Rule]:
    """Yield what it says of hooks and tests; before what went wrong in them."""
    failed = (r"resource (Job|Pod)/\S+ not ready\. status: Failed", r"\b(job|pod) \S+ failed\b")
    yield Rule(
        pattern(*failed),
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
        pattern(*failed),
        "HookFailed",
        stored=True,
        remedy="see the logs of the hook's pod, or leave hooks out with disable_hooks",
        actions=frozenset({"rollback", "uninstall"}),
    )


def chart_and_values() -> Iterable[Rule]:
    """Yield what it says of charts and values, before it touches anything."""
    yield Rule(
        pattern(r"don't meet the specifications of the schema"),
        "SchemaInvalid",
        stored=False,
        remedy="correct values as the chart's schema asks",
    )
    yield Rule(
        pattern(
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
        pattern(r"missing in charts/ directory", r"chart dependencies are missing"),
        "DependencyMissing",
        stored=False,
        remedy="set source.dependency_update",
    )
    yield Rule(
        pattern(
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


def records() -> Iterable[Rule]:
    """Yield what it says of a release's records."""
    yield Rule(
        pattern(r"cannot re-?use a name that is still in use"),
        "NameInUse",
        stored=False,
        remedy="choose another release_name, or set adopt",
    )
    yield Rule(
        pattern(r"another operation \(install/upgrade/rollback\) is in progress", r"release: already exists"),
        "OperationInProgress",
        stored=False,
        remedy="wait for the other operation; if none runs, roll the release back",
        temporary=True,
    )
    yield Rule(pattern(r"has no deployed releases"), "NoDeployedRelease", stored=False)
    yield Rule(
        pattern(r"release: not found", r"the release named .* is already deleted"),
        "ReleaseNotFound",
        stored=False,
    )
    yield Rule(pattern(r"release has no \S+ version"), "RevisionNotFound", stored=False)
    yield Rule(
        pattern(r"Secret \"sh\.helm\.release\.[^\"]*\" is invalid: data: Too long"),
        "ReleaseTooLarge",
        stored=False,
        remedy="take large files out of the chart: chart and values together must stay below 1 MiB",
    )


def readiness() -> Iterable[Rule]:
    """Yield what it says of objects that do not get ready, or do not go."""
    yield Rule(
        pattern(r"progress deadline exceeded"),
        "ProgressDeadlineExceeded",
        stored=True,
        remedy="see why the pods do not become ready",
    )
    yield Rule(pattern(r"not ready\. status: Failed"), "ResourceFailed", stored=True)
    yield Rule(
        pattern(r"not ready\. status: ", r"still exists\. status: ", r"timeout waiting for"),
        "{action}Timeout",
        stored=True,
        remedy="see why the object does not get there, or allow more time in timeouts",
    )
    yield Rule(
        pattern(r"context deadline exceeded", r"timed out waiting for the condition"),
        "{action}Timeout",
        stored=True,
        remedy="see why the objects do not get there, or allow more time in timeouts",
        message="Helm's time was over before everything was as it should be",
    )


def registries() -> Iterable[Rule]:
    """Yield what it says of registries, before it is taken for something about the cluster."""
    yield Rule(
        pattern(
            r"FetchReference.*first record does not look like a TLS handshake",
            r"FetchReference.*HTTP response to HTTPS",
        ),
        "Unreachable",
        stored=False,
        remedy="set source.plain_http if the registry is meant to speak HTTP",
    )


def fetching() -> Iterable[Rule]:
    """Yield what it says of charts that it cannot fetch; the vaguest words come last."""
    yield Rule(
        pattern(r"status code (401|403)", r"credential not found", r"authentication required", r"denied: "),
        "RegistryUnauthorized",
        stored=False,
        remedy="check source.username and source.password, or log in with `helm registry login`",
    )
    yield Rule(
        pattern(r"not found$", r"\b404\b", r"no such file or directory", r"no chart (name|version) found"),
        "ChartNotFound",
        stored=False,
        remedy="check source.chart and source.version",
    )
