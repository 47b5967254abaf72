"""A control plane's API server, and namespaces of one's own on it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.api.client import Cluster
from tools.ground import Ground


def cluster_of(ground: Ground) -> Cluster:
    """Return the API server of a control plane: the same object at every call."""
    return Cluster.connect(ground.kubeconfig.read_text())


@contextmanager
def fresh_namespace(ground: Ground) -> Iterator[str]:
    """Create a namespace; its deletion afterwards is not waited for."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    cluster = cluster_of(ground)
    cluster.create(paths.namespace(""), {"metadata": {"name": name}})
    try:
        yield name
    finally:
        with suppress(OperationError):  # a test may have deleted it
            cluster.delete(paths.namespace(name))
