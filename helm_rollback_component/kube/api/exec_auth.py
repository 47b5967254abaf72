"""Credentials from a plugin: the ``exec`` section of a kubeconfig.

Written here because lightkube's own refuses the current ``client.authentication.k8s.io/v1`` and client
certificates, tells the plugin nothing about itself, and runs one plugin for each of many threads at once.
"""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import tempfile
import threading
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import reduce
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import httpx2

from helm_rollback_component.errors import OperationError
from helm_rollback_component.inputs.child_environment import for_child
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from collections.abc import Set as AbstractSet

    from helm_rollback_component.inputs.redaction import Redactor

_TIMEOUT = 120
_TOLD = (
    "server",
    "tls-server-name",
    "insecure-skip-tls-verify",
    "certificate-authority-data",
    "proxy-url",
    "disable-compression",
)
_FOR_PLUGIN = "client.authentication.k8s.io/exec"
"""The extension of a cluster that is meant for its plugin."""
_LONGEST_VERSION = 80
_LONGEST_WORDS = 300
_EARLY = timedelta(seconds=10)


class ExecAuth(httpx2.Auth):
    """Uses what a credential plugin gives; asks it again when that expires or a token is refused.

    Connections that are open keep the client certificate with which they began.

    Args:
        plugin: the ``exec`` section.
        cluster: the ``cluster`` section, told to a plugin that asks for it.
        tls: takes a client certificate.
    """

    def __init__(self, plugin: Mapping[str, Any], cluster: Mapping[str, Any], tls: ssl.SSLContext) -> None:
        self._plugin = plugin
        self._cluster = cluster
        self._tls = tls
        self._lock = threading.Lock()
        self._given: Credential | None = None
        self._redactors: WeakSet[Redactor] = WeakSet()

    def teach(self, redact: Redactor) -> None:
        """Have what the plugin gave last, and whatever it will give, masked by `redact`."""
        with self._lock:
            self._redactors.add(redact)
            redact.learn(self._given.secrets if self._given else ())

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Send the request with the credential, and once more with a new one if it was refused."""
        given = self._current()
        response = yield _authorized(request, given)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            yield _authorized(request, self._renewed(given))

    def _current(self) -> Credential:
        with self._lock:
            given = self._given
            if given is None or (given.expires and datetime.now(UTC) > given.expires - _EARLY):
                given = self._ask()
            return given

    def _renewed(self, refused: Credential) -> Credential:
        with self._lock:
            given = self._given
            return self._ask() if given is None or given == refused else given

    def _ask(self) -> Credential:
        command = str(self._plugin["command"])
        output = _run(self._plugin, self._cluster, self._masked)
        given = credential(output, command, self._plugin.get("apiVersion"))
        for redact in self._redactors:
            redact.learn(given.secrets)
        if given.certificate:
            _load(given.certificate, self._tls, command)
        self._given = given
        return given

    def _masked(self, text: str) -> str:
        return reduce(lambda masked, redact: redact(masked), self._redactors, text)


@dataclass(frozen=True)
class Credential:
    """What a plugin gave.

    Attributes:
        token: a bearer token; may be empty.
        certificate: a client certificate and its key (PEM); may be empty.
        expires: when to ask again, if it says so.
        secrets: what of it nobody may read: the token, and the key.
    """

    token: str = field(repr=False)
    certificate: str = field(repr=False)
    expires: datetime | None
    secrets: AbstractSet[str] = field(repr=False)


def credential(output: str, command: str, version: str | None) -> Credential:
    """Return what a plugin's ``ExecCredential`` holds. Pure.

    Raises:
        OperationError: ``CredentialPluginFailed`` if there is neither a token nor a certificate in it, or if
            it has not the version that the kubeconfig asks for, which Helm would refuse.
    """
    try:
        answer = json.loads(output)
        status, told = answer["status"], answer.get("apiVersion")
        pair = [status.get(key) or "" for key in ("clientCertificateData", "clientKeyData")]
        token, expires = status.get("token") or "", status.get("expirationTimestamp")
        found = Credential(
            token=token,
            certificate="\n".join(pair) if all(pair) else "",
            expires=datetime.fromisoformat(expires) if expires else None,
            secrets=frozenset({token, pair[1]} - {""}),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _failed(command, "returned no credential") from None
    if told != version:
        raise _failed(
            command, f"returned apiVersion {str(told)[:_LONGEST_VERSION]}; the kubeconfig has {version}"
        )
    if not (found.token or found.certificate):
        raise _failed(command, "returned neither a token nor a client certificate with its key")
    return found


def _authorized(request: httpx2.Request, given: Credential) -> httpx2.Request:
    if given.token:
        request.headers["Authorization"] = f"Bearer {given.token}"
    return request


def _load(certificate: str, tls: ssl.SSLContext, command: str) -> None:
    """Have connections begin with a client certificate; TLS libraries read one from a file alone."""
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(certificate)
        file.flush()
        try:
            tls.load_cert_chain(file.name)
        except ssl.SSLError:
            raise _failed(command, "returned a client certificate that cannot be used") from None


def _run(plugin: Mapping[str, Any], cluster: Mapping[str, Any], mask: Callable[[str], str]) -> str:
    command = plugin["command"]
    try:
        done = subprocess.run(  # noqa: S603  # the kubeconfig's owner names the program, as for kubectl
            [command, *(plugin.get("args") or ())],
            env=_environment(plugin, cluster),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT,
            check=False,
        )
    except OSError as error:
        raise _failed(command, f"cannot be run: {error.strerror}", plugin.get("installHint") or "") from None
    except subprocess.TimeoutExpired:
        raise _failed(command, f"took longer than {_TIMEOUT} s") from None
    if done.returncode:
        status = f"failed with exit status {done.returncode}"
        raise _failed(command, ": ".join(filter(None, (status, _last_words(mask(done.stderr))))))
    return done.stdout


def _last_words(said: str) -> str:
    """Return the end of what a plugin said to people, as one line. Its other output is a credential."""
    return " ".join(said.split())[-_LONGEST_WORDS:]


def _environment(plugin: Mapping[str, Any], cluster: Mapping[str, Any]) -> dict[str, str]:
    spec: dict[str, Any] = {"interactive": False}
    if plugin.get("provideClusterInfo"):
        spec["cluster"] = _told_of(cluster)
    told = {"apiVersion": plugin.get("apiVersion"), "kind": "ExecCredential", "spec": spec}
    named = {entry["name"]: entry["value"] for entry in plugin.get("env") or ()}
    return {**for_child(os.environ), **named, "KUBERNETES_EXEC_INFO": json.dumps(told)}


def _told_of(cluster: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cluster as kubectl describes it to a plugin: the certificate authority is never a path."""
    told = {name: cluster[name] for name in _TOLD if cluster.get(name)}
    if cluster.get("certificate-authority"):
        content = Path(cluster["certificate-authority"]).read_bytes()
        told["certificate-authority-data"] = b64encode(content).decode()
    for extension in cluster.get("extensions") or ():
        if extension.get("name") == _FOR_PLUGIN:
            told["config"] = extension.get("extension")
    return told


def _failed(command: str, what: str, hint: str = "") -> OperationError:
    return OperationError(
        f"the kubeconfig's credential plugin {command} {what}",
        reason=Reason.CREDENTIAL_PLUGIN_FAILED,
        remedy=hint,
    )
