"""What kubectl and Helm refuse in a kubeconfig, refused before anything is asked or changed. Pure.

What only our own client took would deploy the one half of a release.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lightkube.core.exceptions import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.kube.api.kubeconfig import Selected

_SCHEMES = ("https://", "http://")
_PROXY_SCHEMES = ("http://", "https://", "socks5://")
_TWICE = (
    ("certificate-authority", "certificate-authority-data"),
    ("client-certificate", "client-certificate-data"),
    ("client-key", "client-key-data"),
)
_LOGINS = ("token", "tokenFile", "username", "client-certificate", "client-certificate-data")
_PLUGINS = {"gcp": "gke-gcloud-auth-plugin", "azure": "kubelogin"}
"""By auth provider that kubectl had once: the credential plugin that took its place."""
_GROUP = "client.authentication.k8s.io"
_VERSION = f"{_GROUP}/v1"
_VERSIONS = (_VERSION, f"{_GROUP}/v1beta1")
_MODES = (None, "Never", "IfAvailable")
_OF_ANOTHER_USER = ("as-uid", "as-groups", "as-user-extra")


def refuse_unusable(selected: Selected) -> None:
    """Refuse a context that kubectl or Helm would refuse.

    Raises:
        ConfigError: the first reason.
    """
    for problem in (*_of_cluster(selected.cluster), *_of_user(selected.user)):
        raise ConfigError(problem)


def logs_in_by_plugin(user: dict[str, Any]) -> bool:
    """Whether a credential plugin counts: one beside a token, a password or a certificate does not."""
    return bool(user.get("exec")) and not any(user.get(each) for each in _LOGINS)


def _of_cluster(cluster: dict[str, Any]) -> Iterator[str]:
    if not str(cluster["server"]).startswith(_SCHEMES):
        yield "its server must begin with https:// or http://"
    proxy = cluster.get("proxy-url")
    if proxy and not str(proxy).startswith(_PROXY_SCHEMES):
        yield f"its proxy-url must begin with {', '.join(_PROXY_SCHEMES[:-1])} or {_PROXY_SCHEMES[-1]}"
    if cluster.get("insecure-skip-tls-verify") and any(cluster.get(each) for each in _TWICE[0]):
        yield "it has a certificate authority and insecure-skip-tls-verify; remove one of them"
    yield from _twice(cluster)


def _of_user(user: dict[str, Any]) -> Iterator[str]:
    yield from _twice(user)
    provider, plugin = user.get("auth-provider"), user.get("exec")
    if provider and not plugin and not any(user.get(each) for each in _LOGINS):
        yield (
            f"the auth provider {provider.get('name')} is not supported; "
            f"use {_PLUGINS.get(provider.get('name'), 'a credential plugin')} in the section exec instead"
        )
    if plugin and provider:
        yield "it has an auth-provider and a credential plugin; remove the auth-provider"
    if user.get("token") and user.get("username"):
        yield "it has a token and a username; remove one of them"
    if any(user.get(each) for each in _OF_ANOTHER_USER) and not user.get("as"):
        yield f"it has one of {', '.join(_OF_ANOTHER_USER)}, but not the user that it acts as: as"
    if plugin:
        yield from _of_plugin(plugin)


def _of_plugin(plugin: dict[str, Any]) -> Iterator[str]:
    version, mode = plugin.get("apiVersion"), plugin.get("interactiveMode")
    if not plugin.get("command"):
        yield "its credential plugin has no command"
    if version not in _VERSIONS:
        yield f"its credential plugin has apiVersion {version}; it must be {' or '.join(_VERSIONS)}"
    if mode == "Always":
        yield (
            "its credential plugin has interactiveMode Always, and nobody can answer it here; "
            "use a login that asks nothing, with interactiveMode Never or IfAvailable"
        )
    elif mode not in _MODES or (version == _VERSION and not mode):
        yield "its credential plugin needs interactiveMode: Never or IfAvailable"


def _twice(section: dict[str, Any]) -> Iterator[str]:
    for file, data in _TWICE:
        if section.get(file) and section.get(data):
            yield f"it has {file} and {data}; remove one of them"
