"""From a kubeconfig to an open HTTP client: TLS, credentials, proxy, and the pool of connections.

Importing this costs a quarter of a second; `kube.api.client` does so when it first connects.
"""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx2
from lightkube.config.client_adapter import ConnectionParams
from lightkube.config.kubeconfig import KubeConfig
from lightkube.core.exceptions import ConfigError
from msgspec import ValidationError as MalformedError

from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.inputs.proxies import proxy_for
from helm_rollback_component.inputs.tls_socket import ClosingSocket
from helm_rollback_component.kube.api.exec_auth import ExecAuth
from helm_rollback_component.kube.api.kubeconfig_rules import logs_in_by_plugin, refuse_unusable
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.kube.api.kubeconfig import Selected

_TIMEOUT = 15.0
_IN_HEADERS = "!#$&'*+-.^_`|~"
"""Besides letters and digits: what the name of an HTTP header may have, but for the escape itself."""
_LIMITS = httpx2.Limits(max_connections=None, max_keepalive_connections=128, keepalive_expiry=30)


def open_client(selected: Selected) -> httpx2.Client:
    """Return a client for the API server of a kubeconfig's context; it may be used from many threads.

    Raises:
        ValidationError: with the path ``kubeconfig``, if a certificate or a credential cannot be used.
    """
    try:
        params = _params(selected)
        client = httpx2.Client(**params, limits=_LIMITS, headers=_headers(selected.user))
    except (ConfigError, MalformedError, httpx2.InvalidURL, OSError, ValueError) as error:
        problem = error.strerror if isinstance(error, OSError) else str(error)
    else:
        if logs_in_by_plugin(selected.user):
            client.auth = ExecAuth(selected.user["exec"], selected.cluster, params["verify"])
        return client
    raise ValidationError(
        [Problem("kubeconfig", f"the context {selected.context} cannot be used: {problem}")],
        reason=Reason.INVALID_KUBECONFIG,
    )


def request_extensions(selected: Selected) -> dict[str, Any]:
    """Return what each request must carry so that TLS checks the name that the kubeconfig gives."""
    name = selected.cluster.get("tls-server-name")
    return {"sni_hostname": name} if name else {}


def _params(selected: Selected) -> dict[str, Any]:
    config = KubeConfig.from_dict(
        {
            "current-context": "it",
            "clusters": [{"name": "it", "cluster": selected.cluster}],
            "users": [{"name": "it", "user": selected.user}],
            "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
        }
    ).get()
    assert config is not None  # noqa: S101  # lightkube gives None only where no context is current
    refuse_unusable(selected)
    cluster = selected.cluster
    proxy = cluster.get("proxy-url") or proxy_for(cluster["server"], os.environ)
    params = ConnectionParams(timeout=httpx2.Timeout(_TIMEOUT), proxy=proxy).httpx_params(config)
    _as_lenient_as_kubectl(params["verify"])
    params["verify"].sslsocket_class = ClosingSocket
    return {**params, "trust_env": False}


def _as_lenient_as_kubectl(context: ssl.SSLContext) -> None:
    """Accept certificate authorities without key identifiers, which clusters have and Go accepts."""
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT


def _headers(user: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the headers that make the API server act for another user, where the kubeconfig asks for one."""
    extra = user.get("as-user-extra") or {}
    return [
        ("User-Agent", "helm-rollback"),
        *(
            (f"Impersonate-{word}", user[key])
            for key, word in (("as", "User"), ("as-uid", "Uid"))
            if user.get(key)
        ),
        *(("Impersonate-Group", group) for group in user.get("as-groups") or ()),
        *(
            (f"Impersonate-Extra-{quote(key, safe=_IN_HEADERS)}", value)
            for key, values in extra.items()
            for value in values
        ),
    ]
