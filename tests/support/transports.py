"""Connections that end with the test; the product keeps its own as long as the process lives."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from helm_rollback_component.kube.api.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_rollback_component.kube.api.kubeconfig import Selected


@contextmanager
def open_transport(selected: Selected) -> Iterator[Transport]:
    """Give a transport, and close its connections at the end of the block."""
    transport = Transport(selected)
    try:
        yield transport
    finally:
        transport._client.close()  # noqa: SLF001  # nothing else ends them
