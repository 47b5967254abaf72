"""What is fuzzed: each function takes any bytes, and lets no error through but one that is a fault."""

from __future__ import annotations

import json
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

from helm_rollback_component.config import HealthConfig, HelmConfig, SourceConfig
from helm_rollback_component.core.failures.classify import classify
from helm_rollback_component.core.health import judge, objects
from helm_rollback_component.core.health.snapshot import Snapshot
from helm_rollback_component.core.records import chart_versions
from helm_rollback_component.core.records.digests import Digester, canonical
from helm_rollback_component.errors import OperationError, ValidationError
from helm_rollback_component.helm.charts import archives, chart_files, chart_texts, repositories, reproducible
from helm_rollback_component.helm.charts.repository_index import listed_versions
from helm_rollback_component.helm.engines.cli_version import parse_version
from helm_rollback_component.inputs import go_yaml
from helm_rollback_component.inputs.value_files import merge
from helm_rollback_component.kube.api import kubeconfig
from helm_rollback_component.kube.claims import claim_rules, lease_codec, lock_holder
from helm_rollback_component.kube.storage import manifests, release_codec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DIGESTER = Digester(b"k" * 32)
_LONGEST_MESSAGE = 2000
_METADATA = {
    "name": "web",
    "namespace": "apps",
    "uid": "1",
    "ownerReferences": [{"kind": "Deployment", "uid": "1", "controller": True}],
}
_REPOSITORY = "https://charts.example/charts?token=x"


def record(data: bytes) -> None:
    """Decode a release record, read what history tells of it and its objects, and write it again."""
    secret: dict[str, Any] = {
        "metadata": {},
        "data": {"release": b64encode(b64encode(data)).decode()},
    }
    with suppress(release_codec.UndecodableError):
        release = release_codec.decode(secret, 1)
        for text in release_codec.texts(release):
            manifests.parse(text)
        found = release_codec.record(release, _DIGESTER)
        release_codec.marked(secret, release, found.status, "", 1)


def manifest(data: bytes) -> None:
    """Read the objects of a manifest, and their heads alone."""
    text = data.decode(errors="replace")
    manifests.parse(text)
    manifests.parse(text, lambda _: False)


def version(data: bytes) -> None:
    """Compare two chart versions, and read the version of a Helm."""
    text = data.decode(errors="surrogateescape")
    one, _, other = text.partition("\n")
    chart_versions.same(one, other)
    chart_versions.older(one, other)
    parse_version(text)


def values(data: bytes) -> None:
    """Read the documents of a value file, merge and digest them."""
    with suppress(go_yaml.YamlError):
        layers = [each for each in go_yaml.documents(data) if isinstance(each, dict)]
        canonical(merge(layers))
        json.dumps(layers)


def config(data: bytes) -> None:
    """Validate the inputs of a release, and of a chart's source."""
    try:
        inputs = from_json(data)
    except ValueError:
        return
    if isinstance(inputs, dict):
        with suppress(ValidationError):
            HelmConfig.parse(inputs)


def kube_config(data: bytes) -> None:
    """Select the current context of a kubeconfig."""
    with suppress(ValidationError):
        kubeconfig.select(data.decode(errors="replace"))


def lease(data: bytes) -> None:
    """Read a Lease: a line each for owner, process, holder and times, and the ledger behind them."""
    owner, process, holder, renewed, ledger = (data.decode(errors="replace").split("\n", 4) + [""] * 5)[:5]
    notes = {"owner": owner, "process": process, "ledger": ledger, "incarnation": holder}
    found = lease_codec.claim(
        {
            "metadata": {"annotations": {f"helm-rollback/{key}": text for key, text in notes.items()}},
            "spec": {"holderIdentity": holder, "renewTime": renewed, "leaseDurationSeconds": len(data)},
        }
    )
    str(claim_rules.locked(found))
    lock_holder.provably_dead(found.process)


def index(data: bytes) -> None:
    """Find a chart in a repository's index, and the addresses of its archives."""
    with suppress(OperationError):
        for listed in listed_versions(data, "web"):
            repositories.archive_url(_REPOSITORY, listed.url)
            SourceConfig(chart="web", version="1.0.0", repository=_REPOSITORY)


def message(data: bytes) -> None:
    """Tell what Helm's last words mean, in a sentence of bounded length."""
    text = data.decode(errors="replace")
    for action in ("", "upgrade"):
        if len(classify(text, action).message) > _LONGEST_MESSAGE:
            raise AssertionError("a message without end")


def chart_file(data: bytes) -> None:
    """Read the metadata of a chart of this machine: its Chart.yaml, and its requirements.yaml."""
    with TemporaryDirectory() as folder, suppress(ValidationError):
        (Path(folder) / "Chart.yaml").write_bytes(data)
        (Path(folder) / "requirements.yaml").write_bytes(data)
        chart_files.local_dependencies(Path(folder))


def live_objects(data: bytes) -> None:
    """Judge a workload by its pods, as a cluster may tell of them: of a list, the first is the workload."""
    with suppress(ValueError):
        found = from_json(data)
        listed = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
        owner, *pods = ({**each, "metadata": _METADATA} for each in listed or [{}])
        declared = {**owner, "apiVersion": "apps/v1", "kind": "Deployment"}
        children = tuple({**pod, "apiVersion": "v1", "kind": "Pod"} for pod in pods)
        snapshot = Snapshot("apps", (declared,), {objects.key(declared, "apps"): declared}, children)
        list(judge.faults(snapshot, HealthConfig()))


def archive(data: bytes) -> None:
    """Unpack a chart, look for texts in it, and pack it anew."""
    with suppress(archives.ArchiveError):
        dict(archives.files(data, archives.Room()))
    chart_texts.packed_texts(data)
    reproducible.archive(data)


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    function.__name__: function
    for function in (
        *(record, manifest, version, values, config, kube_config, lease, index, archive),
        *(message, chart_file, live_objects),
    )
}
