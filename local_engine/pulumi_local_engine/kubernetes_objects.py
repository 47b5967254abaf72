"""What follows from a Kubernetes object alone: its name, what cannot change, what was declared. Pure."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

AUTONAMED: Final = "pulumi.com/autonamed"
_ALWAYS: Final = ("metadata.name", "metadata.namespace")
_FIXED: Final[
    Mapping[str, Sequence[str]]
] = {  # as the real provider has it, for the kinds that programs mostly use
    "ConfigMap": ("data", "binaryData"),
    "Secret": ("type",),
    "Service": ("spec.clusterIP",),
    "Deployment": ("spec.selector",),
    "DaemonSet": ("spec.selector",),
    "StatefulSet": (
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
        "spec.podManagementPolicy",
    ),
    "Job": ("spec.selector", "spec.template", "spec.completions", "spec.parallelism"),
    "RoleBinding": ("roleRef",),
    "ClusterRoleBinding": ("roleRef",),
    "PersistentVolumeClaim": (
        "spec.accessModes",
        "spec.storageClassName",
        "spec.volumeName",
        "spec.selector",
    ),
    "StorageClass": ("parameters", "provisioner"),
}
_WRITE_ONLY: Final = "stringData"

Object = dict[str, Any]


def named(news: Object, olds: Object, resource_name: str) -> Object:
    """Return the object with a name: its own, the one made up before, or a fresh `<resource>-<random>`."""
    metadata = dict(news.get("metadata") or {})
    if metadata.get("name") or metadata.get("generateName"):
        return news
    former = olds.get("metadata") or {}
    kept = former.get("name") if is_autonamed(olds) else None
    metadata["name"] = kept or f"{resource_name}-{secrets.token_hex(4)}"
    metadata["annotations"] = {**(metadata.get("annotations") or {}), AUTONAMED: "true"}
    return {**news, "metadata": metadata}


def is_autonamed(found: Object) -> bool:
    """Whether the name was made up here."""
    return ((found.get("metadata") or {}).get("annotations") or {}).get(AUTONAMED) == "true"


def identifier(found: Object) -> str:
    """Return `namespace/name`, or the name of what is in no namespace."""
    metadata = found["metadata"]
    return (
        f"{metadata['namespace']}/{metadata['name']}" if metadata.get("namespace") else str(metadata["name"])
    )


def fixed_changes(old: Object, new: Object) -> list[str]:
    """List the paths at which the objects differ although an object cannot change there."""
    paths = [*_ALWAYS, *_FIXED.get(new.get("kind", ""), ())]
    kind = [] if old.get("kind") == new.get("kind") else ["kind"]
    return kind + [path for path in paths if at(old, path) != at(new, path)]


def at(found: Object, path: str) -> Any:
    """Return what is at a dotted path, or None."""
    value: Any = found
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def declared(inputs: Any, live: Any) -> Any:
    """Return of the live object what `inputs` declare: the same keys, with what they hold now."""
    if isinstance(inputs, dict) and isinstance(live, dict):
        return {
            key: value if key == _WRITE_ONLY else declared(value, live.get(key))
            for key, value in inputs.items()
            if key in live or key == _WRITE_ONLY
        }
    if isinstance(inputs, list) and isinstance(live, list) and len(inputs) == len(live):
        return [declared(mine, theirs) for mine, theirs in zip(inputs, live, strict=True)]
    return live
