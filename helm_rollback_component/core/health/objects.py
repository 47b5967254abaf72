"""How to read Kubernetes objects: plain mappings, as a manifest or the API server spells them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helm_rollback_component.results import Resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Manifest = Mapping[str, Any]
"""One object, desired or live."""

HOOK = "helm.sh/hook"
RELEASE_NAME = "meta.helm.sh/release-name"

_CLIP = 300


@dataclass(frozen=True)
class Key:
    """Which object, independent of the version of its API.

    Attributes:
        group: the API group, an empty string for the core one.
        kind: such as ``Deployment``.
        namespace: as the manifest or the release says; never looked at for objects of the whole cluster.
        name: the object's name.
    """

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def key(manifest: Manifest, namespace: str) -> Key:
    """Return which object this is; `namespace` is the release's, for manifests that name none."""
    return Key(
        group(manifest),
        manifest.get("kind", ""),
        meta(manifest).get("namespace") or namespace,
        name(manifest),
    )


def resource(manifest: Manifest, namespace: str) -> Resource:
    """Return the object as results name it."""
    where = meta(manifest).get("namespace") or namespace
    return Resource(manifest.get("apiVersion", ""), manifest.get("kind", ""), name(manifest), where)


def flatten(manifests: Iterable[Manifest]) -> Iterator[Manifest]:
    """Yield the objects one by one, those inside a ``List`` included; nothing without a kind and a name."""
    for manifest in manifests:
        if manifest.get("kind", "").endswith("List") and "items" in manifest:
            yield from flatten(manifest["items"] or ())
        elif manifest.get("kind") and name(manifest):
            yield manifest


def group(manifest: Manifest) -> str:
    """Return the API group, an empty string for the core one."""
    return str(manifest.get("apiVersion", "")).rpartition("/")[0]


def meta(manifest: Manifest) -> Mapping[str, Any]:
    """Return the object's metadata."""
    return manifest.get("metadata") or {}


def spec(manifest: Manifest) -> Mapping[str, Any]:
    """Return the object's spec, empty if it has none."""
    return manifest.get("spec") or {}


def status(manifest: Manifest) -> Mapping[str, Any]:
    """Return the object's status, empty if it has none."""
    return manifest.get("status") or {}


def name(manifest: Manifest) -> str:
    """Return the object's name."""
    return str(meta(manifest).get("name", ""))


def uid(manifest: Manifest) -> str:
    """Return the live object's UID."""
    return str(meta(manifest).get("uid", ""))


def label(manifest: Manifest, key: str) -> str:
    """Return a label's value, an empty string if it has none."""
    return str((meta(manifest).get("labels") or {}).get(key, ""))


def annotation(manifest: Manifest, key: str) -> str:
    """Return an annotation's value, an empty string if it has none."""
    return str((meta(manifest).get("annotations") or {}).get(key, ""))


def is_hook(manifest: Manifest) -> bool:
    """Return whether this is one of the chart's hooks, and so not waited for like the other objects."""
    return bool(annotation(manifest, HOOK))


def terminating(manifest: Manifest) -> bool:
    """Return whether the object is being deleted."""
    return bool(meta(manifest).get("deletionTimestamp"))


def controller_uid(manifest: Manifest) -> str:
    """Return the UID of the object's controller, an empty string if it has none; no object has two."""
    for owner in meta(manifest).get("ownerReferences") or ():
        if owner.get("controller"):
            return str(owner.get("uid", ""))
    return ""


def condition(manifest: Manifest, type_: str) -> Mapping[str, Any]:
    """Return a condition of the object's status, empty if it has none of that type."""
    conditions: Iterable[Mapping[str, Any]] = status(manifest).get("conditions") or ()
    for each in conditions:
        if each.get("type") == type_:
            return each
    return {}


def is_true(manifest: Manifest, type_: str) -> bool:
    """Return whether a condition of the object's status is ``True``."""
    return condition(manifest, type_).get("status") == "True"


def observed(manifest: Manifest) -> bool:
    """Return whether the object's controller has seen its newest spec, as far as the object tells."""
    seen = status(manifest).get("observedGeneration")
    return seen is None or seen >= meta(manifest).get("generation", 0)


def label_selector(selector: Mapping[str, Any]) -> str:
    """Return a ``LabelSelector`` as a query spells it."""
    equal = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    return ",".join([*equal, *map(_requirement, selector.get("matchExpressions") or ())])


def _requirement(expression: Mapping[str, Any]) -> str:
    key, values = str(expression["key"]), ",".join(expression.get("values") or ())
    spelled = {
        "In": f"{key} in ({values})",
        "NotIn": f"{key} notin ({values})",
        "Exists": key,
        "DoesNotExist": f"!{key}",
    }
    return spelled[expression["operator"]]


def one_line(message: object) -> str:
    """Return a message as part of a sentence: on one line, without a full stop, clipped to 300 characters."""
    text = " ".join(str(message or "").split()).rstrip(".")
    return text if len(text) <= _CLIP else f"{text[: _CLIP - 1]}…"
