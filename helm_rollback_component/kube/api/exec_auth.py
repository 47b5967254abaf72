"""Credentials from a plugin: the ``exec`` section of a kubeconfig.

Written here because lightkube's own refuses the current ``client.authentication.k8s.io/v1``, tells the
plugin nothing about itself, and runs one plugin for each of many threads at once.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpx2

from helm_rollback_component.errors import OperationError
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

_TIMEOUT = 120
_EARLY = timedelta(seconds=10)


class ExecAuth(httpx2.Auth):
    """Sends the token that a credential plugin gives; asks it again when the token expires or is refused.

    Args:
        plugin: the ``exec`` section.
        cluster: the ``cluster`` section, told to a plugin that asks for it.
    """

    def __init__(self, plugin: Mapping[str, Any], cluster: Mapping[str, Any]) -> None:
        self._plugin = plugin
        self._cluster = cluster
        self._lock = threading.Lock()
        self._token = ""
        self._expires: datetime | None = None

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Send the request with the token, and once more with a new one if it was refused."""
        token = self._current()
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            request.headers["Authorization"] = f"Bearer {self._renewed(token)}"
            yield request

    def _current(self) -> str:
        with self._lock:
            if not self._token or (self._expires and datetime.now(UTC) > self._expires - _EARLY):
                self._ask()
            return self._token

    def _renewed(self, refused: str) -> str:
        with self._lock:
            if self._token == refused:
                self._ask()
            return self._token

    def _ask(self) -> None:
        self._token, self._expires = credential(_run(self._plugin, self._cluster), self._command)

    @property
    def _command(self) -> str:
        return str(self._plugin["command"])


def credential(output: str, command: str) -> tuple[str, datetime | None]:
    """Return the token in a plugin's ``ExecCredential``, and when it expires, if it says so. Pure.

    Raises:
        OperationError: ``CredentialPluginFailed`` if there is no token in it.
    """
    try:
        status = json.loads(output)["status"]
        expires = status.get("expirationTimestamp")
        return status["token"], datetime.fromisoformat(expires) if expires else None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _failed(command, "returned no token") from None


def _run(plugin: Mapping[str, Any], cluster: Mapping[str, Any]) -> str:
    command = plugin["command"]
    try:
        done = subprocess.run(  # noqa: S603  # the kubeconfig's owner names the program, as for kubectl
            [command, *(plugin.get("args") or ())],
            env=_environment(plugin, cluster),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except OSError as error:
        raise _failed(command, f"cannot be run: {error.strerror}", plugin.get("installHint") or "") from None
    except subprocess.TimeoutExpired:
        raise _failed(command, f"took longer than {_TIMEOUT} s") from None
    if done.returncode:
        raise _failed(command, f"failed with exit status {done.returncode}")
    return done.stdout


def _environment(plugin: Mapping[str, Any], cluster: Mapping[str, Any]) -> dict[str, str]:
    spec: dict[str, Any] = {"interactive": False}
    if plugin.get("provideClusterInfo"):
        spec["cluster"] = dict(cluster)
    told = {"apiVersion": plugin.get("apiVersion"), "kind": "ExecCredential", "spec": spec}
    named = {entry["name"]: entry["value"] for entry in plugin.get("env") or ()}
    return {**os.environ, **named, "KUBERNETES_EXEC_INFO": json.dumps(told)}


def _failed(command: str, what: str, hint: str = "") -> OperationError:
    return OperationError(
        f"the kubeconfig's credential plugin {command} {what}",
        reason=Reason.CREDENTIAL_PLUGIN_FAILED,
        remedy=hint,
    )
