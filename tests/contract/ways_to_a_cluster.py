"""Kubeconfigs that lead to the cluster of the tests in every way that kubectl knows."""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import trustme
import yaml

from tests.support.http_proxy import http_proxy
from tests.support.socks import socks_proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pytest

    from tools.ground import Ground

_NOWHERE = "https://{}.test:443"
"""A server that only a proxy leads to; each has another name, since clients are kept by kubeconfig."""
_VERSION = "client.authentication.k8s.io/v1"
_PLUGIN = """\
import json, os, pathlib, sys, time
answer, log, seconds = sys.argv[1:]
with open(log, "a") as runs:
    runs.write(f"{os.getppid()}\\n")
status = json.loads(pathlib.Path(answer).read_text())
if seconds != "0":
    expires = time.gmtime(time.time() + float(seconds))
    status["expirationTimestamp"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", expires)
version = "client.authentication.k8s.io/v1"
print(json.dumps({"apiVersion": version, "kind": "ExecCredential", "status": status}))
"""


@dataclass
class Scene:
    """Where a way begins.

    Attributes:
        ground: the control plane.
        folder: for files.
        environment: that of this process.
        config: the admin's kubeconfig, to be changed.
    """

    ground: Ground
    folder: Path
    environment: pytest.MonkeyPatch
    config: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.config = yaml.safe_load(self.ground.kubeconfig.read_text())

    @property
    def cluster(self) -> dict[str, Any]:
        found: dict[str, Any] = self.config["clusters"][0]["cluster"]
        return found

    @property
    def user(self) -> dict[str, Any]:
        found: dict[str, Any] = self.config["users"][0]["user"]
        return found

    @property
    def address(self) -> tuple[str, int]:
        server = urlsplit(self.cluster["server"])
        assert server.hostname
        assert server.port
        return server.hostname, server.port

    def become(self, **user: Any) -> None:
        self.config["users"][0]["user"] = user

    def file(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    def written(self) -> str:
        return str(self.folder / self.file("kubeconfig", yaml.safe_dump(self.config)))

    def certificate(self) -> trustme.LeafCert:
        """A client certificate of an administrator."""
        pem = self.ground.kubeconfig.with_name("client-authority.pem").read_bytes()
        authority = trustme.CA.from_pem(pem, pem)
        return authority.issue_cert(
            "jane@example.com", common_name="jane", organization_name="system:masters"
        )

    def plugin(self, status: dict[str, str], *, seconds: float = 0) -> Path:
        """Log in by a plugin that gives this status for so many seconds; return the record of its runs."""
        self.file("plugin.py", _PLUGIN)
        self.file("status.json", json.dumps(status))
        arguments = ("plugin.py", "status.json", "runs")
        section = {
            "apiVersion": _VERSION,
            "command": sys.executable,
            "args": [*(str(self.folder / name) for name in arguments), str(seconds)],
            "interactiveMode": "Never",
        }
        self.become(exec=section)
        return self.folder / "runs"

    def lead_by_a_proxy_alone(self) -> None:
        self.cluster["tls-server-name"] = self.address[0]
        self.cluster["server"] = _NOWHERE.format(uuid4().hex)


Way = dict[str, Any]
"""Inputs of a release: ``kubeconfig`` and ``context``."""
WAYS: dict[str, Callable[[Scene], AbstractContextManager[Way]]] = {}
"""By name."""


def _way(make: Callable[[Scene], Iterator[Way]]) -> Callable[[Scene], Iterator[Way]]:
    WAYS[make.__name__] = contextmanager(make)
    return make


@_way
def relative_files(scene: Scene) -> Iterator[Way]:
    """Certificates in files beside the kubeconfig."""
    authority = scene.cluster.pop("certificate-authority-data")
    scene.cluster["certificate-authority"] = scene.file("pki/ca.crt", b64decode(authority))
    leaf = scene.certificate()
    certificate = scene.file("pki/client.crt", leaf.cert_chain_pems[0].bytes())
    key = scene.file("pki/client.key", leaf.private_key_pem.bytes())
    scene.become(**{"client-certificate": certificate, "client-key": key})
    yield {"kubeconfig": scene.written()}


@_way
def token_file(scene: Scene) -> Iterator[Way]:
    """A token in a file beside the kubeconfig."""
    scene.become(tokenFile=scene.file("token", f"{scene.user['token']}\n"))
    yield {"kubeconfig": scene.written()}


@_way
def plugin_with_certificate(scene: Scene) -> Iterator[Way]:
    """A credential plugin that gives a client certificate."""
    leaf = scene.certificate()
    pair = {
        "clientCertificateData": leaf.cert_chain_pems[0].bytes().decode(),
        "clientKeyData": leaf.private_key_pem.bytes().decode(),
    }
    runs = scene.plugin(pair)
    yield {"kubeconfig": scene.written()}
    assert len(set(runs.read_text().splitlines())) > 1, "Helm did not ask the plugin"


@_way
def plugin_with_token_that_expires(scene: Scene) -> Iterator[Way]:
    """A credential plugin whose tokens are over after two seconds."""
    runs = scene.plugin({"token": scene.user["token"]}, seconds=2)
    yield {"kubeconfig": scene.written()}
    askers = runs.read_text().splitlines()
    assert len(set(askers)) > 1, "Helm did not ask the plugin"
    assert max(askers.count(asker) for asker in set(askers)) > 1, "nobody asked again"


def _through(scene: Scene, proxy_url: str) -> Way:
    scene.cluster["proxy-url"] = proxy_url
    scene.lead_by_a_proxy_alone()
    return {"kubeconfig": yaml.safe_dump(scene.config)}


@_way
def proxy_url_http(scene: Scene) -> Iterator[Way]:
    """An HTTP proxy in the kubeconfig."""
    with http_proxy(scene.address) as proxy:
        yield _through(scene, f"http://{proxy.address}")


@_way
def proxy_url_socks(scene: Scene) -> Iterator[Way]:
    """A SOCKS proxy in the kubeconfig."""
    with socks_proxy(scene.address) as proxy:
        yield _through(scene, f"socks5://{proxy.address}")


@_way
def all_proxy_socks(scene: Scene) -> Iterator[Way]:
    """A SOCKS proxy for all in the environment, which Go's programs do not read."""
    with socks_proxy(scene.address) as proxy:
        scene.environment.setenv("ALL_PROXY", f"socks5h://{proxy.address}")
        scene.lead_by_a_proxy_alone()
        yield {"kubeconfig": scene.written()}


@_way
def https_proxy_http(scene: Scene) -> Iterator[Way]:
    """An HTTP proxy in the environment; another one in the lower case does not count."""
    with http_proxy(scene.address) as proxy:
        scene.environment.setenv("HTTPS_PROXY", proxy.address)
        scene.environment.setenv("https_proxy", "http://127.0.0.1:1")
        scene.lead_by_a_proxy_alone()
        yield {"kubeconfig": scene.written()}


@_way
def no_proxy_and_this_machine(scene: Scene) -> Iterator[Way]:
    """Proxies in the environment that lead nowhere, and a server that is on this machine."""
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
        scene.environment.setenv(name, "http://127.0.0.1:1")
    scene.environment.setenv("NO_PROXY", "10.0.0.0/8,.example.com")
    yield {"kubeconfig": scene.written()}


@_way
def name_for_tls(scene: Scene) -> Iterator[Way]:
    """A server under another name than that of its certificate."""
    scene.cluster["server"] = f"https://localhost:{scene.address[1]}"
    scene.cluster["tls-server-name"] = "kubernetes.default.svc"
    yield {"kubeconfig": scene.written()}


@_way
def insecure(scene: Scene) -> Iterator[Way]:
    """A server whose certificate nobody checks."""
    del scene.cluster["certificate-authority-data"]
    scene.cluster["insecure-skip-tls-verify"] = True
    yield {"kubeconfig": scene.written()}


@_way
def context_with_namespace(scene: Scene) -> Iterator[Way]:
    """A context that is not the current one, with a namespace that is not the release's."""
    context = scene.config["contexts"][0]["context"]
    other = {"name": "other", "context": {**context, "namespace": "kube-public"}}
    scene.config["contexts"].append(other)
    scene.config["current-context"] = "gone"
    yield {"kubeconfig": scene.written(), "context": "other"}


@_way
def several_files(scene: Scene) -> Iterator[Way]:
    """Clusters, users and contexts in files of their own, one of which does not exist."""
    parts = ("clusters", "users", "contexts")
    names = [scene.file(f"{part}.yaml", yaml.safe_dump({part: scene.config[part]})) for part in parts]
    current = scene.file("current.yaml", yaml.safe_dump({"current-context": scene.config["current-context"]}))
    found = [str(scene.folder / name) for name in (*names, "missing.yaml", current)]
    scene.environment.setenv("KUBECONFIG", ":".join(found))
    yield {"kubeconfig": None}


@_way
def impersonation(scene: Scene) -> Iterator[Way]:
    """Acting as another user, with groups and more."""
    scene.become(
        token=scene.user["token"],
        **{
            "as": "jane",
            "as-groups": ["system:masters", "developers"],
            "as-user-extra": {"example.com/reason": ["a test"]},
        },
    )
    yield {"kubeconfig": scene.written()}


@_way
def authority_of_the_system(scene: Scene) -> Iterator[Way]:
    """A certificate authority that the system trusts."""
    authority = b64decode(scene.cluster.pop("certificate-authority-data"))
    scene.environment.setenv("SSL_CERT_FILE", str(scene.folder / scene.file("roots.pem", authority)))
    yield {"kubeconfig": scene.written()}
