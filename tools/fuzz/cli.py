"""`python -m tools.fuzz`: fuzzes each target for some minutes with Atheris, and says what was found.

It needs Atheris (``uv sync --group fuzz``). What is found stands in ``.fuzz/``: fix it, and move the file to
the target's folder in ``tests/fuzz/corpus``, where a unit test reads it from then on.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tools.fuzz.places import CORPUS, FINDINGS, ROOT
from tools.fuzz.targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_MOST_MEMORY = 2048
_LONGEST_CALL = 20
_LONGEST_INPUT = 16384
_RUNS = re.compile(r"#(\d+)\s")


@dataclass(frozen=True)
class Outcome:
    """How fuzzing one target went.

    Attributes:
        target: its name.
        seconds: how long it took.
        runs: how many inputs were tried.
        findings: the files with the inputs that failed.
    """

    target: str
    seconds: float
    runs: int
    findings: tuple[Path, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz, print one line a target, and return 1 if something was found."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1, help="for each target; 1 unless given")
    parser.add_argument("--target", action="append", choices=TARGETS, help="only this one; may be repeated")
    given = parser.parse_args(arguments)
    if find_spec("atheris") is None:
        print("Atheris is not installed: `uv sync --group fuzz` (Linux, Python 3.11 to 3.13)")
        return 2
    outcomes = [_fuzzed(target, given.minutes * 60) for target in given.target or TARGETS]
    return int(any(outcome.findings for outcome in outcomes))


def _fuzzed(target: str, seconds: float) -> Outcome:
    learned, found = FINDINGS / "learned" / target, FINDINGS / "found" / target
    for folder in (learned, found):
        folder.mkdir(parents=True, exist_ok=True)
    options = [
        *(f"-max_total_time={int(seconds)}", f"-artifact_prefix={found}/", f"-max_len={_LONGEST_INPUT}"),
        *(f"-timeout={_LONGEST_CALL}", f"-rss_limit_mb={_MOST_MEMORY}", "-print_final_stats=1"),
        *(str(learned), str(CORPUS / target)),
    ]
    began = time.monotonic()
    command = [sys.executable, "-m", "tools.fuzz.harness", target, *options]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ, capture_output=True, text=True, errors="replace", check=False
    )
    runs = [int(number) for number in _RUNS.findall(done.stderr)]
    outcome = Outcome(target, time.monotonic() - began, max(runs, default=0), tuple(sorted(found.iterdir())))
    print(f"{target:12} {outcome.seconds:5.0f} s {outcome.runs:9} inputs  {len(outcome.findings)} findings")
    if done.returncode:
        print(done.stderr[-3000:])
    for file in outcome.findings:
        print(f"             {file.relative_to(ROOT)}")
    return outcome
