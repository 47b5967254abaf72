"""Which Helm a command is."""

from __future__ import annotations

import functools
import os
import re
import shutil
from pathlib import Path

from helm_rollback_component.errors import OperationError
from helm_rollback_component.helm.engines.arguments import DIALECTS, OLDEST, Version
from helm_rollback_component.helm.engines.engine import EngineError
from helm_rollback_component.helm.engines.environment import helm_environment
from helm_rollback_component.helm.engines.process import Command, Patience, run
from helm_rollback_component.reasons import Reason

_ANSWERING = Patience(30.0)
_VERSION = re.compile(r"v?([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})(?![0-9])")


def locate(command: str) -> Path | None:
    """Return the absolute path of a command name or path, or None if there is no such program."""
    found = shutil.which(command)
    return Path(os.path.abspath(found)) if found else None  # noqa: PTH100  # a link keeps its name


def helm_version(program: Path) -> Version:
    """Return the version of the Helm at `program`; asked once for each state of that file.

    Raises:
        OperationError: it does not answer like a Helm, or its version cannot be used.
    """
    return _version(program, program.stat().st_mtime_ns)


@functools.lru_cache
def _version(program: Path, _modified: int) -> Version:
    arguments = (str(program), "version", "--template={{.Version}}")
    try:
        answer = run(Command(arguments, helm_environment(os.environ), _ANSWERING))
    except EngineError as error:
        raise _unusable(program, f"does not report its version: {error.output}") from error
    return check_version(program, answer)


def check_version(program: Path, answer: str) -> Version:
    """Return the version in Helm's `answer`.

    Raises:
        OperationError: it is no version, or one that cannot be used.
    """
    version = parse_version(answer)
    if version is None:
        raise _unusable(program, f"answers {answer.strip()[:80]!r} when asked for its version")
    if version < OLDEST or version[0] not in DIALECTS:
        raise _unusable(program, f"is Helm {spell(version)}")
    return version


def parse_version(answer: str) -> Version | None:
    """Return the version at the beginning of a text such as ``v4.3.1+g123``, None if there is none."""
    found = _VERSION.match(answer.strip())
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def spell(version: Version) -> str:
    """Return a version as text."""
    return ".".join(map(str, version))


def _unusable(program: Path, why: str) -> OperationError:
    return OperationError(
        f"{program} {why}",
        reason=Reason.HELM_UNUSABLE,
        remedy=f"use Helm {' or '.join(map(str, DIALECTS))}, {spell(OLDEST)} or later",
    )
