"""Messages make sense even where all values of a chart are secret."""

from __future__ import annotations

import pytest

from helm_rollback_component.inputs.masking import MASK
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.inputs.secret_values import secrets_at

VALUES = {
    "global": {"imageRegistry": "docker.io", "storageClass": "", "security": {"allowInsecureImages": False}},
    "image": {
        "repository": "bitnami/postgresql",
        "tag": "17.2.0",
        "pullPolicy": "IfNotPresent",
        "debug": "true",
    },
    "auth": {"enabled": True, "username": "app", "password": "correct-horse", "database": "default"},
    "service": {"type": "ClusterIP", "port": 5432, "protocol": "TCP", "name": "http"},
    "updateStrategy": {"type": "RollingUpdate"},
    "persistence": {"size": "8Gi", "accessModes": ["ReadWriteOnce"], "annotations": {"keep": "a"}},
    "replicas": 2,
    "logLevel": "info",
    "rbac": {"verbs": ["get", "list", "watch", "create", "update", "patch", "delete"]},
}
"""As a values file has them; one password among them may make all of them secret."""

MESSAGES = {
    'cannot patch "db" with kind Deployment: Deployment.apps "db" is invalid: '
    'imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent"': "",
    "apps/db: the upgrade failed (UpgradeTimeout: StatefulSet default/db-app: 0 of 2 replicas are ready)": (
        "0 of 2 replicas are ready)"
    ),
    'services "db" is forbidden: User "ci" cannot create resource "services" in API group "" '
    'in the namespace "default"': "",
    'Post "https://127.0.0.1:6443/apis/apps/v1/namespaces/default/deployments": http: no HTTPS client': "",
    "application appears as happy; mapped true to false": "",
    'container db cannot pull its image docker.io/bitnami/postgresql:17.2.0 ("app": correct-horse)': (
        f'container db cannot pull its image {MASK}/{MASK}:{MASK} ("{MASK}": {MASK})'
    ),
}
"""What is told, by what it must still say; all of it where that is empty."""


@pytest.mark.parametrize(("message", "left"), MESSAGES.items())
def test_a_message_keeps_its_sense(message: str, left: str) -> None:
    shown = Redactor(secrets_at({"values": VALUES}, ["values"]))(message)
    assert (left or message) in shown
