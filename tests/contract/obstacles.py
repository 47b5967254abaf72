"""What keeps a release from getting where it should: the API server refusing particular writes, for real."""

from __future__ import annotations

import json
import subprocess
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import yaml

from tests.support.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.helm_fixtures import Space

_REGISTRATION = "admissionregistration.k8s.io/v1"
_WORDS = "refused by the test"


def record_write(operation: str, revision: int, status: str = "") -> str:
    """Return the rule for a write of a revision's record, of one with that status if one is named."""
    rule = (
        f"request.operation == '{operation}' && request.resource.resource == 'secrets' && "
        f"{_written(operation)}.metadata.name == 'sh.helm.release.v1.web.v{revision}'"
    )
    return f"{rule} && object.metadata.labels['status'] == '{status}'" if status else rule


def image_write(tag: str) -> str:
    """Return the rule for an update of the Deployment to that image tag."""
    return (
        "request.operation == 'UPDATE' && request.resource.resource == 'deployments' && "
        f"object.spec.template.spec.containers[0].image.endsWith(':{tag}')"
    )


@contextmanager
def refusing(space: Space, *rules: str) -> Iterator[None]:
    """Have the API server refuse, in the namespace, every write that one of the CEL rules fits."""
    name = f"{space.namespace}-{uuid.uuid4().hex[:6]}"
    probe = f"probe-{name}"
    asked = (*rules, f"request.operation == 'CREATE' && object.metadata.name == '{probe}'")
    policy = {
        "apiVersion": _REGISTRATION,
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": name},
        "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": _everything_in(space.namespace),
            "validations": [{"expression": f"!({rule})", "message": _WORDS} for rule in asked],
        },
    }
    binding = {
        "apiVersion": _REGISTRATION,
        "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": {"name": name},
        "spec": {"policyName": name, "validationActions": ["Deny"]},
    }
    with _created(space, policy, binding):
        await_that(lambda: _WORDS in _dry_run(space, probe), "the admission policy to come into effect")
        yield
    await_that(lambda: _WORDS not in _dry_run(space, probe), "the admission policy to lose its effect")


@contextmanager
def webhook_down(space: Space) -> Iterator[None]:
    """Have every write of a Deployment in the namespace wait for a webhook that nobody serves."""
    name = f"{space.namespace}-{uuid.uuid4().hex[:6]}"
    rule = {
        "apiGroups": ["apps"],
        "apiVersions": ["v1"],
        "operations": ["CREATE", "UPDATE"],
        "resources": ["deployments"],
    }
    configuration = {
        "apiVersion": _REGISTRATION,
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": name},
        "webhooks": [
            {
                "name": "gone.example.com",
                "clientConfig": {"service": {"namespace": space.namespace, "name": "gone"}},
                "rules": [rule],
                "namespaceSelector": _only(space.namespace),
                "admissionReviewVersions": ["v1"],
                "sideEffects": "None",
                "failurePolicy": "Fail",
                "timeoutSeconds": 1,
            }
        ],
    }
    with _created(space, configuration):
        await_that(lambda: "gone.example.com" in _dry_run_deployment(space), "the webhook to be asked")
        yield
    await_that(lambda: "gone.example.com" not in _dry_run_deployment(space), "the webhook to be forgotten")


def kubeconfig_of(space: Space, rules: list[dict[str, list[str]]]) -> str:
    """Return a kubeconfig for a new user who may do in the namespace what the rules say, and nothing else."""
    name = f"user-{uuid.uuid4().hex[:8]}"
    space.kubectl("create", "serviceaccount", name)
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": name},
        "rules": rules,
    }
    space.kubectl("create", "-f", "-", stdin=json.dumps(role))
    space.kubectl(
        "create", "rolebinding", name, f"--role={name}", f"--serviceaccount={space.namespace}:{name}"
    )
    config = yaml.safe_load(space.ground.kubeconfig.read_text())
    config["users"][0]["user"] = {"token": space.kubectl("create", "token", name).strip()}
    return str(yaml.safe_dump(config))


@contextmanager
def _created(space: Space, *objects: dict[str, Any]) -> Iterator[None]:
    names = [f"{found['kind'].lower()}/{found['metadata']['name']}" for found in objects]
    for found in objects:
        space.kubectl("create", "-f", "-", stdin=json.dumps(found))
    try:
        yield
    finally:
        space.kubectl("delete", "--wait=false", *names)


def _written(operation: str) -> str:
    return "oldObject" if operation == "DELETE" else "object"


def _everything_in(namespace: str) -> dict[str, Any]:
    rule = {
        "apiGroups": ["*"],
        "apiVersions": ["*"],
        "operations": ["CREATE", "UPDATE", "DELETE"],
        "resources": ["secrets", "configmaps", "deployments", "leases"],
    }
    return {"namespaceSelector": _only(namespace), "resourceRules": [rule]}


def _only(namespace: str) -> dict[str, Any]:
    return {"matchLabels": {"kubernetes.io/metadata.name": namespace}}


def _dry_run(space: Space, name: str) -> str:
    return _said(space, "create", "configmap", name, "--dry-run=server")


def _dry_run_deployment(space: Space) -> str:
    return _said(space, "create", "deployment", "probe", "--image=probe", "--dry-run=server")


def _said(space: Space, *arguments: str) -> str:
    done = subprocess.run(
        [space.ground.kubectl, f"--kubeconfig={space.ground.kubeconfig}", "-n", space.namespace, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr
