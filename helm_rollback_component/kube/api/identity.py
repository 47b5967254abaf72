"""What tells one API server from another; its text is that of `core.records.cluster_identity`."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.records import cluster_identity
from helm_rollback_component.errors import OperationError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

_Object = dict[str, Any]


def identify(get: Callable[[str], _Object | None], cluster: _Object) -> str:
    """Return a cluster's identity: the UID of its kube-system namespace, if it may be read, and a digest.

    Args:
        get: reads an object by its path.
        cluster: the ``cluster`` section of the kubeconfig.

    Raises:
        OperationError: the namespace cannot be read for another reason than ``Forbidden``.
    """
    try:
        found = get(paths.namespace("kube-system"))
    except OperationError as error:
        if error.reason != Reason.FORBIDDEN:
            raise
        found = None
    uid = {cluster_identity.UID: found["metadata"]["uid"]} if found else {}
    return cluster_identity.spell({**uid, cluster_identity.SERVER: fingerprint(cluster)})


def fingerprint(cluster: _Object) -> str:
    """Return a digest of the address and the certificate authority in a kubeconfig's ``cluster`` section."""
    authority = b64decode(cluster.get("certificate-authority-data") or "")
    if not authority and cluster.get("certificate-authority"):
        authority = Path(cluster["certificate-authority"]).read_bytes()
    return hashlib.sha256(cluster["server"].encode() + b"\n" + authority).hexdigest()
