"""The command line: up, down, run, restart, status, kubeconfig, env."""

import argparse
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence

from tools.ground.errors import GroundError
from tools.ground.ground import DEFAULT_LIFETIME, DEFAULT_NAME, Ground
from tools.ground.progress import Reporter
from tools.ground.state import State

_MEBIBYTE = 2**20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        ground = Ground(
            options.name, lifetime=getattr(options, "lifetime", DEFAULT_LIFETIME), reporter=Reporter()
        )
        if options.command == "restart":
            return _restart(ground, options.away)
        if options.command == "run":
            return _run(ground, options.program)
        return _COMMANDS[options.command](ground)
    except GroundError as error:
        print(f"ground: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("ground: interrupted", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.ground", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in _HELP.items():
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument(
            "--name", default=DEFAULT_NAME, help="which control plane (default: %(default)s)"
        )
        if name == "run":
            command.add_argument("program", nargs="+", help="the program and its arguments, after --")
        if name == "restart":
            command.add_argument(
                "--away",
                type=float,
                default=3.0,
                metavar="SECONDS",
                help="for how long it is away (default: %(default).0f)",
            )
        if name in {"up", "run"}:
            command.add_argument(
                "--for",
                dest="lifetime",
                type=float,
                default=DEFAULT_LIFETIME,
                metavar="SECONDS",
                help="after how long it ends by itself (default: %(default).0f)",
            )
    return parser


def _up(ground: Ground) -> int:
    if ground.is_up:
        print(f"{ground.name!r} is up already")
    ground.up()
    print(f"export KUBECONFIG={shlex.quote(str(ground.kubeconfig))}")
    return 0


def _down(ground: Ground) -> int:
    print(f"{ground.name!r} is down" if ground.down() else f"{ground.name!r} was not up")
    return 0


def _restart(ground: Ground, away: float) -> int:
    ground.restart_api_server(away)
    print(f"the API server of {ground.name!r} is back")
    return 0


def _run(ground: Ground, program: Sequence[str]) -> int:
    with ground:
        path = f"{ground.bin_dir}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        environment = {**os.environ, "KUBECONFIG": str(ground.kubeconfig), "PATH": path}
        return subprocess.run(program, env=environment, check=False).returncode


def _status(ground: Ground) -> int:
    state = ground.state()
    print(_summary(ground.name, state))
    if state is None:
        return 1
    for program, process in {"supervisor": state.supervisor, **state.programs}.items():
        memory = f"{process.memory() / _MEBIBYTE:5.0f} MiB" if process.alive() else "   ended"
        print(f"  {program:<24} pid {process.pid:<8} {memory}  {ground.log(program)}")
    return 0 if state.ready else 1


def _summary(name: str, state: State | None) -> str:
    if state is None:
        return f"{name!r} is not up"
    if state.ready:
        return f"{name!r} is up at {state.server}, for {(state.deadline - time.time()) / 60:.0f} more minutes"
    return f"{name!r} is not up ({state.phase}){': ' if state.problem else ''}{state.problem}"


def _kubeconfig(ground: Ground) -> int:
    print(ground.kubeconfig)
    return 0


def _env(ground: Ground) -> int:
    print(f"export KUBECONFIG={shlex.quote(str(ground.kubeconfig))}")
    print(f"export PATH={shlex.quote(str(ground.bin_dir))}:{shlex.quote(os.environ.get('PATH', os.defpath))}")
    return 0


_HELP = {
    "up": "bring the control plane up (the first time, build its programs)",
    "down": "end the control plane and drop its data",
    "run": "bring it up, run a program on it, and end it",
    "restart": "kill the API server, and start it again on the same data",
    "status": "tell whether it is up, and what its programs use",
    "kubeconfig": "print the path of its kubeconfig",
    "env": "print shell lines that set KUBECONFIG and put helm3, helm4 and kubectl on the PATH",
}
_COMMANDS = {"up": _up, "down": _down, "status": _status, "kubeconfig": _kubeconfig, "env": _env}
