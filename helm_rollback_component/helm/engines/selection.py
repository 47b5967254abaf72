"""Choosing the Helm to work with."""

from __future__ import annotations

import functools
import importlib.util
import os
import threading
from typing import TYPE_CHECKING

from helm_rollback_component.errors import OperationError, Problem, ValidationError
from helm_rollback_component.helm.engines import embedded
from helm_rollback_component.helm.engines.arguments import DIALECTS, OLDEST
from helm_rollback_component.helm.engines.cli import CliEngine
from helm_rollback_component.helm.engines.cli_version import locate
from helm_rollback_component.helm.engines.embedded import EmbeddedEngine
from helm_rollback_component.helm.engines.platforms import problems_of_platform
from helm_rollback_component.helm.engines.worker_pool import ALWAYS
from helm_rollback_component.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from helm_rollback_component.helm.engines.engine import Capability, Engine

AUTO = "auto"
EMBEDDED = "embedded"
CLI = "cli"

_PROGRAM = "helm"
_INSTALL = f"install Helm 3 or 4, or `pip install '{embedded.EXTRA}'`"
_lock = threading.Lock()


def choose_engine(helm: str, required: frozenset[Capability]) -> Engine:
    """Return the engine that the input `helm` names, the same object for all callers in this process.

    Args:
        helm: ``auto`` (the ``helm`` on the PATH, else the embedded one), ``cli``, ``embedded``, or a
            Helm program by name or path.
        required: what the other inputs ask for; ``auto`` skips an engine that lacks any of it.

    Raises:
        OperationError: there is no such Helm, or it cannot be used.
        ValidationError: no possible engine supports what is required, or this is Windows.
    """
    if found := problems_of_platform():
        raise ValidationError(found)
    engines = list(_available() if helm == AUTO else [_named(helm)])
    for engine in engines:
        if not required or required <= engine.capabilities:
            return engine
    raise _lacking(engines, required)


def who_can(capability: Capability) -> str:
    """Return the engines that support `capability`, as a phrase for a message."""
    return " or ".join(_who_can(capability))


def _who_can(capability: Capability) -> Iterator[str]:
    for major, dialect in DIALECTS.items():
        since = dialect.capabilities.get(capability)
        if since is not None:
            yield f"Helm {major}" if since <= OLDEST else f"Helm {since[0]}.{since[1]} and later"
    if capability in ALWAYS:
        yield "the embedded Helm"


def _available() -> list[Engine]:
    engines: list[Engine] = []
    refusals: list[OperationError] = []
    for name in (CLI, EMBEDDED):
        try:
            engines.append(_named(name))
        except OperationError as error:
            refusals.append(error)
    if not engines:
        raise next((refusal for refusal in refusals if refusal.reason != Reason.HELM_NOT_FOUND), _no_helm())
    return engines


def _named(helm: str) -> Engine:
    if helm == EMBEDDED:
        if importlib.util.find_spec(embedded.MODULE) is None:
            raise _not_found("the embedded Helm is not installed", f"`pip install '{embedded.EXTRA}'`")
        with _lock:
            return _embedded()
    name = _PROGRAM if helm == CLI else helm
    program = locate(name)
    if program is None:
        raise _no_program(name)
    with _lock:
        return _cli(program, program.stat().st_mtime_ns)


@functools.cache
def _embedded() -> EmbeddedEngine:
    return EmbeddedEngine()


@functools.cache
def _cli(program: Path, _modified: int) -> CliEngine:
    return CliEngine(program)


def _not_found(message: str, remedy: str) -> OperationError:
    return OperationError(message, reason=Reason.HELM_NOT_FOUND, remedy=remedy)


def _no_program(name: str) -> OperationError:
    if os.path.dirname(name):  # noqa: PTH120  # a Path of a name alone has a parent too
        return _not_found(f"there is no program {name}", "set the input helm to the path of one")
    return _not_found(f"there is no program {name} on the PATH", _INSTALL)


def _no_helm() -> OperationError:
    return _not_found(
        "no Helm was found: there is no program helm on the PATH, and the embedded Helm is not installed",
        _INSTALL,
    )


def _lacking(engines: Iterable[Engine], required: frozenset[Capability]) -> ValidationError:
    best = min(engines, key=lambda engine: len(required - engine.capabilities))
    problems = [
        Problem(missing, f"{best.name} does not support it; {who_can(missing)} does")
        for missing in sorted(required - best.capabilities)
    ]
    return ValidationError(problems, reason=Reason.UNSUPPORTED_BY_ENGINE)
