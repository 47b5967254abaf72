"""Spoil requests to an API server: `serve` to try things by hand, `sweep` to try every request in turn."""

import argparse
import re
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from helm_rollback_component.errors import HelmRollbackError
from helm_rollback_component.kube.api import kubeconfig
from tools.faults import cells, proxy, rules, sweep
from tools.faults.measured import Cell
from tools.faults.operations import OPERATIONS
from tools.faults.rules import Fault, Request

_HELMS = ("helm3", "helm4", "embedded")
_SERVE = """
Serve as an API server that spoils chosen requests, until interrupted; each request is told on a line.
Clients that come through it act with the credentials of the kubeconfig that it is given, whatever their own.
"""
_SPOIL = (
    "FAULT[@K[,K...]][:REGEX]: spoil the K-th of the requests whose '<method> <path and query> <agent>' "
    "matches, or all of them; may be repeated. Faults: " + ", ".join(rules.Fault)
)
_SWEEP = """
Do every operation with every fault at every request, and print for each how many trials ended as without the
fault; what differed goes to the standard error. What tells most for its time comes first. With --record the
job may be ended at any time: the same command goes on where it was, and after a commit begins anew. Needs a
control plane on which no pod runs for real: `python -m tools.ground run -- python -m tools.faults sweep`.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        upstream = kubeconfig.load(options.kubeconfig)
        return _serve(options, upstream) if options.command == "serve" else _sweep(options, upstream)
    except HelmRollbackError as error:
        print(f"faults: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.faults", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", description=_SERVE)
    serve.add_argument("--write", type=Path, required=True, help="where the kubeconfig that leads here goes")
    serve.add_argument("--spoil", type=rules.parse, action="append", default=[], help=_SPOIL)
    serve.add_argument("--skip", metavar="REGEX", help="also pass these, and do not count them; watches do")
    serve.add_argument("--watches", action="store_true", help="count and spoil watches, and nothing else")
    serve.add_argument(
        "--seconds",
        type=float,
        default=proxy.SECONDS,
        help="how long connections are refused and answers withheld (default: %(default)s)",
    )
    swept = commands.add_parser("sweep", description=_SWEEP)
    for name, choices in (("--helm", _HELMS), ("--operation", OPERATIONS), ("--fault", Fault)):
        swept.add_argument(
            name, action="append", choices=list(choices), help="may be repeated (default: all)"
        )
    swept.add_argument(
        "--requests",
        metavar="REGEX",
        default=sweep.OURS,
        help="which are spoiled (default: the component's; '' for Helm's too)",
    )
    swept.add_argument(
        "--watches", action="store_true", help="spoil watches in place of requests, everybody's"
    )
    swept.add_argument("--every", type=int, default=1, metavar="N", help="every N-th of them (default: all)")
    swept.add_argument(
        "--record",
        type=Path,
        metavar="FILE",
        help="add what is found, and leave out what is there for this commit",
    )
    swept.add_argument("--at-once", type=int, default=3, help="trials side by side (default: %(default)s)")
    for command in (serve, swept):
        command.add_argument("--kubeconfig", help="that of the API server (default: as kubectl finds it)")
    return parser


def _serve(options: argparse.Namespace, upstream: str) -> int:
    with proxy.running(
        upstream,
        skip=_skip(options.skip, rules.is_no_watch if options.watches else rules.is_watch),
        seconds=options.seconds,
        on_request=lambda request: print(request, flush=True),
    ) as served:
        served.expect(*options.spoil)
        _write(options.write, served.kubeconfig)
        print(f"export KUBECONFIG={options.write.absolute()}", flush=True)
        threading.Event().wait()
    return 0


def _sweep(options: argparse.Namespace, upstream: str) -> int:
    version, differed = cells.version_of_this(), 0
    wanted = cells.unrecorded(_cells(options), options.record, version)
    print(f"{len(wanted)} cells are to be tried", file=sys.stderr, flush=True)
    for found in cells.run(wanted, upstream, options.at_once):
        _tell(found)
        differed += len(found.row.failures)
        if options.record:
            with options.record.open("a") as file:
                print(found.measured(version).line, file=file)
    return int(differed > 0)


def _cells(options: argparse.Namespace) -> list[Cell]:
    ours = options.requests == sweep.OURS
    whose = cells.WATCHES if options.watches else "ours" if ours else options.requests or "all"
    usual = rules.FAULTS_OF_WATCHES if options.watches else rules.FAULTS_OF_REQUESTS
    faults = [Fault(each) for each in options.fault or usual]
    engines, operations = options.helm or _HELMS, options.operation or [*OPERATIONS]
    return cells.cells(engines, operations, faults, whose, options.every)


def _tell(found: cells.Found) -> None:
    cell, row = found.cell, found.row
    good = f"{row.total - len(row.failures)}/{row.total}"
    print(f"{cell.engine}, {cell.operation}, {cell.fault}: {good} in {found.seconds:.0f} s", flush=True)
    for failure in row.failures:
        print(f"{cell.engine}, {cell.operation}, {failure}", file=sys.stderr, flush=True)


def _skip(pattern: str | None, passes: Callable[[Request], bool]) -> Callable[[Request], bool]:
    def skips(request: Request) -> bool:
        return passes(request) or bool(pattern and re.search(pattern, request.line))

    return skips


def _write(path: Path, content: str) -> None:
    path.touch(mode=0o600)
    path.write_text(content)
