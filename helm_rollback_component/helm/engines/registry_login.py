"""Credentials for an OCI registry, in the form that Helm reads them in."""

from __future__ import annotations

import base64
import json

from helm_rollback_component.config import OCI_SCHEME

_DOCKER_HUB = ("docker.io", "index.docker.io", "registry-1.docker.io")
_DOCKER_HUB_KEY = "https://index.docker.io/v1/"


def registry_host(reference: str) -> str:
    """Return the host, with its port if any, that an ``oci://`` reference names."""
    return reference.removeprefix(OCI_SCHEME).split("/", 1)[0]


def registry_config(reference: str, username: str, password: str) -> str:
    """Return a registry configuration that holds one login, for the host of `reference`; it is a secret."""
    host = registry_host(reference)
    login = {"auth": base64.b64encode(f"{username}:{password}".encode()).decode()}
    hosts = (*_DOCKER_HUB, _DOCKER_HUB_KEY) if host in _DOCKER_HUB else (host,)
    return json.dumps({"auths": dict.fromkeys(hosts, login)})
