"""Helm's release records, made up."""

import copy
from typing import Any

from helm_rollback_component.kube.storage import release_codec

RELEASE: dict[str, Any] = {
    "name": "web",
    "info": {
        "first_deployed": "2026-01-01T00:00:00Z",
        "last_deployed": "2026-01-02T00:00:00Z",
        "deleted": "",
        "description": "Upgrade complete",
        "status": "deployed",
        "notes": "",
    },
    "chart": {
        "metadata": {"name": "web", "version": "1.2.3", "appVersion": "7", "apiVersion": "v2"},
        "lock": None,
        "templates": [
            {"name": "templates/a.yaml", "data": "YQ=="},
            {"name": "templates/b.yaml", "data": None},
        ],
        "values": {"replicas": 1},
        "schema": None,
        "files": [],
    },
    "config": {"replicas": 2, "none": None},
    "manifest": "---\nkind: ConfigMap\napiVersion: v1\nmetadata:\n  name: a\n",
    "hooks": [
        {
            "name": "check",
            "kind": "Pod",
            "path": "web/templates/check.yaml",
            "manifest": "kind: Pod",
            "events": ["test"],
            "last_run": {"started_at": "", "completed_at": "", "phase": ""},
        }
    ],
    "version": 1,
    "namespace": "apps",
}


def release(version: int = 1, status: str = "deployed", **changes: Any) -> dict[str, Any]:
    """A record's content."""
    made = {**copy.deepcopy(RELEASE), **changes, "version": version}
    made["info"] = {**made["info"], "status": status}
    return made


def secret(content: dict[str, Any], name: str = "web", **labels: str) -> dict[str, Any]:
    """The Secret that holds a record."""
    version = content["version"]
    system = {
        "owner": "helm",
        "name": name,
        "version": str(version),
        "status": content["info"]["status"],
        **labels,
    }
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": release_codec.SECRET_TYPE,
        "metadata": {"name": release_codec.secret_name(name, version), "labels": system},
        "data": {"release": release_codec.encode(content)},
    }
