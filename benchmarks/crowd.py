"""How long until one bad release is found in a process where many others wait for pods that take long."""

from __future__ import annotations

import time
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.big_release import FIRST, HELM, TAG, declared, odd, pods
from benchmarks.crowding import crowd
from benchmarks.place import place, places
from benchmarks.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.crowding import Crowd
    from benchmarks.place import Place
    from tools.ground import Ground

_RELEASES = 64
_SERVICES = 12
"""Of each: 64 releases of 60 services would be more than this control plane carries."""
_ALLOWED = 3.0
_HOUR = 3600
_PATIENCE = 1800.0
_SETTLING = 20


def cases(ground: Ground, rounds: int) -> Iterator[Callable[[], list[Result]]]:
    """Yield the one case."""
    yield partial(_compare, ground, rounds)


def _compare(ground: Ground, rounds: int) -> list[Result]:
    with place(ground) as here, places(ground, _RELEASES - 1) as others:
        here.operations(HELM, **_release({})).deploy()
        with crowd(()) as nobody:
            alone = _found(nobody, here, rounds, "alone")
        with crowd([_slow(other) for other in others]) as many:
            _await_waiting(ground, len(others))
            found = _found(many, here, rounds, "crowded")
    return [
        Result(
            f"until one of {_RELEASES} releases in one process is found bad; the others wait "
            f"({5 * _SERVICES} objects, {_SERVICES} Deployments, a namespace each)",
            "the same release alone",
            found,
            alone,
            limit=round(median(alone) + _ALLOWED, 1),
        )
    ]


def _found(process: Crowd, here: Place, rounds: int, tag: str) -> tuple[float, ...]:
    bad = [_release({"tag": f"{tag}-{number}", **odd("image-pull")}) for number in range(rounds)]
    return tuple(process.upgrade(here.inputs(HELM, **inputs)) for inputs in bad)


def _slow(here: Place) -> dict[str, Any]:
    """Return the inputs of a release that waits for one pod for an hour."""
    return here.inputs(HELM, **_release(odd("ready", after=_HOUR), timeouts={"deploy": _HOUR}))


def _release(values: dict[str, Any], **inputs: Any) -> dict[str, Any]:  # noqa: ANN401  # inputs
    return declared({"services": _SERVICES, **values}, **inputs)


def _await_waiting(ground: Ground, releases: int) -> None:
    """Wait until each of so many releases waits for its one slow pod alone."""
    ends = time.monotonic() + _PATIENCE
    where = ("--all-namespaces", f"--selector={TAG}={FIRST}")
    wanted = (releases * (_SERVICES - 1) + _SERVICES, releases)
    while (found := pods(ground, *where)) != wanted:
        if time.monotonic() > ends:
            raise RuntimeError(f"expected {wanted} pods that are ready and that are not, found {found}")
        time.sleep(5)
    time.sleep(_SETTLING)
