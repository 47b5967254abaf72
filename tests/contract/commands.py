"""Helm's own commands on a release `web`, as a person types them."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.contract.by_hand import stored
from tests.support.waiting import HANG_LIMIT, await_that

if TYPE_CHECKING:
    import signal

    from tests.contract.helm_fixtures import Space

BAD = ("--set=play=never-ready", "--wait", "--timeout=1s")


@dataclass(frozen=True)
class Helm:
    """One major version of Helm, and a namespace of one's own for a release `web`."""

    major: int
    space: Space

    def __call__(self, verb: str, *arguments: str) -> str:
        """Run a command that must succeed, and return what it says."""
        done = self.run(verb, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def fails(self, verb: str, *arguments: str) -> str:
        """Run a command that must fail, and return what it says."""
        done = self.run(verb, *arguments)
        assert done.returncode != 0, done.stdout
        return done.stderr

    def run(self, verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command."""
        return subprocess.run(
            self._line(verb, *arguments), capture_output=True, text=True, check=False, timeout=HANG_LIMIT
        )

    def signalled(self, what: signal.Signals, status: str, verb: str, *arguments: str) -> int:
        """Send a command a signal once the newest revision has that status, and return its exit status.

        By then the revision is also applied, so that Helm waits for it to get ready.
        """
        before = self._generation()
        with subprocess.Popen(
            self._line(verb, *arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as helm:
            await_that(lambda: list(stored(self.space).values())[-1:] == [status], f"a revision {status}")
            await_that(lambda: self._generation() != before, "the revision to be applied")
            helm.send_signal(what)
            return helm.wait(HANG_LIMIT)

    def tag(self) -> str:
        """Return the image tag of the live Deployment."""
        found = self.space.get("deployment", "web")
        assert found is not None
        image = found["spec"]["template"]["spec"]["containers"][0]["image"]
        return str(image.rpartition(":")[2])

    def descriptions(self) -> list[str]:
        """Return what the records say of themselves, oldest first."""
        return [str(record["info"]["description"]) for record in self.space.records()]

    def _generation(self) -> int:
        found = self.space.get("deployment", "web")
        assert found is not None
        return int(found["metadata"]["generation"])

    def _line(self, verb: str, *arguments: str) -> list[str]:
        chart = [str(self.space.chart)] if verb in ("install", "upgrade") else []
        own = [f"--kubeconfig={self.space.ground.kubeconfig}", f"--namespace={self.space.namespace}"]
        return [str(self.space.ground.helm(self.major)), verb, "web", *chart, *own, *arguments]


def one_and_two(helm: Helm) -> None:
    """Install tag one, upgrade to tag two."""
    helm("install", "--set=tag=one")
    helm("upgrade", "--set=tag=two")
