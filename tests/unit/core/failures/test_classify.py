"""Helm's words, as it really said them, and what they have to be understood as."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_rollback_component.core.failures.classify import Failure, classify, is_absent

_SAID: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("failure_messages.yaml").read_text())


@pytest.mark.parametrize("said", [pytest.param(row, id=f"{row['case']}, {row['helm']}") for row in _SAID])
def test_what_helm_really_said(said: dict[str, Any]) -> None:
    failure = classify(said["output"], said["action"])

    assert (failure.reason, failure.message) == (said["reason"], said["message"])
    assert (failure.temporary, failure.stored) == (said["temporary"], said["stored"])


@pytest.mark.parametrize(
    ("said", "reason", "temporary", "stored"),
    [
        (
            "the server has received too many requests and has asked us to try again later",
            "TooManyRequests",
            True,
            None,
        ),
        (
            'Operation cannot be fulfilled on deployments.apps "web": the object has been modified',
            "Conflict",
            True,
            True,
        ),
        ("etcdserver: request timed out", "ServerError", True, None),
        ("the server is currently unable to handle the request", "ServerError", True, None),
        ("Internal error occurred: something", "ServerError", True, None),
        ('Get "https://10.0.0.1:6443/version": net/http: TLS handshake timeout', "Unreachable", True, None),
        (
            'Get "https://10.0.0.1:6443/version": dial tcp 10.0.0.1:6443: i/o timeout',
            "Unreachable",
            True,
            None,
        ),
        (
            "getting credentials: exec: executable aws failed with exit code 255",
            "CredentialPluginFailed",
            False,
            None,
        ),
        (
            "resource Deployment/apps/web not ready. status: Failed, message: Progress deadline exceeded",
            "ProgressDeadlineExceeded",
            False,
            True,
        ),
        ("resource Thing/apps/web not ready. status: Failed, message: no", "ResourceFailed", False, True),
        (
            'pods "web" is forbidden: violates PodSecurity "restricted:latest"',
            "PodSecurityViolation",
            False,
            True,
        ),
        ("maximum cpu usage per Container is 1, but limit is 2", "QuotaExceeded", False, True),
        (
            "updates to statefulset spec for fields other than 'replicas' are forbidden",
            "ImmutableField",
            False,
            True,
        ),
        ("Helm did not end within 960 s and was stopped", "HelmHung", False, None),
        ("the Helm worker ended with exit status -11", "HelmCrashed", True, None),
        ("Helm was stopped, because it did not end after its cancellation", "HelmCrashed", True, None),
        ("Helm could not be started: Permission denied: /usr/bin/helm", "HelmUnusable", False, False),
        ("cancelled before Helm was started", "Cancelled", False, False),
        ("Helm ended with exit status -15", "Cancelled", False, None),
        ("something new", "HelmFailed", False, None),
    ],
)
def test_what_it_may_say_besides(said: str, reason: str, temporary: bool, stored: bool | None) -> None:  # noqa: FBT001
    failure = classify(said)

    assert (failure.reason, failure.temporary, failure.stored) == (reason, temporary, stored)


def test_the_library_does_not_say_which_verb_failed() -> None:
    assert classify("context deadline exceeded", "rollback").reason == "RollbackTimeout"
    assert classify("context deadline exceeded").reason == "HelmTimeout"


def test_an_api_that_is_gone_fails_a_rollback_after_its_record_is_written() -> None:
    said = 'unable to build kubernetes objects from new release manifest: no matches for kind "Foo"'

    assert classify(said, "upgrade").stored is False
    assert classify(said, "rollback").stored is True


def test_a_long_message_is_cut() -> None:
    failure = classify("x" * 5000)

    assert len(failure.message) == 600
    assert failure.message.endswith("…")


def test_every_permanent_failure_says_what_to_do() -> None:
    silent = {"Cancelled", "NoDeployedRelease", "ReleaseMissing", "RevisionMissing"}

    assert [row["case"] for row in _SAID if _speechless(classify(row["output"], row["action"]), silent)] == []


def test_an_absent_release_is_told_from_one_that_cannot_be_read() -> None:
    assert is_absent("Error: uninstall: Release not loaded: web: release: not found")
    assert is_absent('Error: the release named "web" is already deleted')
    assert not is_absent(
        "Error: uninstall: Release not loaded: web: query: failed to query with labels: "
        'secrets is forbidden: User "nobody" cannot list resource "secrets" in the namespace "apps"'
    )


def _speechless(failure: Failure, silent: set[str]) -> bool:
    return not failure.remedy and not failure.temporary and failure.reason not in silent
