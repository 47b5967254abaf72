"""What is secret in manifests: the data of Secrets, and what else is known to be secret, anywhere. Pure."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from helm_rollback_component.core.health import foreign, objects
from helm_rollback_component.core.manifests.fields import Change, FieldDifference
from helm_rollback_component.inputs.masking import MASK, masking
from helm_rollback_component.inputs.secret_texts import texts_in
from helm_rollback_component.inputs.tree import map_leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from helm_rollback_component.core.health.objects import Manifest

_DATA = "data"
_TEXTS = "stringData"
_FEW_DIGITS = 6
"""So few digits are a port or a number of something wherever else they stand."""


def is_secret(manifest: Manifest) -> bool:
    """Return whether an object is a Secret."""
    return (objects.group(manifest), objects.kind(manifest)) == ("", "Secret")


def with_data_alone(manifest: Manifest) -> Manifest:
    """Return a Secret as the API server keeps it, with its ``stringData`` in ``data``; others as they are."""
    if not is_secret(manifest) or _TEXTS not in manifest:
        return manifest
    texts = {name: _encoded(text) for name, text in foreign.pairs(manifest, _TEXTS)}
    others = {name: value for name, value in manifest.items() if name != _TEXTS}
    return {**others, _DATA: {**foreign.mapping(manifest, _DATA), **texts}}


def mask_for(manifests: Iterable[Manifest], redact: Callable[[str], str]) -> Callable[[str], str]:
    """Return what takes out of a text what is known to be secret, and what the Secrets among these hold."""
    of_secrets = masking({text for each in manifests if is_secret(each) for text in _held(each)})
    return lambda text: redact(of_secrets(text))


def concealed(found: FieldDifference, manifest: Manifest, mask: Callable[[str], str]) -> FieldDifference:
    """Return a difference without what is secret in it.

    Args:
        found: the difference.
        manifest: the object in which it is.
        mask: takes secrets out of a text.
    """
    if is_secret(manifest) and found.path.startswith(_DATA):
        return replace(found, old=None, new=None, secret=True)
    old, new = (_masked(value, mask) for value in (found.old, found.new))
    masked = (found.old, found.new) != (old, new)
    if masked and found.change is Change.CHANGED and (old == new or MASK in (old, new)):
        return replace(found, old=None, new=None, secret=True)
    return replace(found, old=old, new=new)


def _masked(value: Any, mask: Callable[[str], str]) -> Any:
    return map_leaves(value, lambda leaf: _masked_leaf(leaf, mask))


def _masked_leaf(leaf: Any, mask: Callable[[str], str]) -> Any:
    if isinstance(leaf, str):
        return mask(leaf)
    if leaf is None or isinstance(leaf, bool):
        return leaf
    spelled = str(leaf)
    return leaf if mask(spelled) == spelled else MASK


def _held(secret: Manifest) -> Iterator[str]:
    """Yield the texts that a Secret holds."""
    data = [_decoded(text) for _, text in foreign.pairs(secret, _DATA)]
    texts = [text for _, text in foreign.pairs(secret, _TEXTS)]
    for text in texts_in([*data, *texts]):
        if not (text.isdigit() and len(text) < _FEW_DIGITS):
            yield text


def _decoded(data: str) -> str:
    try:
        return base64.b64decode(data).decode()
    except ValueError:
        return data


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()
