"""When a release whose cluster is gone leaves the state."""

import socket
import ssl

import pytest

from helm_rollback_component.errors import HelmRollbackError, OperationError, Problem, ValidationError
from helm_rollback_component.kube.api import errors
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile.lost_clusters import VARIABLE, let_go

GONE: list[HelmRollbackError] = [
    errors.unreachable("GET /x", ConnectionRefusedError(111, "Connection refused"), "https://one"),
    errors.unreachable("GET /x", ConnectionResetError(104, "Connection reset by peer"), "https://one"),
    errors.unreachable("GET /x", socket.gaierror(-2, "Name or service not known"), "https://one"),
    errors.unreachable("GET /x", OSError(113, "No route to host"), "https://one"),
    errors.unreachable("GET /x", TimeoutError(), "https://one"),
    errors.unreachable(
        "GET /x", ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), "https://one"
    ),
    errors.unreachable("GET /x", ssl.SSLCertVerificationError(1, "CERTIFICATE_VERIFY_FAILED"), "https://one"),
    ValidationError([Problem("context", "no context a")], reason=Reason.KUBECONFIG_MISSING),
    OperationError("another cluster", reason=Reason.CLUSTER_CHANGED, release="apps/web"),
]
LOST = {error.reason for error in GONE}
THERE: list[HelmRollbackError] = [
    ValidationError([Problem("kubeconfig", "not YAML")], reason=Reason.INVALID_KUBECONFIG),
    *(OperationError("an answer", reason=reason) for reason in Reason if reason not in LOST),
]


def run(error: HelmRollbackError) -> list[str]:
    """Let the error end a block; return the warnings."""
    warned: list[str] = []
    with let_go("apps/web", warned.append):
        raise error
    return warned


@pytest.mark.parametrize("error", GONE)
@pytest.mark.parametrize("word", ["", "false", "yes"])
def test_it_stays_unless_that_is_allowed(
    error: HelmRollbackError, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, word)
    with pytest.raises(OperationError) as caught:
        run(error)
    told = caught.value
    assert (told.reason, told.release, told.temporary) == (error.reason, "apps/web", error.temporary)
    assert f"{error.remedy}; if the cluster is gone for good, run again with {VARIABLE}=true" in str(told)


@pytest.mark.parametrize("error", GONE)
@pytest.mark.parametrize("word", ["true", "True"])
def test_it_goes_with_a_warning_where_it_is(
    error: HelmRollbackError, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, word)
    (line,) = run(error)
    assert line.startswith(f"apps/web: {error.message}")
    assert "nothing was deleted" in line


@pytest.mark.parametrize("error", GONE)
def test_it_goes_too_where_the_provider_allows_it(
    error: HelmRollbackError, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    warned: list[str] = []
    with let_go("apps/web", warned.append, allowed=True):
        raise error
    (line,) = warned
    assert "as deleteUnreachable allows" in line


@pytest.mark.parametrize("error", THERE)
def test_a_cluster_that_refuses_is_there(error: HelmRollbackError, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "true")
    with pytest.raises(type(error)) as caught:
        run(error)
    assert caught.value is error
