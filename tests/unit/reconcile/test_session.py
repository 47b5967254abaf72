"""The connections of one release, and when it is not worked on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.records.owner import Identity, Owner
from helm_rollback_component.errors import OperationError
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.claims import lease_codec
from helm_rollback_component.reconcile.run_events import RunEvents
from helm_rollback_component.reconcile.session import Session
from tests.support.fake_cluster import FakeCluster
from tests.support.helm_records import release, secret

CONFIG = HelmConfig.parse({"release_name": "web", "release_namespace": "apps", "source": {"chart": "./web"}})
IDENTITY = Identity(Owner("acme", "shop", "prod", "urn:web"), "one")
ELSEWHERE = "another-boot pid:[1] 7 1/960"
"""Helm on another machine, which goes on for so many seconds at most."""


def session_on(cluster: FakeCluster) -> Session:
    session = Session(CONFIG, IDENTITY, Redactor())
    session.cluster = cluster
    return session


def test_a_release_on_which_helm_may_still_work_elsewhere_is_not_held() -> None:
    cluster = FakeCluster()
    with session_on(cluster).hold(RunEvents()):
        pass
    lease = paths.leases("apps", lease_codec.name("web"))
    helm = {"helm-rollback/helm": ELSEWHERE}
    cluster.edit(lease, lambda found: found["metadata"]["annotations"].update(helm))
    pending = secret(release(1, "pending-rollback"))
    pending["metadata"]["creationTimestamp"] = datetime.now(UTC).isoformat()
    cluster.create(paths.secrets("apps"), pending)
    with pytest.raises(OperationError) as caught, session_on(cluster).hold(RunEvents()):
        pass
    assert (caught.value.reason, caught.value.release) == ("OperationInProgress", "apps/web")
