"""A claim that nothing uses yet has no volume, and Helm waits for one: the release is good nevertheless."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from helm_rollback_component.results import Phase
from tests.contract.laboratory import ready

if TYPE_CHECKING:
    from tests.contract.laboratory import Laboratory

pytestmark = [pytest.mark.ground, pytest.mark.every_engine, pytest.mark.sweep, pytest.mark.timeout(300)]

_CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: reports}
spec:
  storageClassName: CLASS
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
"""


def test_it_is_deployed_and_upgraded(lab: Laboratory) -> None:
    name = lab.space.namespace
    late = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": name},
        "provisioner": "example.com/none",
        "volumeBindingMode": "WaitForFirstConsumer",
    }
    lab.space.kubectl("create", "--filename=-", stdin=yaml.safe_dump(late))
    source = lab.chart("1.1.0", {"templates/claim.yaml": _CLAIM.replace("CLASS", name)})
    timeouts = {"deploy": 30, "upgrade": 30}
    try:
        first = lab.deploy(source=source, timeouts=timeouts)
        second = lab.upgrade(source=source, values={"tag": "2"}, timeouts=timeouts)
        assert ready(first) == (Phase.DEPLOYED, "InstallSucceeded")
        assert ready(second) == (Phase.DEPLOYED, "UpgradeSucceeded")
        claim = lab.space.get("persistentvolumeclaim", "reports")
        assert claim is not None
        assert claim["status"]["phase"] == "Pending"
    finally:
        lab.space.kubectl("delete", "storageclass", name, "--wait=false")
