"""Manifests: from YAML to the objects in it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_STRINGS_TO_HELM = frozenset({"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value"})


class UnreadableError(ValueError):
    """A manifest is not YAML, or not of Kubernetes objects."""


class _Loader(_Base):  # type: ignore[misc]  # one of two classes, by what is built
    """Reads as Helm does: dates, and the ``=`` that some CustomResourceDefinitions hold, are strings."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # the name and shape are PyYAML's
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in _STRINGS_TO_HELM]
        for first, resolvers in _Base.yaml_implicit_resolvers.items()
    }


def parse(manifest: str) -> tuple[dict[str, Any], ...]:
    """Return the objects of a manifest in order, those inside lists among them.

    Raises:
        UnreadableError: if there is anything else in it.
    """
    try:
        documents = list(yaml.load_all(manifest, Loader=_Loader))
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableError(_where(error)) from None
    return tuple(found for document in documents if document is not None for found in _objects(document))


def _objects(document: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  # anything that YAML can contain
    if not isinstance(document, dict) or not isinstance(document.get("kind"), str):
        raise UnreadableError("it contains something that is not a Kubernetes object")
    items = document.get("items")
    if document["kind"].endswith("List") and isinstance(items, list):
        for item in items:
            yield from _objects(item)
    else:
        yield document


def _where(error: Exception) -> str:
    """Return where the YAML breaks, without repeating what stands there."""
    mark = getattr(error, "problem_mark", None)
    return f"it is not YAML in line {mark.line + 1}" if mark else "it is not YAML"
