"""Runs the cases and prints a table of ratios: `python -m benchmarks [CASE …]`."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks import (
    big,
    big_bad,
    calm,
    conditions,
    crowd,
    growth,
    healthy,
    history,
    judging,
    many,
    real_chart,
    recovery,
    slow,
    start,
)
from tools.ground import Ground

if TYPE_CHECKING:
    from benchmarks.result import Result

_CASES = {
    "recovery": recovery,
    "history": history,
    "start": start,
    "healthy": healthy,
    "many": many,
    "slow": slow,
    "growth": growth,
    "big": big,
    "big_bad": big_bad,
    "calm": calm,
    "crowd": crowd,
    "real_chart": real_chart,
    "judging": judging,
}
_LIFETIME = 4 * 3600
_WIDTH = 160
_RESULTS = Path(__file__).with_name("results")


def main() -> int:
    """Run the cases that are asked for; return 0 if every bar is met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("cases", nargs="*", choices=[[], *_CASES], help="which cases; all without any")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured (default: 3)")
    parser.add_argument(
        "--ground", default="benchmarks", help="the control plane's name (default: %(default)s)"
    )
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    for condition in conditions.set_up():
        console.print(condition)
    with Ground(options.ground, lifetime=_LIFETIME, audit=True) as ground:
        results = [
            _told(console, result)
            for name in options.cases or _CASES
            for case in _CASES[name].cases(ground, options.rounds)
            for result in case()
        ]
    console.print(_table(results))
    console.print(conditions.load())
    _keep(results)
    return 0 if all(result.met for result in results) else 1


def _told(console: Console, result: Result) -> Result:
    met = "met" if result.met else "missed"
    ours, theirs = median(result.ours), median(result.theirs)
    console.print(
        f"{result.work}: {ours:.2f} to {theirs:.2f} {result.unit}, {result.ratio:.2f} ({result.bars}: {met})",
        f"({result.note})" if result.note else "",
    )
    return result


def _table(results: list[Result]) -> Table:
    table = Table("work", "against", "ours", "theirs", "ratio", "bar", "")
    for result in results:
        table.add_row(
            result.work,
            result.against,
            f"{median(result.ours):.3f} {result.unit}",
            f"{median(result.theirs):.3f} {result.unit}",
            f"{result.ratio:.3f}",
            result.bars,
            "met" if result.met else "missed",
        )
    return table


def _keep(results: list[Result]) -> None:
    _RESULTS.mkdir(exist_ok=True)
    path = _RESULTS / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps([result.as_json() for result in results], indent=2))


if __name__ == "__main__":
    sys.exit(main())
