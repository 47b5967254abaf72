"""Deletion, and everything that may stand in its way: one distinct outcome each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from helm_rollback_component.core.records.owner import Identity
from helm_rollback_component.errors import OperationError, ValidationError
from tests.contract.by_hand import stored
from tests.contract.laboratory import OWNER

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

STAYS = '{"metadata":{"finalizers":["example.com/stays"]}}'
GOES = '{"metadata":{"finalizers":null}}'


def test_uninstalled_by_hand_only_the_claim_is_left_to_go(lab: Laboratory) -> None:
    lab.deploy()
    lab.space.engine.uninstall(lab.space.target(), 60)
    assert lab.claim() is not None
    lab.delete()
    assert lab.leftovers() == []


def test_a_failing_hook_is_an_error_and_the_claim_stays(lab: Laboratory) -> None:
    lab.deploy(values={"hook": {"on": "pre-delete", "play": "fail"}})
    with pytest.raises(OperationError, match="the uninstall failed") as caught:
        lab.delete(timeouts={"delete": 5})
    assert caught.value.reason == "HookFailed"
    assert (lab.claim() is not None, lab.image()) == (True, "registry.example/web:1")
    lab.delete(disable_hooks=True)
    assert [name for name in lab.leftovers() if "hook" not in name] == []


def test_an_object_that_stays_is_an_error_until_it_goes(lab: Laboratory) -> None:
    lab.deploy()
    lab.space.kubectl("patch", "configmap", "web", "--type=merge", f"--patch={STAYS}")
    with pytest.raises(OperationError, match="the uninstall failed") as caught:
        lab.delete(timeouts={"delete": 2})
    assert caught.value.reason == "UninstallTimeout"
    assert lab.claim() is not None
    lab.space.kubectl("patch", "configmap", "web", "--type=merge", f"--patch={GOES}")
    lab.delete()
    assert lab.leftovers() == []


def test_what_was_created_anew_since_is_left_alone(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy()
    lab.operations(Identity(OWNER, "second")).upgrade()
    lab.delete()
    assert any("created again since" in line for line in lab.said)
    assert lab.statuses() == ["deployed"]


def test_a_release_whose_claim_was_deleted_is_not_taken_for_ours(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.deploy()
    lab.space.kubectl("delete", "lease", "helm-rollback.web")
    with pytest.raises(ValidationError) as caught:
        lab.delete()
    assert caught.value.reason == "ClaimMissing"
    assert lab.statuses() == ["deployed"]
    lab.upgrade()
    lab.delete()
    assert lab.leftovers() == []


def test_a_release_that_is_none_of_ours_is_left_to_its_owner(one_engine_lab: Laboratory) -> None:
    lab = one_engine_lab
    lab.space.install()
    with pytest.raises(ValidationError) as caught:
        lab.delete()
    assert caught.value.reason == "ClaimMissing"
    assert stored(lab.space) == {1: "deployed"}


class TestUnreachable:
    def elsewhere(self, lab: Laboratory) -> str:
        config = yaml.safe_load(lab.space.ground.kubeconfig.read_text())
        config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
        return str(yaml.safe_dump(config))

    def lost(self, lab: Laboratory, folder: Path) -> list[dict[str, Any]]:
        """Kubeconfigs and contexts that lead nowhere: as after ``kind delete cluster``, or a file removed."""
        emptied, cleared = folder / "emptied", folder / "cleared"
        emptied.write_text("")
        cleared.write_text(
            'apiVersion: v1\nclusters: null\ncontexts: null\ncurrent-context: ""\nkind: Config\n'
        )
        here = lab.space.ground.kubeconfig.read_text()
        unresolvable = here.replace("127.0.0.1", "cluster.invalid")
        return [
            {"kubeconfig": self.elsewhere(lab)},
            {"kubeconfig": unresolvable},
            {"kubeconfig": str(folder / "gone.yaml")},
            {"kubeconfig": str(emptied)},
            {"kubeconfig": str(cleared)},
            {"kubeconfig": here, "context": "gone"},
        ]

    def test_the_error_names_the_release_and_the_way_out(
        self, one_engine_lab: Laboratory, tmp_path: Path
    ) -> None:
        for inputs in self.lost(one_engine_lab, tmp_path):
            operations = one_engine_lab.operations(**inputs)
            for ask in (operations.delete, operations.exists):
                with pytest.raises(OperationError) as caught:
                    ask()
                assert caught.value.reason in {"Unreachable", "KubeconfigMissing"}
                assert caught.value.release == f"{one_engine_lab.space.namespace}/web"
                assert "PULUMI_K8S_DELETE_UNREACHABLE=true" in caught.value.remedy

    def test_it_leaves_the_state_where_that_is_asked_for(
        self, one_engine_lab: Laboratory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
        for inputs in self.lost(one_engine_lab, tmp_path):
            operations = one_engine_lab.operations(**inputs)
            operations.delete()
            assert operations.exists() is None
            assert all("nothing was deleted" in line for line in one_engine_lab.warned)
            assert len(one_engine_lab.warned) == 2
            one_engine_lab.warned.clear()

    def test_another_cluster_in_its_place_is_as_good_as_none(
        self, one_engine_lab: Laboratory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gone = one_engine_lab.operations(Identity(OWNER, "first", "uid:another"))
        with pytest.raises(OperationError, match="PULUMI_K8S_DELETE_UNREACHABLE"):
            gone.delete()
        monkeypatch.setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
        one_engine_lab.operations(Identity(OWNER, "first", "uid:another")).delete()

    def test_refused_credentials_are_no_sign_of_it_and_a_strange_certificate_is(
        self, one_engine_lab: Laboratory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        config = yaml.safe_load(one_engine_lab.space.ground.kubeconfig.read_text())
        expired = {**config, "users": [{**config["users"][0], "user": {"token": "expired"}}]}
        cluster = {"server": config["clusters"][0]["cluster"]["server"]}
        strange = {**config, "clusters": [{**config["clusters"][0], "cluster": cluster}]}
        for broken, reason in ((expired, "Unauthorized"), (strange, "Untrusted")):
            operations = one_engine_lab.operations(kubeconfig=yaml.safe_dump(broken))
            for ask in (operations.delete, operations.exists):
                with pytest.raises(OperationError) as caught:
                    ask()
                assert caught.value.reason == reason
        monkeypatch.setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
        with pytest.raises(OperationError):
            one_engine_lab.operations(kubeconfig=yaml.safe_dump(expired)).delete()
        one_engine_lab.operations(kubeconfig=yaml.safe_dump(strange)).delete()

    def test_a_cluster_that_answers_is_not_spared_by_that(
        self, one_engine_lab: Laboratory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
        one_engine_lab.deploy()
        one_engine_lab.delete()
        assert one_engine_lab.leftovers() == []
