"""Helm's words, as it really said them, and what they have to be understood as."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_rollback_component.core.failures.classify import Failure, classify, is_absent
from helm_rollback_component.errors import OperationError
from helm_rollback_component.reasons import Reason

_HERE = Path(__file__)
_SAID: list[dict[str, Any]] = yaml.safe_load(_HERE.with_name("failure_messages.yaml").read_text())
_SAID_BY_OTHERS: list[dict[str, str]] = yaml.safe_load(_HERE.with_name("messages_of_others.yaml").read_text())
"""What public reports show: words of one failure that stand in the message of another."""


@pytest.mark.parametrize("said", [pytest.param(row, id=f"{row['case']}, {row['helm']}") for row in _SAID])
def test_what_helm_really_said(said: dict[str, Any]) -> None:
    failure = classify(said["output"], said["action"], "apps")

    assert (failure.reason, failure.message) == (said["reason"], said["message"])
    assert failure.remedy == said.get("remedy", failure.remedy)
    assert failure.temporary == said["temporary"]


@pytest.mark.parametrize(
    ("said", "reason", "temporary"),
    [
        (
            "the server has received too many requests and has asked us to try again later",
            "TooManyRequests",
            True,
        ),
        (
            'Operation cannot be fulfilled on deployments.apps "web": the object has been modified',
            "Conflict",
            True,
        ),
        ("etcdserver: request timed out", "ServerError", True),
        ("the server is currently unable to handle the request", "ServerError", True),
        ("Internal error occurred: something", "ServerError", True),
        ('Get "https://10.0.0.1:6443/version": net/http: TLS handshake timeout', "Unreachable", True),
        (
            'Get "https://10.0.0.1:6443/version": dial tcp 10.0.0.1:6443: i/o timeout',
            "Unreachable",
            True,
        ),
        (
            "getting credentials: exec: executable aws failed with exit code 255",
            "CredentialPluginFailed",
            False,
        ),
        (
            "resource Deployment/apps/web not ready. status: Failed, message: Progress deadline exceeded",
            "ProgressDeadlineExceeded",
            False,
        ),
        ("resource Thing/apps/web not ready. status: Failed, message: no", "ResourceFailed", False),
        (
            'pods "web" is forbidden: violates PodSecurity "restricted:latest"',
            "PodSecurityViolation",
            False,
        ),
        ("maximum cpu usage per Container is 1, but limit is 2", "QuotaExceeded", False),
        (
            "updates to statefulset spec for fields other than 'replicas' are forbidden",
            "ImmutableField",
            False,
        ),
        (
            "client rate limiter Wait returned an error: rate: Wait(n=1) would exceed context deadline",
            "HelmTimeout",
            False,
        ),
        ("Helm did not end within 960 s and was stopped", "HelmHung", False),
        ("the Helm worker ended with exit status -11", "HelmCrashed", True),
        ("Helm was stopped, because it did not end after its cancellation", "HelmCrashed", True),
        ("Helm could not be started: Permission denied: /usr/bin/helm", "HelmUnusable", False),
        ("cancelled before Helm was started", "Cancelled", False),
        ("Helm ended with exit status -15", "Cancelled", False),
        ("something new", "HelmFailed", False),
    ],
)
def test_what_it_may_say_besides(said: str, reason: str, temporary: bool) -> None:  # noqa: FBT001
    failure = classify(said)

    assert (failure.reason, failure.temporary) == (reason, temporary)


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        ('Post "https://10.0.0.1:6443/api/v1/namespaces/apps/secrets": EOF', "Unreachable"),
        ('Get "https://10.0.0.1:6443/version": unexpected EOF', "Unreachable"),
        ("read tcp 10.0.0.2:4711->10.0.0.1:6443: read: connection reset by peer", "Unreachable"),
        ("write tcp 10.0.0.2:4711->10.0.0.1:6443: write: broken pipe", "Unreachable"),
        ("write tcp 10.0.0.2:4711->10.0.0.1:6443: use of closed network connection", "Unreachable"),
        ("dial tcp 10.0.0.1:6443: connect: connection timed out", "Unreachable"),
        ("dial tcp: lookup api.example.com on 10.0.0.10:53: server misbehaving", "Unreachable"),
        ('Get "https://10.0.0.1:6443/version": http2: client connection lost', "Unreachable"),
        (
            'Patch "https://10.0.0.1:6443/apis/apps/v1": http2: server sent GOAWAY and closed the connection',
            "Unreachable",
        ),
        ("http: server closed idle connection", "Unreachable"),
        ('Get "https://10.0.0.1:6443/version": net/http: timeout awaiting response headers', "Unreachable"),
        (
            'Get "https://a": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
            "Unreachable",
        ),
        ("stream error: stream ID 11; INTERNAL_ERROR; received from peer", "Unreachable"),
        (
            "unexpected error when reading response body. Please retry. Original error: it ended",
            "Unreachable",
        ),
        ('Put "https://10.0.0.1:6443/api/v1": context deadline exceeded', "Unreachable"),
        ("storage is (re)initializing", "TooManyRequests"),
        ("rpc error: code = Unavailable desc = etcdserver: leader changed", "ServerError"),
        (
            'an error on the server ("bad gateway") has prevented the request from succeeding (get secrets)',
            "ServerError",
        ),
        (
            "the server was unable to return a response in the time allotted, but may still be processing it",
            "ServerError",
        ),
        ("Timeout: request did not complete within requested timeout 30s", "ServerError"),
        (
            "the server responded with the status code 507 but did not return more information (get pods)",
            "ServerError",
        ),
        ("the server reported a conflict (put secrets sh.helm.release.v1.web.v2)", "Conflict"),
        (
            "StorageError: invalid object, Code: 4, Key: /registry/secrets/apps/a, Precondition failed",
            "Conflict",
        ),
    ],
)
@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("install", "Error: INSTALLATION FAILED: {}"),
        ("upgrade", "Error: UPGRADE FAILED: pre-upgrade hooks failed: 1 error occurred:\n\t* {}"),
        ("rollback", "{}"),
        ("uninstall", "Error: uninstallation completed with 1 error(s): {}"),
    ],
)
def test_what_may_pass_is_known_wherever_helm_met_it(action: str, said: str, cause: str, reason: str) -> None:
    failure = classify(said.format(cause), action)

    assert (failure.reason, failure.temporary) == (reason, True)


@pytest.mark.parametrize("row", [pytest.param(row, id=row["said"][:60]) for row in _SAID_BY_OTHERS])
def test_what_others_say_and_quote(row: dict[str, str]) -> None:
    assert classify(row["said"], row["action"]).reason == row["reason"]


@pytest.mark.parametrize(
    ("resource", "singular"),
    [
        ("jobs.batch", "job"),
        ("ingresses.networking.k8s.io", "ingress"),
        ("networkpolicies.x", "networkpolicies"),
    ],
)
def test_what_a_hook_left_is_named_as_kubectl_does(resource: str, singular: str) -> None:
    said = f'warning: Hook pre-install web/x.yaml failed: {resource} "left" already exists'

    assert f"`kubectl delete {singular} left`" in classify(said, "install").remedy


@pytest.mark.parametrize(
    "said",
    [
        "pre-upgrade hooks failed: 1 error occurred:\n\t* job migrate failed: BackoffLimitExceeded",
        "pre-upgrade hooks failed: resource Job/apps/migrate not ready. status: Failed, message: Job Failed.",
        "failed pre-upgrade: resource Pod/apps/migrate not ready. status: Failed, message: Pod Failed.",
    ],
)
def test_a_hook_that_failed_is_named_in_case_that_an_earlier_update_left_it(said: str) -> None:
    kind = "pod" if "Pod/" in said else "job"
    found = classify(f"Error: UPGRADE FAILED: {said}", "upgrade", "apps")
    assert found.reason == "HookFailed"
    assert found.remedy.endswith(f"delete it with `kubectl delete {kind} migrate -n apps`")


def test_the_library_does_not_say_which_verb_failed() -> None:
    assert classify("context deadline exceeded", "rollback").reason == "RollbackTimeout"
    assert classify("context deadline exceeded").reason == "HelmTimeout"


def test_a_watch_of_helms_that_ended_early_may_succeed_later() -> None:
    unknown = "resource {}/apps/web not ready. status: Unknown, message: "
    said = "\n".join(map(unknown.format, ("ConfigMap", "Deployment")))
    late = f"{unknown.format('Pod')}\nresource Deployment/apps/web not ready. status: InProgress, message: x"

    assert classify(said, "upgrade").reason == "ServerError"
    assert classify(f"{said}\ncontext deadline exceeded", "upgrade").reason == "UpgradeTimeout"
    assert classify(late, "upgrade").reason == "UpgradeTimeout"


def test_an_uninstall_that_does_not_say_why_it_failed_may_succeed_later() -> None:
    failure = classify("Error: failed to delete release: web", "uninstall")

    assert (failure.reason, failure.temporary) == ("ServerError", True)


def test_a_long_message_is_cut() -> None:
    failure = classify("x" * 5000)

    assert len(failure.message) == 600


def test_a_secret_is_masked_before_a_message_is_cut() -> None:
    secret = "".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(13))
    said = f'ConfigMap "web" is invalid: data: Invalid value: "{secret}": Too long'

    failure = classify(said, show=lambda text: text.replace(secret, "[secret]"))

    assert failure.message == 'ConfigMap "web" is invalid: data: Invalid value: "[secret]": Too long'


def test_a_mask_does_not_change_what_a_failure_is() -> None:
    said = 'Error: UPGRADE FAILED: Job.batch "web" is invalid: spec.template: field is immutable'
    hidden = classify(said, show=lambda text: text.replace("immutable", "[secret]"))

    assert (hidden.reason, hidden.remedy) == (classify(said).reason, classify(said).remedy)
    assert hidden.message.endswith("field is [secret]")


def test_what_failed_and_why_stay_when_the_middle_is_cut() -> None:
    failure = classify(f'ConfigMap "web" is invalid: {"x" * 5000}: Too long')

    assert failure.message.startswith('ConfigMap "web" is invalid: xx')
    assert failure.message.endswith("xx: Too long")


@pytest.mark.parametrize(
    "dump",
    [
        '{"Command":["sh","-c","echo \\"}\\" connection refused"],"Env":null,"Name":"%s"}',
        'core.PodTemplateSpec{Spec:v1.PodSpec{Containers:[]{Image:"%s, context canceled"}}}',
        '"%s: no matches for kind"',
        '[{"a":{"b":"%s"}}]',
    ],
)
def test_a_value_that_is_refused_is_no_cause(dump: str) -> None:
    said = (
        f'Job.batch "web" is invalid: spec.template: Invalid value: {dump % ("x" * 2000)}: field is immutable'
    )
    failure = classify(said, "upgrade")

    assert failure.reason == "ImmutableField"
    assert failure.message.endswith("…: field is immutable")


def test_a_value_whose_end_is_missing_is_cut_like_any_text() -> None:
    failure = classify(f'Job.batch "web" is invalid: spec.template: Invalid value: {{"a":"{"x" * 2000}')

    assert len(failure.message) == 600


def test_every_permanent_failure_says_what_to_do() -> None:
    silent = {"Cancelled", "NoDeployedRelease", "ReleaseMissing", "RevisionMissing"}

    assert [row["case"] for row in _SAID if _speechless(classify(row["output"], row["action"]), silent)] == []


def test_an_error_of_the_cluster_is_a_failure_too() -> None:
    error = OperationError("it changed", reason=Reason.CONFLICT)

    assert Failure.of(error) == Failure("Conflict", "it changed", Reason.CONFLICT.remedy, temporary=True)


def test_an_absent_release_is_told_from_one_that_cannot_be_read() -> None:
    assert is_absent("Error: uninstall: Release not loaded: web: release: not found")
    assert is_absent('Error: the release named "web" is already deleted')
    assert not is_absent(
        "Error: uninstall: Release not loaded: web: query: failed to query with labels: "
        'secrets is forbidden: User "nobody" cannot list resource "secrets" in the namespace "apps"'
    )


def _speechless(failure: Failure, silent: set[str]) -> bool:
    return not failure.remedy and not failure.temporary and failure.reason not in silent


def test_a_strategy_that_helm_4_cannot_set_is_set_by_kubectl() -> None:
    said = (
        'Deployment.apps "web" is invalid: spec.strategy.rollingUpdate: Forbidden: may not be specified when '
        "strategy `type` is 'Recreate'"
    )
    found = classify(f"Error: UPGRADE FAILED: {said}", "upgrade", "apps")
    assert found.reason == "ObjectInvalid"
    assert found.remedy.endswith(
        "`kubectl patch deployment web -n apps --type=merge -p "
        """'{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}'`"""
    )
