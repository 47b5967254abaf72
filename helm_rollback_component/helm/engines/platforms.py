"""On which systems Helm can be run as it must be."""

from __future__ import annotations

import platform

from helm_rollback_component.errors import Problem

_REFUSED = (
    "cannot be run on Windows: Helm is tied to its parent, and given its kubeconfig, in ways that only Unix "
    "has; run Pulumi on Linux, in WSL or in a container"
)


def problems_of_platform() -> tuple[Problem, ...]:
    """Return what is wrong with this system: nothing, except on Windows."""
    return (Problem("helm", _REFUSED),) if platform.system() == "Windows" else ()
