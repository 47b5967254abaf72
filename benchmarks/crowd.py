"""How long until one bad release is found in a process where many others wait for pods that take long.

`BENCHMARK_CROWD_SERVICES` makes the releases smaller, for a machine that cannot carry all their pods.
"""

from __future__ import annotations

import json
import os
import time
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.big_release import FIRST, HELM, SERVICES, TAG, await_pods, declared, odd
from benchmarks.crowding import crowd
from benchmarks.place import kubectl, place, places
from benchmarks.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.crowding import Crowd
    from benchmarks.place import Place
    from tools.ground import Ground

_RELEASES = 64
_SERVICES = int(os.environ.get("BENCHMARK_CROWD_SERVICES", SERVICES))
_PODS_OF_NODE = 1000
_ALLOWED = 3.0
_HOUR = 3600
_AT_ONCE = 4
"""Deployed at once before the measurement begins: more would overload the control plane."""
_SETTLING = 20


def cases(ground: Ground, rounds: int) -> Iterator[Callable[[], list[Result]]]:
    """Yield the one case."""
    yield partial(_compare, ground, rounds)


def _compare(ground: Ground, rounds: int) -> list[Result]:
    _make_room(ground)
    with place(ground) as here, places(ground, _RELEASES - 1) as others:
        here.operations(HELM, **_release({})).deploy()
        with crowd() as nobody:
            alone = _found(nobody, here, rounds, "alone")
        with crowd() as many:
            _gather(many, others)
            found = _found(many, here, rounds, "crowded")
    return [
        Result(
            f"until one of {_RELEASES} releases in one process is found bad, the others wait "
            f"({5 * _SERVICES} objects, {_SERVICES} Deployments and a namespace each)",
            "the same release alone",
            found,
            alone,
            limit=round(median(alone) + _ALLOWED, 1),
        )
    ]


def _make_room(ground: Ground) -> None:
    """Give the control plane as many nodes as the pods of all releases need, those that are replaced too."""
    for number in range(2 * _RELEASES * _SERVICES // _PODS_OF_NODE):
        node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": f"crowd-{number}"}}
        kubectl(ground, "apply", "--filename=-", given=json.dumps(node))


def _found(process: Crowd, here: Place, rounds: int, tag: str) -> tuple[float, ...]:
    bad = [_release({"tag": f"{tag}-{number}", **odd("image-pull")}) for number in range(rounds)]
    return tuple(process.upgrade(here.inputs(HELM, **inputs)) for inputs in bad)


def _slow(here: Place) -> dict[str, Any]:
    """Return the inputs of a release that waits for one pod for an hour."""
    return here.inputs(HELM, **_release(odd("ready", after=_HOUR), timeouts={"deploy": _HOUR}))


def _release(values: dict[str, Any], **inputs: Any) -> dict[str, Any]:
    return declared({"services": _SERVICES, **values}, **inputs)


def _gather(process: Crowd, others: Sequence[Place]) -> None:
    """Have the process deploy these releases, and wait until each waits for its one slow pod alone."""
    for first in range(0, len(others), _AT_ONCE):
        few = others[first : first + _AT_ONCE]
        for other in few:
            process.deploy(_slow(other))
        for other in few:
            await_pods(other, f"--selector={TAG}={FIRST}", ready=_SERVICES - 1, unready=1)
    time.sleep(_SETTLING)
