"""Spoil requests to an API server: `serve` to try things by hand, `sweep` to try every request in turn."""

import argparse
import re
import shutil
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from helm_rollback_component.errors import HelmRollbackError
from helm_rollback_component.kube.api import kubeconfig
from tools.faults import proxy, rules, sweep
from tools.faults.measured import Measured
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
Do every operation with every fault at every request, one after another, and print how many ended as without
the fault, as a Markdown table; what differed goes to the standard error. Needs a control plane on which no
pod runs for real: `python -m tools.ground run -- python -m tools.faults sweep`.
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
    swept.add_argument("--every", type=int, default=1, metavar="N", help="every N-th of them (default: all)")
    swept.add_argument(
        "--record", type=Path, metavar="FILE", help="add what was found, for tools.reliability"
    )
    swept.add_argument("--at-once", type=int, default=3, help="trials side by side (default: %(default)s)")
    for command in (serve, swept):
        command.add_argument("--kubeconfig", help="that of the API server (default: as kubectl finds it)")
    return parser


def _serve(options: argparse.Namespace, upstream: str) -> int:
    with proxy.running(
        upstream,
        skip=_skip(options.skip),
        seconds=options.seconds,
        on_request=lambda request: print(request, flush=True),
    ) as served:
        served.expect(*options.spoil)
        _write(options.write, served.kubeconfig)
        print(f"export KUBECONFIG={options.write.absolute()}", flush=True)
        threading.Event().wait()
    return 0


def _sweep(options: argparse.Namespace, upstream: str) -> int:
    found: dict[str, list[sweep.Row]] = {}
    faults = [Fault(each) for each in options.fault or Fault]
    for helm in options.helm or _HELMS:
        how = sweep.Sweep(
            upstream,
            shutil.which(helm) or helm,
            options.requests,
            options.at_once,
            partial(sweep.every, options.every),
        )
        for operation in options.operation or OPERATIONS:
            for row in how.rows(operation, faults):
                found.setdefault(helm, []).append(row)
                _tell(helm, row)
                _record(options, helm, row)
    print(sweep.table(found))
    return int(any(row.failures for rows in found.values() for row in rows))


def _tell(helm: str, row: sweep.Row) -> None:
    for failure in row.failures:
        print(f"{helm}, {row.operation}, {failure}", file=sys.stderr, flush=True)


def _record(options: argparse.Namespace, helm: str, row: sweep.Row) -> None:
    if options.record is None:
        return
    measured = Measured(
        engine=helm,
        operation=row.operation,
        fault=row.fault,
        whose="ours" if options.requests == sweep.OURS else options.requests or "all",
        every=options.every,
        good=row.total - len(row.failures),
        tried=row.total,
        date=datetime.now(UTC).date().isoformat(),
    )
    with options.record.open("a") as file:
        print(measured.line, file=file)


def _skip(pattern: str | None) -> Callable[[Request], bool]:
    def skips(request: Request) -> bool:
        return rules.is_watch(request) or bool(pattern and re.search(pattern, request.line))

    return skips


def _write(path: Path, content: str) -> None:
    path.touch(mode=0o600)
    path.write_text(content)
