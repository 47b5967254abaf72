"""A caller to be killed: does something to the release ``web`` that takes some seconds.

Arguments: ``upgrade`` or ``rollback``, a Helm program or ``embedded``, a kubeconfig, a namespace, a chart.
"""

import sys
from pathlib import Path

from helm_rollback_component.core.cancellation import Cancellation
from helm_rollback_component.helm.engines.cli import CliEngine
from helm_rollback_component.helm.engines.embedded import EmbeddedEngine
from helm_rollback_component.helm.engines.engine import Deployment, Target


def main(verb: str, helm: str, kubeconfig: str, namespace: str, chart: str) -> None:
    """Upgrade to pods that take long to get ready, or roll back to revision 1."""
    engine = EmbeddedEngine() if helm == "embedded" else CliEngine(Path(helm))
    target = Target("web", namespace, Path(kubeconfig).read_text())
    if verb == "rollback":
        engine.rollback(target, 1, 60)
    else:
        engine.upgrade(target, Deployment(Path(chart), {"after": "1h"}, 60), Cancellation())


if __name__ == "__main__":
    main(*sys.argv[1:])
