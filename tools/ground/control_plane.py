"""Which programs a control plane is made of, and with what arguments they run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.ground.container_logs import write_logs
from tools.ground.layout import Layout
from tools.ground.stages import stages

_IDLE_CONTROLLERS = (
    "certificatesigningrequest-approving-controller",
    "certificatesigningrequest-cleaner-controller",
    "certificatesigningrequest-signing-controller",
    "cloud-node-lifecycle-controller",
    "device-taint-eviction-controller",
    "ephemeral-volume-controller",
    "kube-apiserver-serving-clustertrustbundle-publisher-controller",
    "node-ipam-controller",
    "node-lifecycle-controller",
    "node-route-controller",
    "persistentvolume-attach-detach-controller",
    "persistentvolume-expander-controller",
    "podcertificaterequest-cleaner-controller",
    "resourceclaim-controller",
    "resourcepoolstatusrequest-controller",
    "service-lb-controller",
    "storage-version-migrator-controller",
    "storageversion-garbage-collector-controller",
    "taint-eviction-controller",
    "ttl-controller",
    "validatingadmissionpolicy-status-controller",
    "volumeattributesclass-protection-controller",
)
"""Controllers of real machines and clouds. Without the one of node lifecycles, nodes need no heartbeats."""

_ETCD_SOCKET = "unix://etcd.sock"
_PEER_SOCKET = "unix://peer.sock"


_AUDIT_POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["ResponseStarted", "ResponseComplete", "Panic"],
    "rules": [{"level": "Metadata"}],
}
"""One event for each request, a watch included, when it arrives."""


@dataclass(frozen=True)
class Command:
    """One program and its arguments."""

    program: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class ControlPlane:
    """The commands of one control plane: etcd on sockets in its folder, the API server on ``port``.

    On ``kubelet_port`` kwok tells the API server what containers have logged. With ``audit`` the API server
    records every request in the layout's audit log.
    """

    layout: Layout
    port: int
    kubelet_port: int
    audit: bool = False

    @property
    def server(self) -> str:
        """The API server's address."""
        return f"https://127.0.0.1:{self.port}"

    def servers(self) -> tuple[Command, ...]:
        """Return the programs that must answer first."""
        return (self._etcd(), self._apiserver())

    def controllers(self) -> tuple[Command, ...]:
        """Return the programs that work on the API server."""
        return (self._controller_manager(), self._scheduler(), self._kwok())

    def _etcd(self) -> Command:
        return _command(
            "etcd",
            {
                "name": "ground",
                "data-dir": "etcd",
                "listen-client-urls": _ETCD_SOCKET,
                "advertise-client-urls": _ETCD_SOCKET,
                "listen-peer-urls": _PEER_SOCKET,
                "initial-advertise-peer-urls": _PEER_SOCKET,
                "initial-cluster": f"ground={_PEER_SOCKET}",
                "heartbeat-interval": 50,
                "election-timeout": 250,
                "unsafe-no-fsync": True,
                "log-level": "warn",
            },
        )

    def _apiserver(self) -> Command:
        return _command(
            "kube-apiserver",
            {
                "etcd-servers": _ETCD_SOCKET,
                "bind-address": "127.0.0.1",
                "advertise-address": "127.0.0.1",
                "secure-port": self.port,
                "cert-dir": self.layout.certificates,
                "anonymous-auth": False,
                "token-auth-file": self.layout.tokens,
                "client-ca-file": self.layout.client_authority,
                "authorization-mode": "RBAC",
                "disable-admission-plugins": "TaintNodesByCondition",
                "service-account-issuer": "https://kubernetes.default.svc",
                "service-account-key-file": self.layout.service_account_key,
                "service-account-signing-key-file": self.layout.service_account_key,
                "service-cluster-ip-range": "10.96.0.0/16",
                "endpoint-reconciler-type": "none",
                "kubelet-preferred-address-types": "InternalIP",
                "profiling": False,
                **(self._audit() if self.audit else {}),
            },
        )

    def _audit(self) -> dict[str, str | int | bool | Path]:
        return {
            "audit-policy-file": self.layout.audit_policy,
            "audit-log-path": self.layout.audit_log,
            "audit-log-maxsize": 10_000,  # megabytes; a log that is rotated could not be read to its end
        }

    def _controller_manager(self) -> Command:
        return _command(
            "kube-controller-manager",
            {
                **self._client(),
                "service-account-private-key-file": self.layout.service_account_key,
                "root-ca-file": self.layout.certificate,
                "controllers": ",".join(["*", *(f"-{name}" for name in _IDLE_CONTROLLERS)]),
            },
        )

    def _scheduler(self) -> Command:
        return _command("kube-scheduler", self._client())

    def _client(self) -> dict[str, str | int | bool | Path]:
        return {
            "kubeconfig": self.layout.kubeconfig,
            "kube-api-qps": 200,
            "kube-api-burst": 400,
            "leader-elect": False,
            "secure-port": 0,
            "profiling": False,
        }

    def _kwok(self) -> Command:
        return _command(
            "kwok",
            {
                "kubeconfig": self.layout.kubeconfig,
                "config": self.layout.kwok_config,
                "server-address": f"127.0.0.1:{self.kubelet_port}",
                "node-ip": "127.0.0.1",
                "node-port": self.kubelet_port,
            },
        )


def write_kwok_config(layout: Layout) -> None:
    """Write kwok's settings, the stages that it plays, and what containers have logged."""
    played = [_kwok_settings(), *stages(), write_logs(layout.container_logs)]
    layout.kwok_config.write_text(yaml.safe_dump_all(played, sort_keys=False))


def write_audit_policy(layout: Layout) -> None:
    """Write which requests the API server records."""
    layout.audit_policy.write_text(yaml.safe_dump(_AUDIT_POLICY))


def _kwok_settings() -> dict[str, Any]:
    options = {
        "manageAllNodes": True,
        "cidr": "10.244.0.0/16",
        "enableDebuggingHandlers": True,
        "enablePodsOnNodeSyncStreamWatch": True,
        "podPlayStageParallelism": 8,
        "nodePlayStageParallelism": 2,
    }
    return {"apiVersion": "config.kwok.x-k8s.io/v1alpha1", "kind": "KwokConfiguration", "options": options}


def _command(program: str, flags: dict[str, str | int | bool | Path]) -> Command:
    return Command(program, tuple(f"--{name}={_text(value)}" for name, value in flags.items()))


def _text(value: str | int | bool | Path) -> str:  # noqa: FBT001
    return str(value).lower() if isinstance(value, bool) else str(value)
