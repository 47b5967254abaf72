"""The key of a release's digests: random bytes in a Secret, so that the Lease reveals no values.

If the Secret is lost, a new key is made; digests with the old one cannot be compared any more
(`digests.comparable`), so that the verdicts on older revisions are lost.
"""

from __future__ import annotations

import binascii
import secrets
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.claims import lease_codec
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from helm_rollback_component.kube.api.client import Cluster

_SIZE = 32


def new() -> bytes:
    """Return a new key."""
    return secrets.token_bytes(_SIZE)


def read(cluster: Cluster, namespace: str, release: str) -> bytes | None:
    """Return a release's key, None if it has none.

    Raises:
        OperationError: ``KeyUnreadable`` if the Secret contains something else.
    """
    secret = cluster.get(paths.secrets(namespace, lease_codec.name(release)))
    return _key(secret) if secret else None


def read_or_create(cluster: Cluster, namespace: str, release: str) -> bytes:
    """Return a release's key, made now if it has none; if several processes make one, the first one counts.

    Raises:
        OperationError: ``KeyUnreadable`` if the Secret contains something else.
    """
    found = read(cluster, namespace, release)
    if found:
        return found
    try:
        return _key(cluster.create(paths.secrets(namespace), _secret(namespace, release, new())))
    except OperationError as error:
        if error.reason != Reason.ALREADY_EXISTS:
            raise
    return read_or_create(cluster, namespace, release)


def delete(cluster: Cluster, namespace: str, release: str) -> None:
    """Delete a release's key, if it has one."""
    path = paths.secrets(namespace, lease_codec.name(release))
    secret = cluster.get(path)
    if secret:
        cluster.delete(path, {"preconditions": {"uid": secret["metadata"]["uid"]}})


def _secret(namespace: str, release: str, key: bytes) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": lease_codec.name(release), "namespace": namespace, "labels": lease_codec.LABELS},
        "immutable": True,
        "data": {"key": b64encode(key).decode()},
    }


def _key(secret: dict[str, Any]) -> bytes:
    try:
        key = b64decode(secret["data"]["key"])
    except (KeyError, TypeError, binascii.Error):
        key = b""
    if len(key) != _SIZE:
        metadata = secret["metadata"]
        raise OperationError(
            f"the Secret {metadata['name']} in {metadata['namespace']} does not contain a key",
            reason=Reason.KEY_UNREADABLE,
        )
    return key
