"""The command line: `python -m pulumi_local_engine up --stack dev --cwd FOLDER`."""

import argparse
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from pulumi.automation import CommandError, ConfigValue
from rich.console import Console

from pulumi_local_engine.live import LiveDisplay
from pulumi_local_engine.progress_rows import ProgressRows
from pulumi_local_engine.session import DESTROY, PREVIEW, REFRESH, UPDATE
from pulumi_local_engine.stack import LocalEngine

_KINDS: Final = {"preview": PREVIEW, "up": UPDATE, "refresh": REFRESH, "destroy": DESTROY}
_FAILED: Final = 255
_INTERRUPTED: Final = 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="local-engine", description="Run a Pulumi program without the Pulumi CLI."
    )
    parser.add_argument("operation", choices=_KINDS)
    parser.add_argument("--stack", required=True)
    parser.add_argument("--cwd", type=Path, default=Path(), help="the folder that holds Pulumi.yaml")
    parser.add_argument(
        "--state-dir", type=Path, help="where to keep the state; by default .local-engine beside it"
    )
    parser.add_argument(
        "--parallel", type=int, help="how many steps at once; by default four for each processor"
    )
    parser.add_argument("--replace", action="append", default=[], metavar="URN", help="replace this resource")
    parser.add_argument(
        "--config", action="append", default=[], metavar="KEY=VALUE", help="set a plain value first"
    )
    return parser


def _perform(engine: LocalEngine, options: argparse.Namespace, how: Mapping[str, Any]) -> None:
    arguments = {"parallel": options.parallel, **how}
    if options.operation in ("up", "preview"):
        arguments["replace"] = options.replace
    operation: Callable[..., object] = getattr(engine, options.operation)
    operation(**arguments)


def _plain(engine: LocalEngine, options: argparse.Namespace) -> int:
    def write(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    try:
        _perform(
            engine, options, {"on_output": write, "on_error": lambda line: sys.stderr.write(f"{line}\n")}
        )
    except CommandError:
        return _FAILED
    return 0


def _live(engine: LocalEngine, options: argparse.Namespace, console: Console) -> int:
    kind = _KINDS[options.operation]
    live = LiveDisplay(
        kind.title(engine.name), ProgressRows(engine.root_urn), console, preview=kind is PREVIEW
    )
    error = ""
    with live:
        try:
            _perform(engine, options, {"on_event": live.show})
        except CommandError:
            error = f"{kind.word} failed"
    live.end(error)
    return _FAILED if error else 0


def main() -> int:
    """Do what the command line says; return the exit code."""
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    engine = LocalEngine(options.stack, options.cwd, state_dir=options.state_dir)
    for setting in options.config:
        key, _, value = setting.partition("=")
        engine.set_config(key, ConfigValue(value))
    console = Console()
    try:
        return _live(engine, options, console) if console.is_terminal else _plain(engine, options)
    except KeyboardInterrupt:
        sys.stderr.write("error: canceled\n")
        return _INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
