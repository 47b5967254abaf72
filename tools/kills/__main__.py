"""`python -m tools.kills`: do every operation, and kill it at every request that writes.

What differs from the operation that nobody disturbs is told on the standard output. It needs a control plane
on which no pod runs for real: `python -m tools.ground run -- python -m tools.kills`.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from helm_rollback_component.kube.api import kubeconfig
from tools import one_helm
from tools.faults.operations import OPERATIONS
from tools.kills.sweep import Killed, Row, Sweep
from tools.kills.trial import Who

_HELMS = ("helm3", "helm4", "embedded")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; return the exit code."""
    options = _parser().parse_args(arguments)
    upstream = kubeconfig.load(options.kubeconfig)
    good = True
    with one_helm.recorded() as record:
        for helm in options.helm or _HELMS:
            found = shutil.which(helm)
            program = str(one_helm.program(Path(found), record)) if found else helm
            sweep = Sweep(upstream, program, options.every, options.at_once)
            for operation in options.operation or OPERATIONS:
                for row in sweep.rows(operation, [Who(each) for each in options.who or Who]):
                    good = good and not row.failures
                    _tell(options, helm, operation, row)
        overlaps = one_helm.overlaps(record)
    for overlap in overlaps:
        print(f"another Helm was at work already: {overlap}")
    return int(not good or bool(overlaps))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.kills", description=__doc__)
    for name, choices in (("--helm", _HELMS), ("--operation", OPERATIONS), ("--who", Who)):
        parser.add_argument(
            name, action="append", choices=list(choices), help="may be repeated (default: all)"
        )
    parser.add_argument("--every", type=int, default=1, metavar="N", help="at every N-th of them")
    parser.add_argument(
        "--record", type=Path, metavar="FILE", help="add what was found, for tools.reliability"
    )
    parser.add_argument("--at-once", type=int, default=3, help="trials side by side (default: %(default)s)")
    parser.add_argument("--kubeconfig", help="that of the API server (default: as kubectl finds it)")
    return parser


def _tell(options: argparse.Namespace, helm: str, operation: str, row: Row) -> None:
    good = row.total - len(row.failures)
    print(f"{helm}, {operation}, {row.who}: {good} of {row.total}", flush=True)
    for failure in row.failures:
        print(f"  {failure}", flush=True)
    if options.record is not None and row.total:
        date = datetime.now(UTC).date().isoformat()
        killed = Killed(helm, operation, row.who, options.every, good, row.total, date)
        with options.record.open("a") as file:
            print(killed.line, file=file)


if __name__ == "__main__":
    sys.exit(main())
