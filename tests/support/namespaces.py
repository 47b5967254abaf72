"""Namespaces of one's own on a control plane."""

import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from tools.ground import Ground


@contextmanager
def fresh_namespace(ground: Ground) -> Iterator[str]:
    """Create a namespace; its deletion afterwards is not waited for."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    _kubectl(ground, "create", "namespace", name)
    try:
        yield name
    finally:
        _kubectl(ground, "delete", "namespace", name, "--wait=false", "--ignore-not-found")


def _kubectl(ground: Ground, *arguments: str) -> None:
    subprocess.run(
        [ground.kubectl, f"--kubeconfig={ground.kubeconfig}", *arguments], check=True, capture_output=True
    )
