"""A minimal Kubernetes provider: objects of any kind, by server-side apply.

It refuses to take over what exists, and waits for deletions. It does not wait for objects to become ready,
renders no manifests, runs no functions, and serves neither charts nor releases. A preview makes no request
but to learn which kinds are namespaced, so outputs that the API server would fill in are unknown in it.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from helm_rollback_component.errors import HelmRollbackError
from helm_rollback_component.kube.api import kubeconfig
from helm_rollback_component.kube.api.client import Cluster
from pulumi_local_engine import kubernetes_objects as objects
from pulumi_local_engine.provider import (
    Call,
    Checked,
    Diff,
    DiffUnavailableError,
    Live,
    ProviderError,
)
from pulumi_local_engine.steps import changed_keys
from pulumi_local_engine.urns import name_of, type_of
from pulumi_local_engine.values import (
    Properties,
    Secret,
    contains_unknown,
    mark_like,
    unwrap,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PACKAGE: Final = "kubernetes"
_MANAGER: Final = "pulumi-kubernetes"
_APPLY: Final = "application/apply-patch+yaml"
_DELETE_TIMEOUT: Final = 600.0
_POLL: Final = 0.2
_UNKNOWN_CLUSTER: Final = (
    "the provider's configuration is not known in this preview, so neither is what will change"
)


class KubernetesProvider:
    """Manages objects in the cluster of the inputs `kubeconfig` and `context`, or else of `KUBECONFIG`."""

    def __init__(self, config: Properties, environment: Mapping[str, str]) -> None:
        """Use the provider resource's inputs. Nothing is sent yet."""
        self._known = not contains_unknown(config)
        self._config = unwrap(config)
        self._environment = environment

    def check(self, call: Call, olds: Properties, news: Properties) -> Checked:
        """Complete an object with a name and a namespace."""
        _refuse_unsupported(call, news)
        if not self._known or not _has_plain_metadata(news):
            return Checked(news)
        inputs = objects.named(news, olds, name_of(call.urn))
        return Checked(self._placed(inputs))

    def diff(self, call: Call, old_inputs: Properties, old_outputs: Properties, news: Properties) -> Diff:
        """Compare the declared objects."""
        del call, old_outputs
        if not self._known:
            raise DiffUnavailableError(_UNKNOWN_CLUSTER)
        old, new = unwrap(old_inputs), unwrap(news)
        changed = changed_keys(old, new)
        fixed = objects.fixed_changes(old, new)
        same_name = objects.at(old, "metadata.name") == objects.at(new, "metadata.name")
        first = same_name and not objects.is_autonamed(new)
        return Diff(bool(changed), fixed, changed, delete_before_replace=bool(fixed) and first)

    def create(self, call: Call, inputs: Properties) -> Live:
        """Create an object that must not exist yet."""
        if call.preview:
            return Live("", inputs if self._known else {})
        wanted = unwrap(inputs)
        with _translated():
            cluster, path = self._located(wanted)
            if cluster.get(path) is not None:
                what = f"{wanted['kind']} {objects.identifier(wanted)}"
                raise ProviderError(f"resource {what} was not created because it already exists")
            made = self._apply(cluster, path, wanted)
        return Live(objects.identifier(made), mark_like(made, inputs))

    def update(
        self, call: Call, old_inputs: Properties, old_outputs: Properties, news: Properties
    ) -> Properties:
        """Apply the declared object; fields that another manager owns are a conflict."""
        del old_inputs, old_outputs
        if call.preview:
            return news if self._known else {}
        wanted = unwrap(news)
        with _translated():
            return mark_like(self._apply(*self._located(wanted), wanted), news)

    def delete(self, call: Call, inputs: Properties, outputs: Properties) -> None:
        """Delete the object and wait until it is gone."""
        del inputs
        found = unwrap(outputs)
        deadline = time.monotonic() + (call.timeout or _DELETE_TIMEOUT)
        with _translated():
            cluster, path = self._located(found)
            cluster.delete(path, {"propagationPolicy": "Foreground"})
            uid = objects.at(found, "metadata.uid")
            while objects.at(cluster.get(path) or {}, "metadata.uid") == uid:
                if time.monotonic() > deadline:
                    raise ProviderError(f"timed out waiting for {found['kind']} {call.id} to be deleted")
                time.sleep(_POLL)

    def read(self, call: Call, inputs: Properties, outputs: Properties) -> Live:
        """Look at the object; what was declared and has changed comes back as inputs."""
        with _translated():
            cluster, path = self._located(unwrap(outputs))
            live = cluster.get(path)
        if live is None:
            return Live("")
        now = objects.declared(unwrap(inputs), live)
        return Live(call.id, mark_like(_stored(live), outputs), mark_like(now, inputs))

    def moved(self, old_config: Properties) -> bool:
        """Whether the former configuration led to another API server."""
        try:
            return self._known and self._server(unwrap(old_config)) != self._server(self._config)
        except HelmRollbackError:
            return False  # one of them leads nowhere any more, which a request will say better

    def cancel(self) -> None:
        """Do nothing: requests are short."""

    def close(self) -> None:
        """Do nothing: connections are shared, and end with the process."""

    def _server(self, config: Mapping[str, Any]) -> str:
        return str(kubeconfig.select(self._content(config), config.get("context")).cluster["server"])

    def _content(self, config: Mapping[str, Any]) -> str:
        listed = self._environment.get("KUBECONFIG") or None
        one = (
            listed if listed and os.pathsep not in listed else None
        )  # several are merged by whoever loads them
        return kubeconfig.load(config.get("kubeconfig") or one)

    def _cluster(self) -> Cluster:
        return Cluster.connect(self._content(self._config), self._config.get("context"))

    def _placed(self, inputs: Properties) -> Properties:
        """Put a namespaced object that names no namespace into the default one."""
        if objects.at(inputs, "metadata.namespace"):
            return inputs
        with _translated():
            if not self._cluster().find_kind(inputs["apiVersion"], inputs["kind"]).namespaced:
                return inputs
        namespace = self._config.get("namespace") or "default"
        return {**inputs, "metadata": {**inputs["metadata"], "namespace": namespace}}

    def _located(self, found: objects.Object) -> tuple[Cluster, str]:
        cluster, metadata = self._cluster(), found["metadata"]
        path = cluster.object_path(
            found["apiVersion"], found["kind"], metadata["name"], metadata.get("namespace", "")
        )
        return cluster, path

    def _apply(self, cluster: Cluster, path: str, wanted: objects.Object) -> objects.Object:
        return _stored(cluster.patch(f"{path}?fieldManager={_MANAGER}", wanted, content_type=_APPLY))


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the errors of requests into the provider's."""
    try:
        yield
    except HelmRollbackError as error:
        raise ProviderError(str(error)) from None


def _stored(live: objects.Object) -> objects.Object:
    """Return of a live object what is worth remembering."""
    metadata = {key: value for key, value in live["metadata"].items() if key != "managedFields"}
    return {**live, "metadata": metadata}


def _has_plain_metadata(news: Properties) -> bool:
    metadata = news.get("metadata")
    return not isinstance(metadata, Secret) and not contains_unknown(metadata)


def _refuse_unsupported(call: Call, news: Properties) -> None:
    type_ = type_of(call.urn)
    if not news.get("apiVersion") or type_.rsplit(":", 1)[-1] != unwrap(news.get("kind")):
        raise ProviderError(
            f"LocalEngine's Kubernetes provider leaves out {type_}; run this with the Pulumi CLI"
        )
