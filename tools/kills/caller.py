"""`python -m tools.kills.caller <address>`: a caller to be killed, which does one step on a stage.

It works for the engine at that address, as a provider does. Standard input names stage and step (JSON, see
`trial`).
"""

import json
import sys
from pathlib import Path

from helm_rollback_component.pulumi_adapter import process_lifetime
from tools import one_helm
from tools.faults.operations import Step
from tools.faults.stage import Stage

if __name__ == "__main__":
    one_helm.watch_workers()
    told = json.load(sys.stdin)
    process_lifetime.end_with_engine()
    place = Stage(
        told["kubeconfig"],
        told["helm"],
        told["namespace"],
        Path(told["folder"]),
        interrupt=process_lifetime.INTERRUPT,
    )
    with process_lifetime.operation():
        place.do(Step(**told["step"]))
