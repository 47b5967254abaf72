"""A caller to be killed: does one step on a stage. Standard input names both (JSON, see `kills`)."""

import json
import sys
from pathlib import Path

from tools.faults.operations import Step
from tools.faults.stage import Stage

if __name__ == "__main__":
    told = json.load(sys.stdin)
    place = Stage(told["kubeconfig"], told["helm"], told["namespace"], Path(told["folder"]))
    place.do(Step(**told["step"]))
