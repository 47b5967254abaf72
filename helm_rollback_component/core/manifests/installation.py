"""What a first deployment adds, as lines of text; nothing secret is in them. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.manifests import secrecy
from helm_rollback_component.core.manifests.layout import clipped, with_short_digests
from helm_rollback_component.core.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from helm_rollback_component.core.health.objects import Key, Manifest

_MANAGED_BY = "app.kubernetes.io/managed-by"
_HELM = "Helm"
_TIMES = ("pre-install", "post-install")
_MOST = 24
_WIDTH = 60


@dataclass(frozen=True)
class Present:
    """An object of the chart that is there already.

    Attributes:
        key: which object.
        owner: whose it is, as a part of a sentence; empty if it is this release's.
        taken_over: whether the release takes it over; else Helm refuses to install.
    """

    key: Key
    owner: str
    taken_over: bool


def made(rendered: Mapping[Key, Manifest]) -> dict[Key, Manifest]:
    """Return the rendered objects without hooks of other times than an install, such as tests."""
    return {key: each for key, each in rendered.items() if not objects.is_hook(each) or _at_install(each)}


def present(key: Key, live: Manifest, release: tuple[str, str], *, take_ownership: bool) -> Present:
    """Return what an install finds in an object that is there.

    Args:
        key: which object.
        live: as it is in the cluster.
        release: name and namespace of the release.
        take_ownership: whether the release takes over whatever there is.
    """
    managed_by = objects.label(live, _MANAGED_BY)
    if managed_by == _HELM and objects.belongs_to(live, *release):
        return Present(key, "", taken_over=True)
    name, namespace = objects.release_of(live)
    owner = f"belongs to the Helm release {namespace}/{name}" if name else "is not managed by Helm"
    if not name and managed_by not in ("", _HELM):
        owner = f"is managed by {managed_by}"
    return Present(key, owner, taken_over=take_ownership)


def goes_with(release: str, live: Manifest) -> bool:
    """Return whether an object goes when that release is deleted.

    Args:
        release: ``namespace/name``; empty if none is deleted.
        live: the object, as it is in the cluster.
    """
    name, namespace = objects.release_of(live)
    return release == f"{namespace}/{name}" and not objects.is_kept(live)


def summary(new: Mapping[Key, Manifest], found: Sequence[Present] = ()) -> str:
    """Return how many objects are added, such as ``adds 3 objects, 1 hook; takes over 2 objects``.

    Args:
        new: the rendered objects, as `differences.keyed` returns them.
        found: those of them that are there.
    """
    hooks = sum(map(objects.is_hook, new.values()))
    counts = ((len(new) - hooks - len(found), "object"), (hooks, "hook"))
    told = ", ".join(counted(number, what) for number, what in counts if number)
    parts = [f"adds {told or 'no object'}"] if told or not found else []
    return "; ".join([*parts, *([f"takes over {counted(len(found), 'object')}"] if found else [])])


def refusal(found: Sequence[Present]) -> str:
    """Return why Helm refuses to install, empty if it does not."""
    others = [each for each in found if not each.taken_over]
    if not others:
        return ""
    verb, what = ("is", "delete it") if len(others) == 1 else ("are", "delete them")
    return (
        f"{counted(len(others), 'object')} of the chart {verb} there already, and not this release's; "
        f"{what}, or set take_ownership"
    )


def lines(
    new: Mapping[Key, Manifest], found: Sequence[Present], namespace: str, redact: Callable[[str], str]
) -> Iterator[str]:
    """Yield the objects, first those that are there already.

    Of many, those with images are named rather than others, and what is left out is counted by kinds.

    Args:
        new: the rendered objects, as `differences.keyed` returns them.
        found: those of them that are there.
        namespace: the release's; objects in another one are told with it.
        redact: takes what is secret out of a text.
    """
    mask = secrecy.mask_for(new.values(), redact)
    for each in found:
        yield _of_present(each, namespace)
    there = {each.key for each in found}
    added = [key for key in sorted(new, key=lambda key: objects.is_hook(new[key])) if key not in there]
    most = len(added) if len(added) <= _MOST + 1 else _MOST
    named = {*sorted(added, key=lambda key: not _has_image(new[key]))[:most]}
    yield from (f"+ {_of_added(key, new[key], namespace, mask)}" for key in added if key in named)
    if rest := [key for key in added if key not in named]:
        counts = Counter(key.kind for key in rest)
        yield f"… and {len(rest)} more: {', '.join(f'{number} {kind}' for kind, number in counts.items())}"


def _at_install(hook: Manifest) -> bool:
    return any(each.strip() in _TIMES for each in objects.annotation(hook, objects.HOOK).split(","))


def _of_present(found: Present, namespace: str) -> str:
    owner = f" and {found.owner}" if found.owner else ""
    end = ": it is taken over" if found.taken_over else ""
    sign = "~" if found.taken_over else "!"
    return f"{sign} {_named(found.key, namespace)} is there already{owner}{end}"


def _of_added(key: Key, manifest: Manifest, namespace: str, mask: Callable[[str], str]) -> str:
    hook = "hook " if objects.is_hook(manifest) else ""
    images = mask(", ".join(dict.fromkeys(map(with_short_digests, _images(manifest)))))
    return f"{hook}{_named(key, namespace)}{f': {clipped(images, _WIDTH)}' if images else ''}"


def _named(key: Key, namespace: str) -> str:
    return f"{key}{f' in {key.namespace}' if key.namespace != namespace else ''}"


def _has_image(manifest: Manifest) -> bool:
    return any(_images(manifest))


def _images(manifest: Manifest) -> Iterable[str]:
    """Return the images of an object's containers."""
    spec = objects.spec(manifest)
    job = foreign.mapping(foreign.mapping(spec, "jobTemplate"), "spec")
    templates = (foreign.mapping(foreign.mapping(each, "template"), "spec") for each in (spec, job))
    containers = (each for pod in (spec, *templates) for each in foreign.mappings(pod, "containers"))
    return filter(None, (foreign.text(each, "image") for each in containers))
