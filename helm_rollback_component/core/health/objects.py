"""How to read Kubernetes objects: plain mappings, as a manifest or the API server spells them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign
from helm_rollback_component.results import Resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Manifest = Mapping[str, object]
"""One object, desired or live; its values are of any type, and are read by `foreign`."""

HOOK = "helm.sh/hook"
RELEASE_NAME = "meta.helm.sh/release-name"
_RELEASE_NAMESPACE = "meta.helm.sh/release-namespace"
RESOURCE_POLICY = "helm.sh/resource-policy"

_CLIP = 300
_BEGINNING = 120


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
    return Key(group(manifest), kind(manifest), namespace_of(manifest) or namespace, name(manifest))


def resource(manifest: Manifest, namespace: str) -> Resource:
    """Return the object as results name it."""
    where = namespace_of(manifest) or namespace
    return Resource(foreign.text(manifest, "apiVersion"), kind(manifest), name(manifest), where)


def flatten(manifests: Iterable[Manifest]) -> Iterator[Manifest]:
    """Yield the objects one by one, those inside a ``List`` included; nothing without a kind and a name."""
    for manifest in manifests:
        if kind(manifest).endswith("List") and "items" in manifest:
            yield from flatten(foreign.mappings(manifest, "items"))
        elif kind(manifest) and name(manifest):
            yield manifest


def group(manifest: Manifest) -> str:
    """Return the API group, an empty string for the core one."""
    return foreign.text(manifest, "apiVersion").rpartition("/")[0]


def kind(manifest: Manifest) -> str:
    """Return the object's kind."""
    return foreign.text(manifest, "kind")


def meta(manifest: Manifest) -> Manifest:
    """Return the object's metadata."""
    return foreign.mapping(manifest, "metadata")


def spec(manifest: Manifest) -> Manifest:
    """Return the object's spec, empty if it has none."""
    return foreign.mapping(manifest, "spec")


def status(manifest: Manifest) -> Manifest:
    """Return the object's status, empty if it has none."""
    return foreign.mapping(manifest, "status")


def name(manifest: Manifest) -> str:
    """Return the object's name."""
    return foreign.text(meta(manifest), "name")


def namespace_of(manifest: Manifest) -> str:
    """Return the namespace that the object names, an empty string if it names none."""
    return foreign.text(meta(manifest), "namespace")


def uid(manifest: Manifest) -> str:
    """Return the live object's UID."""
    return foreign.text(meta(manifest), "uid")


def label(manifest: Manifest, key: str) -> str:
    """Return a label's value, an empty string if it has none."""
    return foreign.text(foreign.mapping(meta(manifest), "labels"), key)


def annotation(manifest: Manifest, key: str) -> str:
    """Return an annotation's value, an empty string if it has none."""
    return foreign.text(foreign.mapping(meta(manifest), "annotations"), key)


def is_kept(live: Manifest) -> bool:
    """Return whether Helm leaves the live object where it is when it would delete it."""
    return annotation(live, RESOURCE_POLICY) == "keep"


def release_of(live: Manifest) -> tuple[str, str]:
    """Return name and namespace of the release whose the live object is by Helm's annotations, else empty."""
    return annotation(live, RELEASE_NAME), annotation(live, _RELEASE_NAMESPACE)


def belongs_to(live: Manifest, release: str, namespace: str) -> bool:
    """Return whether Helm's annotations say that the live object is that release's."""
    return release_of(live) == (release, namespace)


def hook_events(manifest: Manifest) -> frozenset[str]:
    """Return at which events of Helm this is run as a hook; none for what is no hook."""
    return frozenset(event.strip() for event in annotation(manifest, HOOK).split(",")) - {""}


def is_hook(manifest: Manifest) -> bool:
    """Return whether this is one of the chart's hooks, and so not waited for like the other objects."""
    return bool(annotation(manifest, HOOK))


def terminating(manifest: Manifest) -> bool:
    """Return whether the object is being deleted."""
    return bool(foreign.text(meta(manifest), "deletionTimestamp"))


def controller_uid(manifest: Manifest) -> str:
    """Return the UID of the object's controller, an empty string if it has none; no object has two."""
    for owner in foreign.mappings(meta(manifest), "ownerReferences"):
        if foreign.flag(owner, "controller"):
            return foreign.text(owner, "uid")
    return ""


def condition(manifest: Manifest, type_: str) -> Manifest:
    """Return a condition of the object's status, empty if it has none of that type."""
    for each in foreign.mappings(status(manifest), "conditions"):
        if each.get("type") == type_:
            return each
    return {}


def is_true(manifest: Manifest, type_: str) -> bool:
    """Return whether a condition of the object's status is ``True``."""
    return condition(manifest, type_).get("status") == "True"


def observed(manifest: Manifest) -> bool:
    """Return whether the object's controller has seen its newest spec, as far as the object tells.

    Some controllers write the generation as a text (Argo Rollouts does).
    """
    seen = foreign.spelled_number(status(manifest), "observedGeneration")
    return seen is None or seen >= foreign.number(meta(manifest), "generation")


def label_selector(selector: Manifest) -> str:
    """Return a ``LabelSelector`` as a query spells it; a requirement that is none is left out."""
    equal = [f"{key}={value}" for key, value in foreign.pairs(selector, "matchLabels")]
    required = map(_requirement, foreign.mappings(selector, "matchExpressions"))
    return ",".join([*equal, *filter(None, required)])


def _requirement(expression: Manifest) -> str:
    key, values = foreign.text(expression, "key"), ",".join(foreign.texts(expression, "values"))
    spelled = {
        "In": f"{key} in ({values})",
        "NotIn": f"{key} notin ({values})",
        "Exists": key,
        "DoesNotExist": f"!{key}",
    }
    return spelled.get(foreign.text(expression, "operator"), "") if key else ""


def one_line(message: object) -> str:
    """Return a message as part of a sentence: on one line, without a full stop, at most 300 characters.

    Of a longer one the middle is left out: what was tried stands at its beginning, the cause at its end.
    """
    line = " ".join(message.split()).rstrip(".") if isinstance(message, str) else ""
    return line if len(line) <= _CLIP else f"{line[:_BEGINNING]} … {line[_BEGINNING + 3 - _CLIP :]}"
