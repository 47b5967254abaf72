"""Records and Leases that were made to do harm, beside a healthy release in one namespace."""

from __future__ import annotations

import gzip
import json
import resource
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from helm_rollback_component.errors import HelmRollbackError
from helm_rollback_component.kube.api import paths
from helm_rollback_component.results import Phase
from tests.contract.laboratory import BAD_IMAGE
from tests.support.helm_records import release
from tests.support.namespaces import cluster_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.laboratory import Laboratory

pytestmark = pytest.mark.ground

MEBIBYTE = 1024
MANY = 100

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: n%d}\n"
ALIASES = f"a: &a [{'1,' * 4000}]\nb: [{'*a,' * 95}]\n"
LOST = "apiVersion: gone%d.example/v1\nkind: Gone\nmetadata: {name: a, namespace: n%d}\n"
LIAR = {**release(8), "name": "liar"}
UNREADABLE: dict[str, bytes | dict[str, Any]] = {
    "inflates": b" " * 2**29,
    "values": b'{"a":[' + b"[]," * 8_000_000 + b"0]}",
    "deep": b"[" * 10_000_000,
    "text": b"no record",
    "infos": {**release(7), "info": ["deployed"]},
    "charts": {**release(7), "chart": "web"},
    "manifests": {**release(7), "manifest": {"kind": "Pod"}},
    "hooks": {**release(7), "hooks": [1]},
    "words": {**release(7), "version": "7"},
    "liar": LIAR,
}
READABLE: dict[str, dict[str, Any]] = {
    "aliases": release(7, manifest="---\n".join(f"{HEAD % each}{ALIASES}" for each in range(1000))),
    "documents": release(7, manifest="---\n" * 2_000_000),
    "lost": release(7, manifest="---\n".join(LOST % (each, each) for each in range(5000))),
    "status": release(7, status="undefined"),
}
"""Helm reads these, too."""


def secret(name: str, revision: str, content: bytes | dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A release Secret whose labels say what Helm's say, unless they are changed."""
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    labels = {"owner": "helm", "name": name, "status": "deployed", "version": revision}
    return {
        "metadata": {
            "name": f"sh.helm.release.v1.{name}.v{revision}",
            "labels": {**labels, **changes.get("labels", {})},
        },
        "type": changes.get("type", "helm.sh/release.v1"),
        "data": {"release": b64encode(b64encode(gzip.compress(text, 9))).decode()},
    }


def beside(name: str) -> Iterator[dict[str, Any]]:
    """Secrets that look like records of a healthy release, and are none: Helm passes them over, too."""
    for revision in ("07", "9" * 30, "1.v2"):
        yield secret(name, revision, b"no record", labels={"version": "7"})
    yield secret(name, "50", release(7), labels={"owner": "me"})
    yield secret(name, "51", release(7), labels={"name": "another"})
    yield secret(name, "52", release(7), labels={"owner": "me", "status": "pending-upgrade"})


def hostile_lease(name: str) -> dict[str, Any]:
    """A Lease of ours whose every annotation was made to do harm."""
    notes = {
        "owner": "[" * 50_000,
        "incarnation": "x" * 50_000,
        "process": "1/2/" * 10_000,
        "helm": f"{'9' * 400} 1 /1e999",
        "ledger": '{"revisions": {"1": ' * 2_000,
    }
    return {
        "metadata": {
            "name": f"helm-rollback.{name}",
            "annotations": {f"helm-rollback/{key}": text for key, text in notes.items()},
        },
        "spec": {"leaseDurationSeconds": 2**31 - 1, "leaseTransitions": 2**31 - 1},
    }


@pytest.fixture
def lab(one_engine_lab: Laboratory) -> Laboratory:
    """A namespace full of what others have made to do harm; `web` is not there yet."""
    cluster, namespace = cluster_of(one_engine_lab.space.ground), one_engine_lab.space.namespace
    made = [
        *(secret(name, "7", content) for name, content in {**UNREADABLE, **READABLE}.items()),
        *(secret("crowd", str(number), release(number)) for number in range(1, MANY)),
        *beside("web"),
        secret("leased", "7", {**release(7), "name": "leased"}),
    ]
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(lambda each: cluster.create(paths.secrets(namespace), each), made))
    cluster.create(paths.leases(namespace), hostile_lease("leased"))
    return one_engine_lab


def test_only_what_is_hostile_is_harmed(lab: Laboratory) -> None:
    lab.deploy(values={"tag": "one"})
    before = _used()
    for name in UNREADABLE:
        _assert_stalled(lab, name)
    for name in (*READABLE, "crowd"):
        _assert_refused(lab, name)
    with pytest.raises(HelmRollbackError) as refused:
        lab.operations(release_name="leased").upgrade()
    assert refused.value.message.count("\n") == 0
    assert len(refused.value.message) < 1000
    seconds, memory = (after - earlier for after, earlier in zip(_used(), before, strict=True))
    assert seconds < 60
    assert memory < 400 * MEBIBYTE
    status = lab.upgrade(values=BAD_IMAGE)
    assert (status.phase, status.rollback_status.target_revision) == (Phase.ROLLED_BACK, 1)
    assert lab.image().endswith(":one")


def _assert_stalled(lab: Laboratory, name: str) -> None:
    status = lab.operations(release_name=name, adopt=True).deploy()
    told = [(each.type, each.reason, each.message) for each in status.conditions]
    assert (name, status.phase) == (name, Phase.STALLED), told
    assert "RecordUnreadable" in {each.reason for each in status.conditions}, name


def _assert_refused(lab: Laboratory, name: str) -> None:
    status = lab.operations(release_name=name).get_status()
    assert status.revision in (7, MANY - 1), name
    with pytest.raises(HelmRollbackError) as refused:
        lab.operations(release_name=name).deploy()
    assert refused.value.reason == "ReleaseExists", name


def _used() -> tuple[float, int]:
    """Return the processor's seconds and the most memory, in KiB, of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss
