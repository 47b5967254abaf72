"""A process that deploys releases as a provider's does, and prints how large it grew, in MiB."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from helm_rollback_component import HelmConfig, HelmOperations
from helm_rollback_component.pulumi_adapter.parallelism import DEFAULT

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
    print(_largest() / _KIB_IN_MIB)


def _largest() -> int:
    """Return how large this process was at most, in KiB; `getrusage` would count what it was forked from."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0])


if __name__ == "__main__":
    main()
