"""The process that owns a control plane: starts its programs, and ends them all together.

It ends them when it is told to (SIGTERM), when their time is over, and when one of them ends by itself.
"""

import argparse
import http.client
import os
import signal
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tools.ground import credentials
from tools.ground.control_plane import (
    Command,
    ControlPlane,
    write_audit_policy,
    write_kwok_config,
)
from tools.ground.errors import GroundError
from tools.ground.layout import Layout
from tools.ground.processes import ProcessId, start, stop, tail
from tools.ground.state import State

if TYPE_CHECKING:
    import subprocess

_START_LIMIT = 90.0
_GRACE = 1.0
_OBJECTS = Path(__file__).with_name("objects.yaml")


class _ToldToStop(Exception):  # noqa: N818
    """SIGTERM came, or the time is over."""


class Supervisor:
    """Runs one control plane from its start to its end."""

    def __init__(self, plane: ControlPlane, *, name: str, binaries: Path, lifetime: float) -> None:
        self._plane = plane
        self._layout = plane.layout
        self._name = name
        self._binaries = binaries
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._told = threading.Event()
        self._token = ""
        self._state = State(
            supervisor=ProcessId.of(os.getpid()), server=plane.server, deadline=time.time() + lifetime
        ).save(self._layout.folder)

    def tell_to_stop(self) -> None:
        """Make ``run`` come to its end soon."""
        self._told.set()

    def run(self) -> None:
        """Start everything, wait for the end, and leave nothing running."""
        problem = ""
        try:
            self._bring_up()
            self._save(self._state.to("ready"))
            self._serve()
        except _ToldToStop:
            pass
        except (GroundError, OSError) as error:
            problem = str(error)
        finally:
            self._end_all()
        self._save(self._state.to("failed", problem) if problem else self._state.to("ended"))

    def _bring_up(self) -> None:
        token = self._token = credentials.write_secrets(self._layout)
        write_kwok_config(self._layout)
        write_audit_policy(self._layout)
        self._start(*self._plane.servers())
        self._wait_for("the API server's certificate", self._layout.certificate.exists)
        self._wait_until_it_answers()
        credentials.write_kubeconfig(self._layout, name=self._name, server=self._plane.server, token=token)
        self._start(*self._plane.controllers())
        self._kubectl("create", "--filename", str(_OBJECTS))
        self._kubectl("wait", "--for=create", "serviceaccount/default", "--namespace=default")
        self._kubectl("wait", "--for=condition=Ready", "node", "--all")

    def _serve(self) -> None:
        while True:
            self._wait_while(lambda: not self._layout.restart.exists(), pause=0.1)
            self._restart(float(self._layout.restart.read_text()))
            self._layout.restart.unlink()

    def _restart(self, away: float) -> None:
        """Kill the API server, and start it again after that many seconds."""
        _, server = self._plane.servers()
        killed = self._children.pop(server.program)
        killed.kill()
        killed.wait()
        until = time.monotonic() + away
        self._wait_while(lambda: time.monotonic() < until, pause=0.05)
        self._start(server)
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        certificate, port = self._layout.certificate, self._plane.port
        self._wait_for("the API server", lambda: answers(certificate, port, self._token))

    def _start(self, *commands: Command) -> None:
        for command in commands:
            child = start(
                [self._binaries / command.program, *command.arguments],
                self._layout.log(command.program),
                folder=self._layout.folder,
            )
            self._children[command.program] = child
            self._save(self._state.with_program(command.program, ProcessId.of(child.pid)))

    def _kubectl(self, *arguments: str) -> None:
        command: list[str | Path] = [
            self._binaries / "kubectl",
            "--kubeconfig",
            self._layout.kubeconfig,
            *arguments,
        ]
        log = self._layout.log("kubectl")
        child = start(command, log, folder=self._layout.folder)
        try:
            self._wait_for(f"kubectl {arguments[0]}", lambda: child.poll() is not None)
        finally:
            child.kill()
            child.wait()
        if child.returncode:
            raise GroundError(f"kubectl {' '.join(arguments)} failed: {tail(log)}")

    def _wait_for(self, what: str, holds: Callable[[], bool]) -> None:
        limit = time.monotonic() + _START_LIMIT
        self._wait_while(lambda: not holds() and time.monotonic() < limit, pause=0.05)
        if time.monotonic() >= limit:
            raise GroundError(
                f"{what} was not ready after {_START_LIMIT:.0f} s; the logs: {self._layout.folder}"
            )

    def _wait_while(self, holds: Callable[[], bool], *, pause: float = 0.25) -> None:
        while holds():
            self._check_children()
            if self._told.wait(pause) or time.time() > self._state.deadline:
                raise _ToldToStop

    def _check_children(self) -> None:
        for program, child in self._children.items():
            if child.poll() is not None:
                log = self._layout.log(program)
                raise GroundError(
                    f"{program} ended with exit code {child.returncode}; its log {log} ends:\n{tail(log)}"
                )

    def _end_all(self) -> None:
        running = [child for child in self._children.values() if child.poll() is None]
        stop([ProcessId.of(child.pid) for child in running], grace=_GRACE)
        for child in running:
            child.wait()

    def _save(self, state: State) -> None:
        self._state = state.save(self._layout.folder)


def answers(certificate: Path, port: int, token: str) -> bool:
    """Whether an API server answers there that it is ready; not while it is writing its certificate."""
    try:
        context = ssl.create_default_context(cafile=str(certificate))
    except OSError:
        return False
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=context)
    try:
        connection.request("GET", "/readyz", headers={"Authorization": f"Bearer {token}"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def main() -> None:
    """Become a process of its own and run one control plane."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--binaries", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--kubelet-port", type=int, required=True)
    parser.add_argument("--lifetime", type=float, required=True)
    parser.add_argument("--audit", action="store_true")
    options = parser.parse_args()
    if os.fork():
        os._exit(0)
    os.setsid()
    plane = ControlPlane(Layout(options.folder), options.port, options.kubelet_port, audit=options.audit)
    supervisor = Supervisor(plane, name=options.name, binaries=options.binaries, lifetime=options.lifetime)
    signal.signal(signal.SIGTERM, lambda *_: supervisor.tell_to_stop())
    supervisor.run()


if __name__ == "__main__":
    main()
