"""Starts the user's program in a process of its own, as fresh for each operation as with the CLI."""

import json
from dataclasses import dataclass
from pathlib import Path

from pulumi_local_engine.process import ChildProcess, Launcher
from pulumi_local_engine.project import Project
from pulumi_local_engine.values import Properties, Secret, unwrap

ENTRY = Path(__file__).with_name("program_main.py")


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run of a program, as the program sees it."""

    project: str
    stack: str
    organization: str
    preview: bool
    parallel: int


def config_environment(config: Properties) -> dict[str, str]:
    """Return the variables that carry configuration to a process; arguments would show its secrets."""
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
    return launcher.start_program(ENTRY, flat)
