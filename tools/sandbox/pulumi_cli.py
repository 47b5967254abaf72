"""Whether the Pulumi CLI can be used here. Nothing is downloaded for it."""

import os
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

PROGRAM = "pulumi"
KUBERNETES = f"resource-kubernetes-v{metadata.version('pulumi-kubernetes')}"


def obstacle(*, kubernetes: bool) -> str:
    """Return why the CLI cannot run a program, or an empty string if it can.

    Args:
        kubernetes: whether the program has Kubernetes objects of its own.
    """
    if shutil.which(PROGRAM) is None:
        return f"{PROGRAM} is not on the PATH"
    if kubernetes and not _has_kubernetes():
        return f"{PROGRAM} is on the PATH, but its plugin {KUBERNETES} is not installed"
    return ""


def version() -> str:
    """Return the CLI's version, such as ``v3.260.0``."""
    done = subprocess.run([PROGRAM, "version"], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _has_kubernetes() -> bool:
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    return bool(shutil.which("pulumi-resource-kubernetes")) or (home / "plugins" / KUBERNETES).is_dir()
