"""What differs between two manifests, object by object. Pure; nothing secret is in what is returned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import objects
from helm_rollback_component.core.manifests import secrecy
from helm_rollback_component.core.manifests.fields import Change, FieldDifference, field_differences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from helm_rollback_component.core.health.objects import Key, Manifest

_FORMER_GROUP = "extensions"
_OF_TODAY = frozenset({"apps", "networking.k8s.io", "policy"})
"""Where the objects of the former group are today: they are the same objects in both."""


@dataclass(frozen=True)
class ObjectDifference:
    """An object that differs.

    Attributes:
        key: which object.
        change: what became of it.
        fields: the fields that differ, of a changed one.
        hook: whether it is a hook of the chart.
        kept: whether Helm leaves it in the cluster, although it is removed from the manifest.
    """

    key: Key
    change: Change
    fields: tuple[FieldDifference, ...] = ()
    hook: bool = False
    kept: bool = False


def keyed(manifests: Iterable[Manifest], namespace: str) -> dict[Key, Manifest]:
    """Return the objects of a manifest by their keys; of several with the same key, the last.

    Args:
        manifests: parsed documents; those that are no objects are left out.
        namespace: the release's, for objects that name none.
    """
    return {objects.key(each, namespace): each for each in objects.flatten(manifests)}


def differences(
    old: Mapping[Key, Manifest], new: Mapping[Key, Manifest], redact: Callable[[str], str] = str
) -> tuple[ObjectDifference, ...]:
    """Return the objects that differ: the removed ones first, then the changed, then the added ones.

    The data of Secrets is never in it, nor is it where it stands elsewhere, in a ConfigMap or a variable.

    Args:
        old: the objects before, as `keyed` returns them.
        new: the objects after.
        redact: takes what else is secret out of a text.
    """
    mask = secrecy.mask_for([*old.values(), *new.values()], redact)
    partners = dict(_partners(old, new))
    removed = [_whole(key, old[key], Change.REMOVED) for key in old if key not in partners]
    pairs = ((key, old[key], new[partner]) for key, partner in partners.items())
    changed = [_of_pair(key, before, after, mask) for key, before, after in pairs]
    taken = set(partners.values())
    added = [_whole(key, new[key], Change.ADDED) for key in new if key not in taken]
    return (*removed, *filter(None, changed), *added)


def _partners(old: Mapping[Key, Manifest], new: Mapping[Key, Manifest]) -> Iterator[tuple[Key, Key]]:
    """Yield the keys of each object that is on both sides, also if its API group was moved."""
    moved = {_apart_from_group(key): key for key in new if key.group in _OF_TODAY and key not in old}
    for key in old:
        if key in new:
            yield key, key
        elif key.group == _FORMER_GROUP and _apart_from_group(key) in moved:
            yield key, moved[_apart_from_group(key)]


def _apart_from_group(key: Key) -> tuple[str, str, str]:
    return key.kind, key.namespace, key.name


def _whole(key: Key, manifest: Manifest, change: Change) -> ObjectDifference:
    kept = change is Change.REMOVED and objects.is_kept(manifest)
    return ObjectDifference(key, change, hook=objects.is_hook(manifest), kept=kept)


def _of_pair(key: Key, old: Manifest, new: Manifest, mask: Callable[[str], str]) -> ObjectDifference | None:
    found = field_differences(secrecy.with_data_alone(old), secrecy.with_data_alone(new))
    fields = tuple(secrecy.concealed(each, new, mask) for each in found)
    return ObjectDifference(key, Change.CHANGED, fields, objects.is_hook(new)) if fields else None
