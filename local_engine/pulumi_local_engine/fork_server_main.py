"""A process that has imported what every child imports, and forks children off. See `fork_server.py`.

It stays without threads, because a fork copies none, and ends with the process that started it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
from typing import Any, NoReturn

IMPORTED = (
    "grpc",
    "httpx2",
    "pulumi.dynamic",
    "pulumi_kubernetes.core.v1",
    "helm_rollback_component.component",
    "helm_rollback_component.operations",
    "helm_rollback_component.provider",
)
FILES = 5
"""How many files make a request: what is asked for, a child's three standard files, where its end is told."""


def main(connection: socket.socket) -> None:
    """Fork a child for every request that comes through the connection, until that is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for name in IMPORTED:
        importlib.import_module(name)
    gc.freeze()
    while True:
        message, files, _, _ = socket.recv_fds(connection, 1, FILES)
        if not message:
            return
        if not os.fork():
            connection.close()
            _attend(*files)
        for file in files:
            os.close(file)


def _attend(request: int, *files: int) -> NoReturn:
    """Fork the child, and tell its process id, and how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *standard, end = files
    with os.fdopen(request) as content:
        content.seek(0)
        asked = json.load(content)
    child = os.fork()
    if not child:
        os.close(end)
        _become(asked, standard)
    for file in standard:
        os.close(file)
    os.write(end, f"{child}\n".encode())
    _, status = os.waitpid(child, 0)
    os.write(end, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(request: dict[str, Any], standard: list[int]) -> NoReturn:
    """Run what is asked for as a new interpreter does, and end."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for target, file in enumerate(standard):
        os.dup2(file, target)
        os.close(file)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = [request["script"] or request["module"], *request["arguments"]]
    if request["module"]:
        sys.path.insert(0, request["folder"])
        runpy.run_module(request["module"], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(request["script"], run_name="__main__")
    sys.exit()


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
