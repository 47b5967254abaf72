"""Whether the Pulumi CLI can be used here, and the PATH that it needs. Nothing is downloaded for it."""

import os
import shutil
import subprocess
import sysconfig
from importlib import metadata
from pathlib import Path

PROGRAM = "pulumi"
TOOLCHAIN = "uv"
"""What every ``Pulumi.yaml`` here names as its toolchain: the CLI runs it to start the program."""

KUBERNETES = f"resource-kubernetes-v{metadata.version('pulumi-kubernetes')}"
MADE = Path(__file__).resolve().parents[2] / ".uv" / "bin"
"""Where ``make`` installs uv if there is none on the PATH."""


def obstacle(*, kubernetes: bool) -> str:
    """Return why the CLI cannot run a program, or an empty string if it can.

    Args:
        kubernetes: whether the program has Kubernetes objects of its own.
    """
    if shutil.which(PROGRAM) is None:
        return f"{PROGRAM} is not on the PATH"
    if shutil.which(TOOLCHAIN, path=search_path()) is None:
        return f"{PROGRAM} is on the PATH, but {TOOLCHAIN}, which it starts programs with, is not installed"
    if kubernetes and not _has_kubernetes():
        return f"{PROGRAM} is on the PATH, but its plugin {KUBERNETES} is not installed"
    return ""


def search_path() -> str:
    """Return the PATH for the CLI: this environment's programs, the present PATH, and then where uv may be.

    Beside the PATH it may be where ``make`` installed it, and where the uv is that runs this process.
    """
    running = os.environ.get("UV")  # uv tells what it runs where it is
    folders = [sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath), str(MADE)]
    return os.pathsep.join([*folders, str(Path(running).parent)] if running else folders)


def version() -> str:
    """Return the CLI's version, such as ``v3.260.0``."""
    done = subprocess.run([PROGRAM, "version"], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _has_kubernetes() -> bool:
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    return bool(shutil.which("pulumi-resource-kubernetes")) or (home / "plugins" / KUBERNETES).is_dir()
