"""`helm-rollback` in this process, against a cluster in memory."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml

from helm_rollback_component.cli.main import app
from helm_rollback_component.core.records.ledger import Entry, Ledger, Verdict
from helm_rollback_component.core.records.owner import Owner
from helm_rollback_component.kube.api import paths
from helm_rollback_component.kube.claims import lease_codec
from helm_rollback_component.kube.claims.claims import Claims
from helm_rollback_component.kube.storage.storage import ReleaseStorage
from tests.support.fake_cluster import FakeCluster
from tests.support.helm_records import release, secret

OWNER = Owner("acme", "shop", "prod", "urn:pulumi:prod::shop::Release::web")
TOKEN = "t0ken-of-the-kubeconfig"
KUBECONFIG = yaml.safe_dump(
    {
        "current-context": "here",
        "clusters": [{"name": "here", "cluster": {"server": "https://127.0.0.1:1"}}],
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me", "namespace": "apps"}}],
        "users": [{"name": "me", "user": {"token": TOKEN}}],
    }
)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass
class CommandLine:
    """Runs commands, and makes the releases that they find."""

    captured: pytest.CaptureFixture[str]
    cluster: FakeCluster = field(default_factory=FakeCluster)

    def run(self, *arguments: str) -> Ended:
        """Run a command."""
        self.captured.readouterr()
        with pytest.raises(SystemExit) as ended:
            app(list(arguments), prog_name="helm-rollback")
        found = self.captured.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return Ended(code, found.out, found.err)

    def store(self, name: str, *statuses: str, namespace: str = "apps", **changes: Any) -> None:
        """Store revisions of a release, from 1, each with Helm's status."""
        for revision, status in enumerate(statuses, 1):
            content = release(revision, status, name=name, namespace=namespace, **changes)
            self.cluster.create(paths.secrets(namespace), secret(content, name))

    def claim(self, name: str, verdicts: str = "", *, namespace: str = "apps", **ledger: Any) -> None:
        """Claim a release for `OWNER`, with a letter for each revision: good, bad, or unknown."""
        claims = Claims(self.cluster, namespace, name)
        records = ReleaseStorage(self.cluster, namespace, name, claims.digester()).history()
        words = {verdict.value[0]: verdict for verdict in Verdict}
        entries = tuple(
            Entry(
                revision=record.revision,
                record_digest=record.digest,
                desired_digest=f"spec-{record.revision}",
                origin=record.revision,
                verdict=words[letter],
                reason="ImagePullBackOff" if letter == "b" else "",
            )
            for record, letter in zip(records, verdicts, strict=False)
        )
        known = Ledger.model_validate({"entries": entries, **ledger})
        with claims.hold(OWNER, "one", timeout=0) as held:
            held.write(known)

    def state(self, *inputs: dict[str, Any]) -> str:
        """Return the state of a stack in JSON, with these releases; they are `web` in `apps` by default."""
        begin = "urn:pulumi:prod::shop::"
        resources = [
            {
                "type": "pulumi-python:dynamic/helm-rollback:Release",
                "urn": f"{begin}helm-rollback:Release::{each.get('release_name', 'web')}-release",
                "inputs": {"release_name": "web", "release_namespace": "apps", **each},
            }
            for each in inputs
        ]
        others = [{"type": "pulumi:pulumi:Stack", "urn": f"{begin}pulumi:pulumi:Stack::shop-prod"}]
        return json.dumps({"version": 3, "deployment": {"resources": [*others, *resources]}})

    def edit_lease(self, name: str, **annotations: str) -> None:
        """Change annotations of a release's Lease behind everybody's back."""
        path = paths.leases("apps", lease_codec.name(name))
        self.cluster.edit(path, lambda found: found["metadata"]["annotations"].update(annotations))

    def edit_spec(self, name: str, spec: dict[str, Any]) -> None:
        """Change the lock of a release."""
        self.cluster.edit(paths.leases("apps", lease_codec.name(name)), lambda found: found.update(spec=spec))
