"""A release that another resource of the stack has by now is not uninstalled."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component import operations
from helm_rollback_component.errors import OperationError
from helm_rollback_component.provider import ReleaseProvider
from helm_rollback_component.pulumi_adapter import handover
from tests.support.fake_cli import fake_cli
from tests.unit.test_provider import INPUTS, Cluster

if TYPE_CHECKING:
    from pathlib import Path

THEIRS = "urn:pulumi:dev::shop::kubernetes:helm.sh/v3:Release::old"
PROVIDER = "urn:pulumi:dev::shop::pulumi:providers:kubernetes::k8s"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
ENCRYPTED, DECRYPTED = ({**SECRET, key: json.dumps("/there")} for key in ("ciphertext", "plaintext"))
WHOLE, HERE = "stack export --non-interactive --stack", "cluster-1"


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """The only cluster that there is."""
    made = Cluster(identity=HERE)
    monkeypatch.setattr(operations, "HelmOperations", made.operations)
    return made


@pytest.fixture
def outputs(cluster: Cluster) -> dict[str, Any]:
    """What state holds of a release that was deployed."""
    return dict(ReleaseProvider().create(INPUTS).outs or {}) if cluster else {}


def ours(outputs: dict[str, Any]) -> dict[str, Any]:
    return {"type": "pulumi-python:dynamic/helm-rollback:Release", "urn": "ours", "outputs": outputs}


def theirs(**changed: Any) -> dict[str, Any]:
    found = {"type": "kubernetes:helm.sh/v3:Release", "urn": THEIRS, "id": "apps/web"}
    return {**found, "provider": f"{PROVIDER}::1234", **changed}


def provider(**inputs: Any) -> dict[str, Any]:
    return {"type": "pulumi:providers:kubernetes", "urn": PROVIDER, "inputs": inputs}


def state(*resources: dict[str, Any]) -> str:
    return json.dumps({"deployment": {"resources": [*resources]}})


@pytest.fixture
def exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Exports:
    """What the CLI exports."""
    return Exports(tmp_path, monkeypatch)


class Exports:
    """A CLI that prints one state, and another one with its secrets decrypted."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._state, self._shown = folder / "state", folder / "shown"
        script = f'case "$*" in *show-secrets) cat {self._shown};; *) cat {self._state};; esac'
        self._asked = fake_cli(folder, monkeypatch, script)

    def have(self, *resources: dict[str, Any], decrypted: tuple[dict[str, Any], ...] = ()) -> None:
        """Export these."""
        self._state.write_text(state(*resources))
        if decrypted:
            self._shown.write_text(state(*decrypted))

    @property
    def asked(self) -> list[str]:
        """The calls so far."""
        return self._asked.read_text().splitlines()


def deleted(outputs: dict[str, Any], cluster: Cluster) -> str:
    """Delete the release; returns what manages it now."""
    ReleaseProvider().delete("apps/web", outputs)
    return cluster.receiver


def test_a_release_that_the_kubernetes_provider_has_in_the_state_stays(
    outputs: dict[str, Any], cluster: Cluster, exports: Exports
) -> None:
    exports.have(ours(outputs), theirs(), provider())
    assert deleted({**outputs, "owner": {**outputs["owner"], "organization": "acme"}}, cluster) == THEIRS
    assert exports.asked == [f"{WHOLE} acme/p/dev"]


def test_the_plugin_keeps_the_creation_elsewhere_and_knows_no_organization(
    outputs: dict[str, Any], cluster: Cluster, exports: Exports
) -> None:
    exports.have(ours({"__state": outputs}), theirs(), provider())
    assert deleted(outputs, cluster) == THEIRS
    assert exports.asked == [f"{WHOLE} dev"]


@pytest.mark.parametrize(
    "other",
    [
        theirs(id="apps/other"),
        theirs(id="other/web"),
        theirs(delete=True),
        theirs(type="kubernetes:apps/v1:Deployment"),
    ],
)
def test_what_is_not_that_release_has_it_not(
    outputs: dict[str, Any], cluster: Cluster, exports: Exports, other: dict[str, Any]
) -> None:
    exports.have(ours(outputs), other, provider())
    assert deleted(outputs, cluster) == ""


def test_a_state_without_this_very_creation_is_that_of_another_stack(
    outputs: dict[str, Any], cluster: Cluster, exports: Exports
) -> None:
    exports.have(ours({**outputs, "incarnation": "another"}), theirs(), provider())
    assert deleted(outputs, cluster) == ""


@pytest.mark.parametrize("script", ["exit 1", "echo '[]'", "echo nothing"])
def test_where_no_state_can_be_had_the_release_goes(
    outputs: dict[str, Any], cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    fake_cli(tmp_path, monkeypatch, script)
    assert deleted(outputs, cluster) == ""


def test_without_the_cli_it_goes_too(
    outputs: dict[str, Any], cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert deleted(outputs, cluster) == ""


def test_on_another_cluster_it_is_another_release(
    outputs: dict[str, Any], cluster: Cluster, exports: Exports
) -> None:
    exports.have(ours(outputs), theirs(), provider(kubeconfig="/there", context="b"))
    cluster.identity = "cluster-2"
    assert deleted(outputs, cluster) == ""
    assert (cluster.configs[-2].kubeconfig, cluster.configs[-2].context) == ("/there", "b")


def test_a_kubeconfig_that_is_secret_is_decrypted_to_compare(
    outputs: dict[str, Any], cluster: Cluster, exports: Exports
) -> None:
    exports.have(
        ours(outputs),
        theirs(),
        provider(kubeconfig=ENCRYPTED),
        decrypted=(ours(outputs), theirs(), provider(kubeconfig=DECRYPTED)),
    )
    assert deleted(outputs, cluster) == THEIRS
    assert cluster.configs[-2].kubeconfig == "/there"
    assert exports.asked[-1].endswith("--show-secrets")


def test_where_it_cannot_be_told_which_cluster_is_meant_the_release_stays(
    outputs: dict[str, Any], cluster: Cluster, exports: Exports
) -> None:
    cluster.identity = "cluster-2"
    for given in ({"kubeconfig": ENCRYPTED}, {"cluster": "b"}):
        exports.have(ours(outputs), theirs(), provider(**given))
        assert deleted(outputs, cluster) == THEIRS
    cluster.unreachable = OperationError("it is gone", reason="Unreachable")
    exports.have(ours(outputs), theirs(), provider(kubeconfig="/there"))
    assert deleted(outputs, cluster) == THEIRS


def test_deletions_at_the_same_time_share_an_export(
    outputs: dict[str, Any], cluster: Cluster, exports: Exports
) -> None:
    exports.have(ours(outputs), theirs(), provider())
    begin = threading.Barrier(12)

    def receiver(_: int) -> str:
        begin.wait()
        return handover.receiver("apps/web", outputs)

    with ThreadPoolExecutor(12) as pool:
        assert {*pool.map(receiver, range(12))} == {THEIRS}
    assert cluster
    assert len(exports.asked) < 12


def test_a_later_deletion_has_an_export_of_its_own(
    outputs: dict[str, Any], cluster: Cluster, exports: Exports
) -> None:
    exports.have(ours(outputs), provider())
    assert deleted(outputs, cluster) == ""
    exports.have(ours(outputs), theirs(), provider())
    assert deleted(outputs, cluster) == THEIRS
