"""Who acts on a release, and on which cluster: a stack, a script, a kubeconfig that leads elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.records.owner import NOBODY, Identity
from helm_rollback_component.errors import OperationError
from helm_rollback_component.operations import HelmOperations
from helm_rollback_component.results import Phase
from tests.contract.laboratory import OWNER
from tests.support.control_plane import Place
from tests.support.namespaces import cluster_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

SCRIPT = Identity()


def test_a_script_needs_no_stack(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    operations = lab.operations(SCRIPT)
    assert not operations.exists()
    assert operations.deploy().phase is Phase.DEPLOYED
    assert operations.exists()
    claim = lab.claim()
    assert claim is not None
    assert claim.owner == NOBODY
    operations.delete()
    assert not operations.exists()
    assert lab.leftovers() == []


def test_a_script_leaves_a_release_to_its_stack(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy()
    before = lab.claim()
    assert lab.operations(SCRIPT, values={"tag": "script"}).upgrade().phase is Phase.DEPLOYED
    after = lab.claim()
    assert before is not None
    assert after is not None
    assert (after.owner, after.incarnation) == (before.owner, before.incarnation) == (OWNER, "first")
    assert lab.upgrade().revision == 3


def test_a_kubeconfig_that_leads_to_another_cluster_is_refused(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy()
    here = lab.operations().cluster_identity
    assert lab.operations(Identity(OWNER, "first", here)).upgrade().phase is Phase.DEPLOYED
    elsewhere = lab.operations(
        Identity(OWNER, "first", "uid:another server:another"), values={"tag": "moved"}
    )
    for ask in (elsewhere.upgrade, elsewhere.rollback, elsewhere.delete, elsewhere.get_status):
        with pytest.raises(OperationError) as caught:
            ask()
        assert caught.value.reason == "ClusterChanged"
    assert lab.statuses() == ["deployed"]


RELEASES = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
CLAIMS = [{"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["get"]}]
KUBE_SYSTEM = [
    {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"], "resourceNames": ["kube-system"]}
]


class TestUsers:
    """A cluster is the same whoever asks, and by whichever address."""

    @pytest.fixture
    def users(self, one_engine_lab: Laboratory) -> Iterator[list[str]]:
        space = one_engine_lab.space
        place = Place(
            space.ground, cluster_of(space.ground), space.namespace, space.ground.kubeconfig.read_text()
        )
        reader = place.user(CLAIMS)
        with place.allowed(reader, "kube-system", KUBE_SYSTEM):
            yield [
                place.kubeconfig,
                *(
                    place.with_token(place.token(user))
                    for user in (place.user(RELEASES), place.user(CLAIMS), reader)
                ),
            ]

    def test_no_change_of_credentials_or_address_is_a_change_of_cluster(
        self, one_engine_lab: Laboratory, users: list[str]
    ) -> None:
        lab = one_engine_lab
        lab.deploy()
        known = [lab.operations(kubeconfig=user).cluster_identity for user in users]
        assert [text.startswith("uid:") for text in known] == [True, False, False, True]
        for user in (*users, *map(by_another_name, users)):
            for stored in (*known, known[0].split()[0]):
                assert not lab.operations(kubeconfig=user).leads_elsewhere(stored)
                same = Identity(OWNER, "first", stored)
                assert lab.operations(same, kubeconfig=user).cluster_identity

    def test_another_cluster_is_one_for_each_of_them(
        self, one_engine_lab: Laboratory, users: list[str]
    ) -> None:
        lab = one_engine_lab
        others = ["uid:another server:another", "server:another", "uid:another"]
        for user in users:
            for stored in others:
                assert lab.operations(kubeconfig=user).leads_elsewhere(stored)


class TestExpiredCredentials:
    """A state holds a kubeconfig's content, with a token that is refused now."""

    def test_others_for_the_same_server_take_their_place(self, one_engine_lab: Laboratory) -> None:
        lab = one_engine_lab
        lab.deploy()
        here = lab.space.ground.kubeconfig.read_text()
        others = [("no kubeconfig", None), (by_another_name(here), None), (expired(here), None), (here, None)]
        assert self.stored(lab, others).exists()
        self.stored(lab, others).delete()
        assert lab.leftovers() == []

    def test_without_any_the_way_out_is_told(self, one_engine_lab: Laboratory) -> None:
        lab = one_engine_lab
        elsewhere = by_another_name(lab.space.ground.kubeconfig.read_text())
        for ask in (self.stored(lab, []).exists, self.stored(lab, [(elsewhere, None)]).delete):
            with pytest.raises(OperationError, match="may have expired: run `pulumi up` first") as caught:
                ask()
            assert caught.value.reason == "Unauthorized"

    def test_those_that_are_accepted_stay(self, one_engine_lab: Laboratory) -> None:
        lab = one_engine_lab
        here = lab.declared(kubeconfig=lab.space.ground.kubeconfig.read_text())
        assert not HelmOperations(HelmConfig.parse(here), others=iter(())).exists()

    def stored(self, lab: Laboratory, others: Sequence[tuple[str | None, str | None]]) -> HelmOperations:
        text = expired(lab.space.ground.kubeconfig.read_text())
        config = HelmConfig.parse(lab.declared(kubeconfig=text))
        return HelmOperations(config, identity=lab.identity, others=others)


def expired(kubeconfig: str) -> str:
    """The same with a token that is refused."""
    config = yaml.safe_load(kubeconfig)
    config["users"][0]["user"] = {"token": "of-yesterday"}
    return str(yaml.safe_dump(config))


def by_another_name(kubeconfig: str) -> str:
    """The same cluster by another address, as through a tunnel."""
    config = yaml.safe_load(kubeconfig)
    cluster = config["clusters"][0]["cluster"]
    cluster["server"] = cluster["server"].replace("127.0.0.1", "localhost")
    cluster["tls-server-name"] = "127.0.0.1"
    return str(yaml.safe_dump(config))


def test_a_ledger_that_cannot_be_read_is_told_and_begun_anew(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy()
    lab.space.kubectl("annotate", "lease", "helm-rollback.web", "helm-rollback/ledger={", "--overwrite")
    status = lab.upgrade(values={"tag": "second"})
    assert len(lab.warned) == 1
    assert status.phase is Phase.DEPLOYED
    assert [each.verified for each in status.history] == [False, True]
    claim = lab.claim()
    assert claim is not None
    assert not claim.damaged
