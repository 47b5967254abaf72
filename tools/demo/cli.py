"""The command line: brings up what the demonstration needs, and takes down what it brought up."""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from helm_rollback_component.errors import HelmRollbackError
from tools.demo.place import Place, PlaceError
from tools.demo.screen import Screen
from tools.demo.stage import Stage
from tools.demo.story import Story
from tools.ground import GroundError
from tools.sandbox import CLI, LOCAL, Sandbox, pulumi_cli

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Show everything; return 0 only if each step showed what it should."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    options = _parser().parse_args(arguments)
    screen = Screen(recorded=options.picture is not None)
    started = time.monotonic()
    try:
        _show(screen, options.engine, options.picture)
    except KeyboardInterrupt:
        screen.stopped("interrupted; what was brought up has been taken down")
        return _INTERRUPTED
    except (GroundError, HelmRollbackError, PlaceError) as error:
        screen.stopped(str(error))
        return 1
    return screen.conclude(time.monotonic() - started)


def _show(screen: Screen, wanted: str, picture: Path | None) -> None:
    screen.title()
    engine, why = _choose(wanted)
    with Place(screen) as place, tempfile.TemporaryDirectory(prefix="helm-rollback-demo-") as folder:
        screen.facts({"cluster": place.description, "engine": why, "helm": place.helm_version})
        sandbox = Sandbox(Path(folder) / "sandbox", engine, place.kubeconfig)
        Story(Stage(sandbox, place, screen), screen, picture).tell()


def _choose(wanted: str) -> tuple[str, str]:
    """Return the engine, and what to say of the choice."""
    obstacle = pulumi_cli.obstacle(kubernetes=True)
    if wanted == CLI and obstacle:
        raise PlaceError(obstacle)
    if wanted == LOCAL:
        return LOCAL, "LocalEngine, as asked for"
    if obstacle:
        return LOCAL, f"LocalEngine: {obstacle}"
    return CLI, f"the Pulumi CLI, {pulumi_cli.version()}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.demo", description=sys.modules["tools.demo"].__doc__
    )
    parser.add_argument(
        "--engine",
        choices=("auto", LOCAL, CLI),
        default="auto",
        help="what runs the program (default: the Pulumi CLI if it can, else LocalEngine)",
    )
    parser.add_argument(
        "--picture", type=Path, metavar="FILE", help="draw the upgrade that goes bad into this SVG file"
    )
    return parser
