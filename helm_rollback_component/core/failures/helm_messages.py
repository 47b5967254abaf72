"""The messages of Helm itself: of versions 3 and 4, of its library, and of the processes that run them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from helm_rollback_component.core.failures.rule import Rule, pattern
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable

_START = r"^(Error: )?([A-Z]+ FAILED: )?"


_FAILED_HOOK = (
    "read the logs of the hook's pod; if it is from an earlier update that left it behind, delete it with "
    "`kubectl delete {object}`"
)


def cancelled() -> Iterable[Rule]:
    """Yield the messages of a Helm that was stopped."""
    yield Rule(pattern(r"cancelled before Helm was started"), Reason.CANCELLED)
    yield Rule(
        pattern(r"context canceled", r"Helm ended with exit status -15$"),
        Reason.CANCELLED,
        message="cancelled while it was running",
    )


def process() -> Iterable[Rule]:
    """Yield the messages about a Helm that hangs, crashes, or does not start."""
    yield Rule(pattern(r"Helm did not end within"), Reason.HELM_HUNG)
    yield Rule(
        pattern(r"the Helm worker ended", r"Helm was stopped, because", r"Helm ended with exit status -\d+$"),
        Reason.HELM_CRASHED,
    )
    yield Rule(
        pattern(r"Helm could not be started", r"the Helm worker does not start"),
        Reason.HELM_UNUSABLE,
    )


def left_behind() -> Iterable[Rule]:
    """Yield the messages about the object of a hook that an earlier run left; they come before `objects`."""
    hook = r"Hook \S+ \S+ failed: .*?"
    kept = (r"is immutable", r"updates may not change", r"may not change once set")
    remedy = (
        "delete it with `kubectl delete {object}`, or have the hook's annotation helm.sh/hook-delete-policy "
        "contain before-hook-creation"
    )
    for found in (
        rf"{hook}\b(?P<kind>[a-z]+)[\w.-]* \"(?P<name>[^\"]+)\" already exists",
        rf"{hook}\b(?P<kind>[a-z]+)[\w.-]* \"(?P<name>[^\"]+)\" is invalid: .*({'|'.join(kept)})",
    ):
        yield Rule(re.compile(found, re.IGNORECASE | re.DOTALL), Reason.ALREADY_EXISTS, remedy=remedy)


def hooks_and_tests() -> Iterable[Rule]:
    """Yield the messages about hooks and tests; they come before those about the cause of the failure."""
    failed = (r"resource (Job|Pod)/\S+ not ready\. status: Failed", r"\b(job|pod) \S+ failed\b")
    yield Rule(
        pattern(*failed),
        Reason.TEST_FAILED,
        actions=frozenset({"test"}),
    )
    in_hook = r"((pre|post)-(install|upgrade|rollback|delete) hooks? failed|failed (pre|post)-\w+): .*"
    for named in (
        r"resource (?P<kind>Job|Pod)/[^/\s]+/(?P<name>[^/\s]+) not ready\. status: Failed",
        r"\b(?P<kind>job|pod) (?P<name>\S+) failed\b",
    ):
        yield Rule(
            re.compile(f"{in_hook}{named}", re.IGNORECASE | re.DOTALL),
            Reason.HOOK_FAILED,
            remedy=_FAILED_HOOK,
        )
    yield Rule(
        re.compile(
            rf"{in_hook}not ready\. status: Unknown, message:(?!.*deadline exceeded)",
            re.IGNORECASE | re.DOTALL,
        ),
        Reason.UNREACHABLE,
        remedy="check the network and the API server",
        message="Helm lost the API server while it waited for a hook",
    )
    unnamed = r"\bjob failed: "  # Helm 3.13 does not say which
    over = (
        unnamed,
        r"not ready\. status",
        r"(?<!connection )(?<!operation )timed out",
        r"(?<!\": context )deadline exceeded",
    )
    yield Rule(
        re.compile(f"{in_hook}({'|'.join(over)})", re.IGNORECASE | re.DOTALL),
        Reason.HOOK_FAILED,
    )
    yield Rule(
        pattern(*failed, unnamed),
        Reason.HOOK_FAILED,
        remedy="read the logs of the hook's pod, or set disable_hooks to run no hooks",
        actions=frozenset({"rollback", "uninstall"}),
    )


def chart_and_values() -> Iterable[Rule]:
    """Yield the messages about charts and values, before Helm changes anything."""
    yield Rule(pattern(r"don't meet the specifications of the schema"), Reason.SCHEMA_INVALID)
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
    )
    yield Rule(
        pattern(
            r"for \"--post-renderer\" flag: ",
            r"error while running post render on files: ",
            r"Type:postrenderer/v1\} not found",
        ),
        Reason.POST_RENDERER_FAILED,
    )
    yield Rule(
        pattern(r"missing in charts/ directory", r"chart dependencies are missing"),
        Reason.DEPENDENCY_MISSING,
    )
    yield Rule(
        pattern(
            r"validation: chart\.metadata",
            r"(cannot load|detect chart at .*) ?Chart\.yaml",
            r"Chart\.yaml file is missing",
            r"cannot load values\.yaml",
            r"library charts are not installable",
            r"error evaluating symlink ",
            r"requires kubeVersion",
            r"does not appear to be a gzipped archive",
        ),
        Reason.CHART_INVALID,
    )


def records() -> Iterable[Rule]:
    """Yield the messages about the records of a release."""
    yield Rule(pattern(r"cannot re-?use a name that is still in use"), Reason.RELEASE_EXISTS)
    yield Rule(
        pattern(r"another operation \(install/upgrade/rollback\) is in progress", r"release: already exists"),
        Reason.OPERATION_IN_PROGRESS,
        remedy="wait for the other operation; if none runs, roll the release back",
    )
    yield Rule(pattern(r"has no deployed releases"), Reason.NO_DEPLOYED_RELEASE)
    yield Rule(
        pattern(r"release: not found", r"the release named .* is already deleted"),
        Reason.RELEASE_MISSING,
    )
    yield Rule(pattern(r"release has no \S+ version"), Reason.REVISION_MISSING)
    yield Rule(
        pattern(r"failed to delete release: \S+$"),  # Helm says no more, whatever request failed
        Reason.SERVER_ERROR,
        actions=frozenset({"uninstall"}),
    )
    yield Rule(
        pattern(r"Secret \"sh\.helm\.release\.[^\"]*\" is invalid: data: Too long"),
        Reason.RELEASE_TOO_LARGE,
    )


def not_ready() -> Iterable[Rule]:
    """Yield the messages that quote the status of an object that Helm waits for."""
    status = r"resource \S+ not ready\. status: "
    yield Rule(  # Helm 4's watch ended before its time, because it could not ask which kinds there are
        re.compile(
            rf"\A(?!.*(deadline exceeded|status: (?!Unknown))).*{status}Unknown, ", re.IGNORECASE | re.DOTALL
        ),
        Reason.SERVER_ERROR,
    )
    yield Rule(
        pattern(rf"{status}Failed, message: Progress deadline exceeded"), Reason.PROGRESS_DEADLINE_EXCEEDED
    )
    yield Rule(pattern(rf"{status}Failed"), Reason.RESOURCE_FAILED)
    yield Rule(pattern(status, r"resource \S+ still exists\. status: "), Reason.HELM_TIMEOUT)


def readiness() -> Iterable[Rule]:
    """Yield the messages about objects that do not become ready, or are not deleted."""
    yield Rule(pattern(r"progress deadline exceeded"), Reason.PROGRESS_DEADLINE_EXCEEDED)
    yield Rule(pattern(r"timeout waiting for"), Reason.HELM_TIMEOUT)
    yield Rule(
        pattern(
            r"would exceed context deadline",
            r"context deadline exceeded",
            r"timed out waiting for the condition",
        ),
        Reason.HELM_TIMEOUT,
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
        remedy="set source.plain_http if the registry speaks HTTP, not HTTPS",
    )


def fetching() -> Iterable[Rule]:
    """Yield the messages about charts that cannot be fetched; the least specific ones come last."""
    yield Rule(
        pattern(
            r"status code (401|403)",
            r"credential not found",
            r"authentication required",
            r"(?<!permission )denied: ",
        ),
        Reason.REGISTRY_UNAUTHORIZED,
    )
    yield Rule(
        pattern(
            rf"{_START}path \"[^\"]*\" not found",
            rf"{_START}(l?stat|open) [^:]+: no such file or directory$",
            r"failed to perform \"\w+\" on \w+: .*not found$",
            r"failed to (fetch|download) ",
            r"chart \"[^\"]*\" .*not found in ",
            r"no chart (name|version) found",
            r"\brepo \S+ not found",
            r"manifest unknown",
        ),
        Reason.CHART_NOT_FOUND,
    )
