"""The Roles as files: one for each feature, to be applied with kubectl."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tools.permissions.features import FEATURES, OF_CLUSTER

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parents[2] / "docs" / "permissions"


def write(roles: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the Roles, each with what it is for, into `FOLDER`."""
    told = {each.name: each.what for each in (*FEATURES, *OF_CLUSTER)}
    for name, role in roles.items():
        text = f"# {told[name]}\n{yaml.safe_dump(dict(role), sort_keys=False)}"
        (FOLDER / f"{name}.yaml").write_text(text)
