"""A namespace as `kubectl` and `helm` see it."""

import json
import subprocess
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.support.objects import Objects
from tests.support.waiting import HANG_LIMIT
from tools.ground import Ground

KINDS = (
    "pod",
    "deployment",
    "replicaset",
    "service",
    "configmap",
    "secret",
    "serviceaccount",
    "lease",
)


@dataclass(frozen=True)
class Space:
    """A namespace."""

    ground: Ground
    name: str

    def kubectl(self, *arguments: str) -> str:
        return self._run(str(self.ground.kubectl), *arguments)

    def helm(self, *arguments: str) -> str:
        return self._run(str(self.ground.helm(4)), *arguments)

    def get(self, kind: str, name: str) -> dict[str, Any] | None:
        """Return an object, None if there is none."""
        return Objects(self.ground, self.name).get(kind, name)

    def leases(self) -> str:
        """Return all Leases, which is where releases are claimed, as JSON."""
        return json.dumps(Objects(self.ground, self.name).list("lease"))

    def objects(self) -> set[str]:
        """Return the names of all objects but those that every namespace has."""
        return Objects(self.ground, self.name).names(*KINDS)

    def left(self, *, besides: Collection[str] = ()) -> set[str]:
        """Return what else than `besides` is still there once the garbage collector had its time."""
        deadline = time.monotonic() + HANG_LIMIT
        while (left := self.objects() - set(besides)) and time.monotonic() < deadline:
            time.sleep(0.2)
        return left

    def history(self, release: str = "web") -> list[dict[str, Any]]:
        """Return what `helm history` says, oldest first."""
        revisions: list[dict[str, Any]] = json.loads(self.helm("history", release, "-o", "json"))
        return revisions

    def statuses(self, release: str = "web") -> list[str]:
        """Return Helm's word for each revision, oldest first."""
        return [revision["status"] for revision in self.history(release)]

    def image(self, deployment: str = "web") -> str:
        """Return the image that a Deployment asks for."""
        found = self.get("deployment", deployment)
        assert found is not None
        image: str = found["spec"]["template"]["spec"]["containers"][0]["image"]
        return image

    def rolled_out(self, deployment: str = "web") -> datetime:
        """Return when a Deployment's last rollout was complete, which it must be."""
        found = self.get("deployment", deployment)
        assert found is not None
        status = found["status"]
        assert status["updatedReplicas"] == status["availableReplicas"] == status["replicas"]
        progress = next(one for one in status["conditions"] if one["type"] == "Progressing")
        assert progress["reason"] == "NewReplicaSetAvailable"
        return datetime.fromisoformat(progress["lastUpdateTime"])

    def _run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [program, f"--kubeconfig={self.ground.kubeconfig}", f"--namespace={self.name}", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def holder(space: Space, release: str = "web") -> str:
    """Return who holds the lock of a release, an empty string if nobody does."""
    lease = space.get("lease", f"helm-rollback.{release}")
    assert lease
    return str(lease["spec"].get("holderIdentity", ""))
