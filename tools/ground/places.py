"""Where binaries and running control planes are kept: under the user's cache directory."""

import os
import re
from pathlib import Path

from tools.ground.errors import GroundError

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?")


def cache_dir() -> Path:
    """Return this tool's folder in the user's cache directory (``XDG_CACHE_HOME`` is respected)."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(base) if Path(base).is_absolute() else Path.home() / ".cache"
    return root / "helm-rollback-component" / "ground"


def state_dir(name: str) -> Path:
    """Return the folder of the control plane called ``name``; it need not exist."""
    if not _NAME.fullmatch(name):
        raise GroundError(
            f"{name!r} is no name for a control plane: use a-z, 0-9 and '-', at most 40 of them"
        )
    return cache_dir() / "run" / name


def checkout() -> Path:
    """Return the folder from which ``tools.ground`` can be imported."""
    return Path(__file__).resolve().parents[2]
