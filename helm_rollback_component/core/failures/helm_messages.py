"""The messages of Helm itself: of versions 3 and 4, of its library, and of the processes that run them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helm_rollback_component.core.failures.rule import Rule, pattern
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable


def cancelled() -> Iterable[Rule]:
    """Yield the messages of a Helm that was stopped."""
    yield Rule(pattern(r"cancelled before Helm was started"), Reason.CANCELLED, stored=False)
    yield Rule(
        pattern(r"context canceled", r"Helm ended with exit status -15$"),
        Reason.CANCELLED,
        stored=None,
        message="cancelled while it was running",
    )


def process() -> Iterable[Rule]:
    """Yield the messages about a Helm that hangs, crashes, or does not start."""
    yield Rule(pattern(r"Helm did not end within"), Reason.HELM_HUNG, stored=None)
    yield Rule(
        pattern(r"the Helm worker ended", r"Helm was stopped, because"), Reason.HELM_CRASHED, stored=None
    )
    yield Rule(
        pattern(r"Helm could not be started", r"the Helm worker does not start"),
        Reason.HELM_UNUSABLE,
        stored=False,
    )


def hooks_and_tests() -> Iterable[Rule]:
    """Yield the messages about hooks and tests; they come before those about the cause of the failure."""
    failed = (r"resource (Job|Pod)/\S+ not ready\. status: Failed", r"\b(job|pod) \S+ failed\b")
    yield Rule(
        pattern(*failed),
        Reason.TEST_FAILED,
        stored=True,
        actions=frozenset({"test"}),
    )
    in_hook = r"((pre|post)-(install|upgrade|rollback|delete) hooks? failed|failed (pre|post)-\w+): .*"
    over = (r"not ready\. status", r"job \S+ failed", r"timed out", r"deadline exceeded")
    yield Rule(
        re.compile(f"{in_hook}({'|'.join(over)})", re.IGNORECASE | re.DOTALL), Reason.HOOK_FAILED, stored=True
    )
    yield Rule(
        pattern(*failed),
        Reason.HOOK_FAILED,
        stored=True,
        remedy="read the logs of the hook's pod, or set disable_hooks to run no hooks",
        actions=frozenset({"rollback", "uninstall"}),
    )


def chart_and_values() -> Iterable[Rule]:
    """Yield the messages about charts and values, before Helm changes anything."""
    yield Rule(pattern(r"don't meet the specifications of the schema"), Reason.SCHEMA_INVALID, stored=False)
    yield Rule(
        pattern(
            r"execution error at \(",
            r"parse error at \(",
            r"YAML parse error on ",
            r"executing \"[^\"]+\" at <",
            r"error converting YAML to JSON: .*templates/",
            r"error unmarshaling JSON: ",
        ),
        Reason.RENDER_FAILED,
        stored=False,
    )
    yield Rule(
        pattern(r"missing in charts/ directory", r"chart dependencies are missing"),
        Reason.DEPENDENCY_MISSING,
        stored=False,
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
        Reason.CHART_INVALID,
        stored=False,
    )


def records() -> Iterable[Rule]:
    """Yield the messages about the records of a release."""
    yield Rule(pattern(r"cannot re-?use a name that is still in use"), Reason.RELEASE_EXISTS, stored=False)
    yield Rule(
        pattern(r"another operation \(install/upgrade/rollback\) is in progress", r"release: already exists"),
        Reason.OPERATION_IN_PROGRESS,
        stored=False,
        remedy="wait for the other operation; if none runs, roll the release back",
    )
    yield Rule(pattern(r"has no deployed releases"), Reason.NO_DEPLOYED_RELEASE, stored=False)
    yield Rule(
        pattern(r"release: not found", r"the release named .* is already deleted"),
        Reason.RELEASE_MISSING,
        stored=False,
    )
    yield Rule(pattern(r"release has no \S+ version"), Reason.REVISION_MISSING, stored=False)
    yield Rule(
        pattern(r"Secret \"sh\.helm\.release\.[^\"]*\" is invalid: data: Too long"),
        Reason.RELEASE_TOO_LARGE,
        stored=False,
    )


def readiness() -> Iterable[Rule]:
    """Yield the messages about objects that do not become ready, or are not deleted."""
    yield Rule(pattern(r"progress deadline exceeded"), Reason.PROGRESS_DEADLINE_EXCEEDED, stored=True)
    yield Rule(pattern(r"not ready\. status: Failed"), Reason.RESOURCE_FAILED, stored=True)
    yield Rule(
        pattern(r"not ready\. status: ", r"still exists\. status: ", r"timeout waiting for"),
        Reason.HELM_TIMEOUT,
        stored=True,
    )
    yield Rule(
        pattern(r"context deadline exceeded", r"timed out waiting for the condition"),
        Reason.HELM_TIMEOUT,
        stored=True,
        message="Helm's timeout ended before the objects were ready",
    )


def registries() -> Iterable[Rule]:
    """Yield the messages about registries; they come before similar ones about the cluster."""
    yield Rule(
        pattern(
            r"FetchReference.*first record does not look like a TLS handshake",
            r"FetchReference.*HTTP response to HTTPS",
        ),
        Reason.UNEXPECTED_ANSWER,
        stored=False,
        remedy="set source.plain_http if the registry speaks HTTP, not HTTPS",
    )


def fetching() -> Iterable[Rule]:
    """Yield the messages about charts that cannot be fetched; the least specific ones come last."""
    yield Rule(
        pattern(r"status code (401|403)", r"credential not found", r"authentication required", r"denied: "),
        Reason.REGISTRY_UNAUTHORIZED,
        stored=False,
    )
    yield Rule(
        pattern(r"not found$", r"\b404\b", r"no such file or directory", r"no chart (name|version) found"),
        Reason.CHART_NOT_FOUND,
        stored=False,
    )
