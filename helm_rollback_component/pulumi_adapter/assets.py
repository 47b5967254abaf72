"""Assets among the value files: the provider gets paths and texts, and the engine reads nothing itself."""

from __future__ import annotations

from typing import Any

import pulumi

from helm_rollback_component.inputs.tree import map_leaves


def without_assets(files: Any) -> Any:
    """Return value files as the provider has them: a file by its path, a text as it is."""
    return map_leaves(files, _without_asset)


def _without_asset(file: Any) -> Any:
    match file:
        case pulumi.FileAsset():
            return file.path
        case pulumi.StringAsset():
            return {"text": file.text}
        case pulumi.Output():
            return file.apply(without_assets)
        case pulumi.Asset() | pulumi.Archive():
            return {"asset": type(file).__name__}
        case _:
            return file
