"""A caller to be killed: upgrades a release, which takes some seconds.

Arguments: a Helm program or ``embedded``, a kubeconfig's path, a namespace, a chart.
"""

import sys
from pathlib import Path

from helm_rollback_component.helm.cli import CliEngine
from helm_rollback_component.helm.embedded import EmbeddedEngine
from helm_rollback_component.helm.engine import Cancellation, Deployment, Target


def main(helm: str, kubeconfig: str, namespace: str, chart: str) -> None:
    """Upgrade the release ``web``."""
    engine = EmbeddedEngine() if helm == "embedded" else CliEngine(Path(helm))
    target = Target("web", namespace, Path(kubeconfig).read_text())
    engine.upgrade(target, Deployment(Path(chart), {"after": "3s", "tag": "2"}, 60), Cancellation())


if __name__ == "__main__":
    main(*sys.argv[1:])
