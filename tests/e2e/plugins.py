"""Which plugins the Pulumi CLI would find. None is downloaded: tests keep to this machine."""

import os
import shutil
from importlib import metadata
from pathlib import Path

KUBERNETES = f"resource-kubernetes-v{metadata.version('pulumi-kubernetes')}"


def has_kubernetes() -> bool:
    """Whether the CLI finds the plugin that goes with the installed SDK for Kubernetes."""
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    return bool(shutil.which("pulumi-resource-kubernetes")) or (home / "plugins" / KUBERNETES).is_dir()
