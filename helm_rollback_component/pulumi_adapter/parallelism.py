"""How many operations one provider process carries out at once.

The host that runs a dynamic provider serves 4 requests at a time and ignores ``pulumi up --parallel``, so
that four slow roll-outs would block a whole stack. It has no setting for that: the executor that serves the
present request is given room for more threads. If the executor is not as expected, the limit stays
4.
"""

from __future__ import annotations

import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

SETTING = "helm-rollback:parallel"
"""Stack configuration: how many operations at once; 64 where it is not given."""

DEFAULT = 64


def allow(setting: object) -> None:
    """Let the host serve as many requests at once as `setting` says, if it says a positive whole number."""
    try:
        wanted = int(str(setting)) if setting is not None else DEFAULT
    except ValueError:
        return
    executor = _serving_executor()
    if executor is not None and wanted > 0:
        executor._max_workers = max(wanted, _present_limit(executor))  # noqa: SLF001  # there is no public way


def _serving_executor() -> ThreadPoolExecutor | None:
    """Return the executor whose thread this is; they are started with a reference to it."""
    given = getattr(threading.current_thread(), "_args", ())
    executor = given[0]() if given and isinstance(given[0], weakref.ref) else None
    return executor if isinstance(executor, ThreadPoolExecutor) else None


def _present_limit(executor: ThreadPoolExecutor) -> int:
    limit = getattr(executor, "_max_workers", 0)
    return limit if isinstance(limit, int) else 0
