"""The local control plane as the tests of the cluster's side see it: places of one's own, users, Helm."""

import subprocess
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.api.client import Cluster
from tests.support.namespaces import cluster_of, fresh_namespace
from tools.ground import Ground

Rules = Sequence[Mapping[str, Sequence[str]]]

_RBAC = "rbac.authorization.k8s.io"


@dataclass(frozen=True)
class Place:
    """A namespace of one's own, and the way to it."""

    ground: Ground
    cluster: Cluster
    namespace: str
    kubeconfig: str = field(repr=False)

    def helm(self, major: int, *arguments: object) -> str:
        """Run Helm of that major version, which must succeed, and return what it says."""
        own = [f"--kubeconfig={self.ground.kubeconfig}", f"--namespace={self.namespace}"]
        line = [str(self.ground.helm(major)), *map(str, arguments), *own]
        return subprocess.run(line, capture_output=True, text=True, check=True).stdout

    def as_user(self, rules: Rules) -> Cluster:
        """The same cluster, for a new user who may do in this namespace what the rules say."""
        return Cluster.connect(self.with_user(rules))

    def with_user(self, rules: Rules) -> str:
        """A kubeconfig for a new user who may do in this namespace what the rules say."""
        return self.with_token(self.token(self.user(rules)))

    def with_token(self, token: str) -> str:
        """A kubeconfig with that token."""
        config = yaml.safe_load(self.kubeconfig)
        config["users"][0]["user"] = {"token": token}
        return yaml.safe_dump(config)

    def with_cluster(self, **settings: Any) -> str:
        """A kubeconfig that reaches the cluster in another way; a setting of None goes."""
        config = yaml.safe_load(self.kubeconfig)
        section = config["clusters"][0]["cluster"]
        section |= {key.replace("_", "-"): value for key, value in settings.items()}
        config["clusters"][0]["cluster"] = {key: value for key, value in section.items() if value is not None}
        return yaml.safe_dump(config)

    def user(self, rules: Rules) -> str:
        """A new user, who may do in this namespace what the rules say."""
        name = f"user-{uuid.uuid4().hex[:8]}"
        self.cluster.create(self._accounts(), {"metadata": {"name": name}})
        self._allow(name, self.namespace, rules)
        return name

    def token(self, user: str) -> str:
        """A token of that user."""
        path = f"{self._accounts()}/{user}/token"
        token = self.cluster.create(path, {"spec": {"expirationSeconds": 3600}})["status"]["token"]
        assert isinstance(token, str)
        return token

    @contextmanager
    def allowed(self, user: str, namespace: str, rules: Rules) -> Iterator[None]:
        """Let that user do in another namespace what the rules say, for the length of the block."""
        paths_made = self._allow(user, namespace, rules)
        try:
            yield
        finally:
            for path in paths_made:
                self.cluster.delete(path)

    @contextmanager
    def allowed_everywhere(self, user: str, rules: Rules) -> Iterator[None]:
        """Let that user do in the whole cluster what the rules say, for the length of the block."""
        rbac = f"{_RBAC}/v1"
        kinds = [paths.resource(rbac, kind, "", "") for kind in ("clusterroles", "clusterrolebindings")]
        self.cluster.create(kinds[0], {"metadata": {"name": user}, "rules": rules})
        self.cluster.create(kinds[1], self._binding(user, "ClusterRole"))
        try:
            yield
        finally:
            for kind in reversed(kinds):
                self.cluster.delete(f"{kind}/{user}")

    def _accounts(self) -> str:
        return paths.resource("v1", "serviceaccounts", "", self.namespace)

    def _allow(self, user: str, namespace: str, rules: Rules) -> list[str]:
        """Bind the user to a role of the same name, and return the paths of both objects."""
        rbac = f"{_RBAC}/v1"
        roles, bindings = (paths.resource(rbac, kind, "", namespace) for kind in ("roles", "rolebindings"))
        self.cluster.create(roles, {"metadata": {"name": user}, "rules": rules})
        self.cluster.create(bindings, self._binding(user, "Role"))
        return [f"{bindings}/{user}", f"{roles}/{user}"]

    def _binding(self, user: str, role: str) -> dict[str, Any]:
        return {
            "metadata": {"name": user},
            "roleRef": {"apiGroup": _RBAC, "kind": role, "name": user},
            "subjects": [{"kind": "ServiceAccount", "name": user, "namespace": self.namespace}],
        }


@contextmanager
def place(ground: Ground) -> Iterator[Place]:
    """A namespace for the length of the block."""
    with fresh_namespace(ground) as namespace:
        yield Place(ground, cluster_of(ground), namespace, ground.kubeconfig.read_text())


def write_chart(folder: Path, *, version: str = "1.0.0", template: str = "", **files: str) -> Path:
    """A chart of one ConfigMap, or of that template."""
    (folder / "templates").mkdir(parents=True, exist_ok=True)
    (folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: web\nversion: {version}\nappVersion: '7'\n")
    (folder / "values.yaml").write_text("size: 1\nnothing: null\nfraction: 0.5\nwhole: 2.0\n")
    (folder / "templates" / "objects.yaml").write_text(template or _TEMPLATE)
    for name, content in files.items():
        (folder / name).write_text(content)
    return folder


_TEMPLATE = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  values: {{ omit .Values "global" | toJson | quote }}
---
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  labels: {ground/play: succeed}
  annotations: {helm.sh/hook: test}
spec:
  restartPolicy: Never
  containers: [{name: main, image: example/test}]
"""
