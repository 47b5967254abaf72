"""One release under test: operations on it, and what Helm, the cluster and the ledger then say."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.records.owner import Identity, Owner
from helm_rollback_component.kube.claims.claims import Claims
from helm_rollback_component.operations import HelmOperations
from helm_rollback_component.results import Phase
from tests.contract.by_hand import stored
from tests.contract.helm_fixtures import Space, write_chart
from tests.support.namespaces import cluster_of
from tests.support.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from helm_rollback_component.kube.claims.claims import Claim
    from helm_rollback_component.results import Condition, ReleaseStatus

OWNER = Owner("organization", "project", "stack", "urn:pulumi:stack::project::type::web")
RELEASE = "web"

_KINDS = ("deployment", "replicaset", "pod", "job", "service", "configmap", "secret", "lease")

IMPATIENT = {"image_pull_grace": 0.2, "grace": 0.5, "crash_loop_restarts": 2}
"""Health rules that give a verdict soon; for tests of what follows from one."""

BAD_IMAGE = {"play": "image-pull", "tag": "missing"}
CRASHING = {"play": "crash-loop", "after": "100ms"}


class Listening(list[str]):
    """Lines that are told, and what is done once, in between, when a certain one is."""

    def __init__(self, line: str, act: Callable[[], object]) -> None:
        super().__init__()
        self._line = line
        self._act = act

    def append(self, line: str) -> None:
        """Take a line."""
        super().append(line)
        if line == self._line:
            self._act()


@dataclass
class Laboratory:
    """A namespace with one release in it, `web`, of a chart whose values choose what its pods play.

    Attributes:
        space: the namespace, and Helm by hand.
        helm: the ``helm`` input: a Helm program's path, or ``embedded``.
        folder: where charts are written.
        said: the progress lines of all operations so far.
        warned: their warnings.
    """

    space: Space
    helm: str
    folder: Path
    said: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    identity: Identity = field(default_factory=lambda: Identity(OWNER, "first"))

    def operations(self, identity: Identity | None = None, **inputs: Any) -> HelmOperations:
        """Return the operations on the release, declared so."""
        return HelmOperations(
            HelmConfig.parse(self.declared(**inputs)),
            identity=identity or self.identity,
            progress=self.said.append,
            warn=self.warned.append,
        )

    def declared(self, **inputs: Any) -> dict[str, Any]:
        """Return the inputs of the release, declared so."""
        return {
            "release_name": RELEASE,
            "release_namespace": self.space.namespace,
            "source": {"chart": str(self.space.chart)},
            "helm": self.helm,
            "kubeconfig": str(self.space.ground.kubeconfig),
            "health": IMPATIENT,
            **inputs,
        }

    def deploy(self, **inputs: Any) -> ReleaseStatus:
        """Create the release."""
        return self.operations(**inputs).deploy()

    def upgrade(self, **inputs: Any) -> ReleaseStatus:
        """Update the release."""
        return self.operations(**inputs).upgrade()

    def delete(self, **inputs: Any) -> None:
        """Delete the release."""
        self.operations(**inputs).delete()

    def chart(self, version: str, files: dict[str, str] | None = None) -> dict[str, str]:
        """Write the chart in another version and return it as a source."""
        text = f"apiVersion: v2\nname: web\nversion: {version}\nappVersion: '{version}'\n"
        folder = self.folder / version
        return {"chart": str(write_chart(folder, {"Chart.yaml": text, **(files or {})}))}

    @contextmanager
    def lingering_pod(self) -> Iterator[None]:
        """Keep the present pod terminating, and have another in its place, until the end of the block."""
        (pod,) = self._pods()
        self._set_finalizers(pod, ["example.com/lingers"])
        self.space.kubectl("delete", pod, "--wait=false")
        await_that(lambda: len(self._pods()) > 1 and self.ready_replicas() == 1, "another pod")
        try:
            yield
        finally:
            self._set_finalizers(pod, [])

    def _pods(self) -> list[str]:
        return self.space.kubectl("get", "pod", f"--selector=app={RELEASE}", "--output=name").split()

    def _set_finalizers(self, pod: str, finalizers: list[str]) -> None:
        patch = json.dumps({"metadata": {"finalizers": finalizers}})
        self.space.kubectl("patch", pod, "--type=merge", f"--patch={patch}")

    def statuses(self) -> list[str]:
        """Return Helm's word for each stored revision, oldest first."""
        return self.space.statuses(RELEASE)

    def revisions(self) -> list[int]:
        """Return the numbers of the stored revisions."""
        return [record["version"] for record in self.space.records(RELEASE)]

    def image(self) -> str:
        """Return the image that the live Deployment asks for."""
        found = self.space.get("deployment", RELEASE)
        assert found is not None
        return str(found["spec"]["template"]["spec"]["containers"][0]["image"])

    def containers(self) -> list[str]:
        """Return the names of the containers that the live Deployment asks for."""
        found = self.space.get("deployment", RELEASE)
        assert found is not None
        return [each["name"] for each in found["spec"]["template"]["spec"]["containers"]]

    def ready_replicas(self) -> int:
        """Return how many pods serve, as the live Deployment says."""
        found = self.space.get("deployment", RELEASE)
        return int(((found or {}).get("status") or {}).get("readyReplicas", 0))

    def claim(self) -> Claim | None:
        """Return the release's claim."""
        return Claims(cluster_of(self.space.ground), self.space.namespace, RELEASE).read()

    def assert_coherent(self) -> None:
        """Hold that records, live objects, outputs and conditions tell one story, whatever was done."""
        status = self.operations().get_status()
        outputs = status.as_outputs()
        readable = [(each.revision, each.status) for each in status.history]
        assert readable == [
            (number, word) for number, word in stored(self.space).items() if number in dict(readable)
        ]
        assert (status.revision, status.status) == (readable[-1] if readable else (0, ""))
        assert outputs["phase"] == status.phase.value
        said = {each.type: each.status for each in status.conditions}
        if "Ready" in said:
            assert (said["Ready"] == "True") == (status.phase is Phase.DEPLOYED)
        if status.phase in (Phase.DEPLOYED, Phase.ROLLED_BACK):
            assert status.status == "deployed"
            cluster = cluster_of(self.space.ground)
            for each in status.resources:
                path = cluster.object_path(each.api_version, each.kind, each.name, each.namespace)
                assert cluster.get(path) is not None, f"{each.kind} {each.name} is not there"

    def leftovers(self) -> list[str]:
        """Return all that is in the namespace but for what Kubernetes itself puts there."""
        return sorted(self.space.objects.names(*_KINDS))


def condition(status: ReleaseStatus, kind: str) -> Condition | None:
    """Return one of the release's conditions."""
    return next((found for found in status.conditions if found.type == kind), None)


def stands(status: ReleaseStatus, kind: str) -> tuple[str, str]:
    """Return status and reason of one of the release's conditions, which is there."""
    found = condition(status, kind)
    assert found is not None, f"there is no condition {kind}"
    return found.status, found.reason


def ready(status: ReleaseStatus) -> tuple[Phase, str]:
    """Return the phase, and the reason of the condition ``Ready``, which agrees with it."""
    said, reason = stands(status, "Ready")
    assert (said == "True") == (status.phase is Phase.DEPLOYED)
    return status.phase, reason


def explained(status: ReleaseStatus) -> str:
    """Return why the release is not as declared, as the condition ``Ready`` says it."""
    found = condition(status, "Ready")
    assert found is not None
    return found.message
