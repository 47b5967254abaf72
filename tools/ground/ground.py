"""The control plane as tests and the command line see it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Self

from tools.ground.build import ensure_built, exclusive
from tools.ground.errors import GroundError
from tools.ground.layout import Layout
from tools.ground.places import checkout, state_dir
from tools.ground.processes import stop, tail, wait_gone
from tools.ground.progress import Reporter
from tools.ground.state import State, private_file

DEFAULT_NAME = "default"
DEFAULT_LIFETIME = 4 * 3600.0

_START_LIMIT = 120.0
_GRACE = 10.0


class Ground:
    """One local control plane, known by its name; as a context manager it is up inside the block only.

    Args:
        name: Which control plane; each name has its own port, data and processes.
        lifetime: After how many seconds a control plane that this object starts ends by itself.
        audit: Whether an API server that this object starts records every request in `audit_log`.
        reporter: Who is told what goes on; nobody by default.
    """

    def __init__(
        self,
        name: str = DEFAULT_NAME,
        *,
        lifetime: float = DEFAULT_LIFETIME,
        audit: bool = False,
        reporter: Reporter | None = None,
    ) -> None:
        self.name = name
        self._lifetime = lifetime
        self._audit = audit
        self._layout = Layout(state_dir(name))
        self._reporter = reporter or Reporter(quiet=True)

    def up(self) -> State:
        """Start the control plane, building its programs first if need be; does nothing if it is up.

        Raises:
            GroundError: A program cannot be built or does not start.
        """
        with self._exclusive():
            state = self.state()
            return state if state and state.ready else self._start()

    def down(self) -> bool:
        """End the control plane and drop its data; tell whether anything ran."""
        with self._exclusive():
            ran = self._end()
            shutil.rmtree(self._layout.folder, ignore_errors=True)
            return ran

    def restart_api_server(self, away: float) -> None:
        """Kill the API server and have it start again after that many seconds; return once it answers.

        Raises:
            GroundError: The control plane is not up, or it does not come back.
        """
        with self._exclusive():
            if not self.is_up:
                raise GroundError(f"the control plane {self.name!r} is not up")
            private_file(self._layout.restart, str(away))
            limit = time.monotonic() + away + _START_LIMIT
            while self.is_up and self._layout.restart.exists() and time.monotonic() < limit:
                time.sleep(0.05)
            if not self.is_up or self._layout.restart.exists():
                raise GroundError(f"the API server did not come back: {tail(self.log('kube-apiserver'))}")

    def state(self) -> State | None:
        """Return what is known of the control plane, None if nothing is."""
        return State.load(self._layout.folder)

    @property
    def is_up(self) -> bool:
        """Whether the control plane is up."""
        state = self.state()
        return state is not None and state.ready

    @property
    def kubeconfig(self) -> Path:
        """The kubeconfig with which one is admin.

        Raises:
            GroundError: The control plane is not up.
        """
        if not self.is_up:
            raise GroundError(f"the control plane {self.name!r} is not up")
        return self._layout.kubeconfig

    @property
    def bin_dir(self) -> Path:
        """The folder that holds ``helm3``, ``helm4``, ``kubectl`` and the servers."""
        return ensure_built(self._reporter)

    @property
    def kubectl(self) -> Path:
        """The kubectl program."""
        return self.bin_dir / "kubectl"

    def helm(self, major: int) -> Path:
        """Return a Helm program of that major version, 3 or 4: that of ``HELM3`` or ``HELM4``, or ours."""
        given = os.environ.get(f"HELM{major}")
        return Path(given) if given else self.bin_dir / f"helm{major}"

    def log(self, program: str) -> Path:
        """Return the log of one of the programs."""
        return self._layout.log(program)

    @property
    def audit_log(self) -> Path:
        """The API server's record of requests, one JSON object a line, if it keeps one."""
        return self._layout.audit_log

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self.down()

    def _start(self) -> State:
        self._end()
        binaries = ensure_built(self._reporter)
        shutil.rmtree(self._layout.folder, ignore_errors=True)
        self._layout.folder.mkdir(mode=0o700, parents=True)
        self._reporter.line(f"starting the control plane {self.name!r} …")
        started = time.monotonic()
        try:
            self._launch(binaries)
            state = self._wait_ready()
        except BaseException:
            self._end()
            raise
        self._reporter.line(f"{self.name!r} is up after {time.monotonic() - started:.1f} s: {state.server}")
        return state

    def _launch(self, binaries: Path) -> None:
        options = {
            "name": self.name,
            "folder": self._layout.folder,
            "binaries": binaries,
            "port": _free_port(),
            "kubelet-port": _free_port(),
            "lifetime": self._lifetime,
        }
        arguments = [f"--{name}={value}" for name, value in options.items()]
        arguments += ["--audit"] if self._audit else []
        with self.log("supervisor").open("wb") as output:
            subprocess.run(
                [sys.executable, "-m", "tools.ground.supervisor", *arguments],
                cwd=checkout(),
                env={**os.environ, "PYTHONPATH": str(checkout())},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
            )

    def _wait_ready(self) -> State:
        limit = time.monotonic() + _START_LIMIT
        while time.monotonic() < limit:
            state = self.state()
            if state and state.phase == "ready":
                return state
            if state and not state.supervisor.alive():
                problem = state.problem or tail(self.log("supervisor"))
                raise GroundError(f"the control plane {self.name!r} did not start: {problem}")
            time.sleep(0.05)
        raise GroundError(f"the control plane {self.name!r} did not start: {tail(self.log('supervisor'))}")

    def _end(self) -> bool:
        state = self.state()
        if state is None:
            return False
        left = state.processes
        stop([process for process in left if process == state.supervisor], grace=_GRACE)
        wait_gone(left, timeout=_GRACE / 10)
        stop(left, grace=_GRACE)
        return bool(left)

    def _exclusive(self) -> AbstractContextManager[None]:
        self._layout.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return exclusive(
            self._layout.folder.with_suffix(".lock"),
            lambda: self._reporter.line(f"waiting for another command on {self.name!r} …"),
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
