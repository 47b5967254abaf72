"""A process that deploys releases as a provider's does, and prints how large it grew, in MiB."""

from __future__ import annotations

import json
import resource
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from helm_rollback_component import HelmConfig, HelmOperations
from helm_rollback_component.parallelism import DEFAULT

_KIB_IN_MIB = 1024


def main() -> None:
    """Deploy what stdin lists."""
    given = json.load(sys.stdin)

    def deploy(named: tuple[str, dict[str, Any]]) -> None:
        name, inputs = named
        config = HelmConfig.parse({**inputs, "release_name": name, "kubeconfig": given["kubeconfig"]})
        HelmOperations(config).deploy()

    with ThreadPoolExecutor(DEFAULT) as pool:
        list(pool.map(deploy, given["inputs"].items()))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_IN_MIB)


if __name__ == "__main__":
    main()
