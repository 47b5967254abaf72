"""The processes that the engine starts: the user's program, the host of dynamic providers, and plugins.

Each runs in a session of its own, so a Ctrl-C in the terminal reaches the engine alone, and each is ended by
whoever started it. The program is as fresh for each operation as with the CLI.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from pulumi_local_engine.fork_server import Command, start
from pulumi_local_engine.values import Properties, Secret, unwrap

if TYPE_CHECKING:
    from pulumi_local_engine.project import Project

OnLine = Callable[[str], None]
_GRACE: Final = 5.0
_PROGRAM_MAIN: Final = Path(__file__).with_name("program_main.py")


class ProcessEndedError(Exception):
    """A child process ended before it was of use."""


class ChildProcess:
    """A process whose output is passed on line by line."""

    def __init__(
        self, command: Command, folder: Path, environment: Mapping[str, str], on_line: OnLine
    ) -> None:
        """Start `command` in `folder`. Lines of stderr go to `on_line`, those of stdout when asked for."""
        self._process = start(command, folder, environment)
        self._on_line = on_line
        self._readers = [self._reader(self._process.stderr)]

    def first_line(self) -> str:
        """Return the first line of stdout, and pass the others on."""
        line = self._process.stdout.readline() if self._process.stdout else ""
        self.pass_output()
        if not line:
            self.stop()
            raise ProcessEndedError("the process that hosts a provider ended before it was ready")
        return line.strip()

    def pass_output(self) -> None:
        """Pass stdout on from here."""
        self._readers.append(self._reader(self._process.stdout))

    def wait(self, timeout: float | None = None) -> int | None:
        """Return the exit code, when all output has been passed on; None if the process still runs."""
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None
        for reader in self._readers:
            reader.join(_GRACE)
        return code

    def on_exit(self, tell: Callable[[int], None]) -> None:
        """Call `tell` with the exit code once the process has ended."""
        threading.Thread(target=lambda: tell(self._process.wait()), daemon=True).start()

    def stop(self, politely: signal.Signals = signal.SIGINT) -> None:
        """End the process and all that it started: politely, and after some seconds not."""
        for number in (politely, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
            if self.wait(_GRACE) is not None:
                break
        if self._process.stdin is not None:
            self._process.stdin.close()

    def _reader(self, stream: IO[str] | None) -> threading.Thread:
        thread = threading.Thread(target=self._pass, args=(stream,), daemon=True)
        thread.start()
        return thread

    def _pass(self, stream: IO[str] | None) -> None:
        for line in stream or ():
            self._on_line(line.rstrip("\n"))
        if stream is not None:
            stream.close()


class Launcher:
    """Knows how to start the processes of one run."""

    def __init__(
        self,
        main: Path,
        environment: Mapping[str, str],
        config: Properties,
        engine_address: str,
        on_line: OnLine,
    ) -> None:
        """Run things in `main`, the program's folder, with this interpreter; `config` is the stack's."""
        self._main = main
        self._environment = environment
        self._config = config
        self._engine_address = engine_address
        self._on_line = on_line

    def start_provider(self, package: str) -> ChildProcess:
        """Start the SDK's host of dynamic providers; it imports modules that lie beside the program.

        As from the real engine, its environment has that part of the configuration alone that bears the name
        of its `package`.
        """
        command = Command([self._engine_address], module="pulumi.dynamic")
        environment = {**self._environment, **_config_of_package(self._config, package)}
        return ChildProcess(command, self._main, environment, self._on_line)

    def start_plugin(self, package: str, plugin: Command) -> ChildProcess:
        """Start the plugin of a package, with the same environment as the host of dynamic providers."""
        command = replace(plugin, arguments=[self._engine_address])
        environment = {**self._environment, **_config_of_package(self._config, package)}
        return ChildProcess(command, self._main, environment, self._on_line)

    def start_program(self, entry: Path, arguments: Sequence[str]) -> ChildProcess:
        """Start the user's program by the script `entry`, whose own folder stays off the import path."""
        command = Command(arguments, script=str(entry))
        environment = {**self._environment, **_config_environment(self._config)}
        child = ChildProcess(command, self._main, environment, self._on_line)
        child.pass_output()
        return child


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run of a program, as the program sees it."""

    project: str
    stack: str
    organization: str
    preview: bool
    parallel: int

    @property
    def full_name(self) -> str:
        """The stack's name, with organization and project."""
        return f"{self.organization}/{self.project}/{self.stack}"


def _config_of_package(config: Properties, package: str) -> dict[str, str]:
    prefix = f"{package}:"
    own = {key.removeprefix(prefix): value for key, value in config.items() if key.startswith(prefix)}
    return {"PULUMI_CONFIG": json.dumps(unwrap(own))}


def _config_environment(config: Properties) -> dict[str, str]:
    """Return the variables that carry configuration to a program; arguments would show its secrets."""
    secret_keys = [key for key, value in config.items() if isinstance(value, Secret)]
    return {
        "PULUMI_CONFIG": json.dumps(unwrap(config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(secret_keys),
    }


def start_program(launcher: Launcher, project: Project, info: RunInfo, address: str) -> ChildProcess:
    """Start the program; it finds monitor and engine at `address`."""
    arguments = {
        "address": address,
        "project": info.project,
        "stack": info.stack,
        "organization": info.organization,
        "root": str(project.root),
        "program": str(project.main),
        "parallel": str(info.parallel),
        "preview": json.dumps(info.preview),
    }
    flat = [part for name, value in arguments.items() for part in (f"--{name}", value)]
    return launcher.start_program(_PROGRAM_MAIN, flat)
