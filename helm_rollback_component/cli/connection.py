"""From the common options to a cluster, and to what can be done to a release there."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helm_rollback_component.config import HelmConfig
from helm_rollback_component.core.records.owner import Identity
from helm_rollback_component.errors import Problem, ValidationError
from helm_rollback_component.inputs.redaction import Redactor
from helm_rollback_component.inputs.secret_values import credentials_in
from helm_rollback_component.kube.api import kubeconfig as kubeconfigs
from helm_rollback_component.kube.api.client import Cluster
from helm_rollback_component.reasons import Reason
from helm_rollback_component.reconcile.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_rollback_component.operations import HelmOperations

_SOURCE = {"chart": "."}
"""Stands for the chart, which nobody declares here."""


@dataclass(frozen=True)
class Connection:
    """Which cluster and which namespace are meant.

    Attributes:
        kubeconfig: its content.
        context: the context's name; None means the current one.
        namespace: the namespace of the releases.
        redact: removes the secrets from every text that leaves.
    """

    kubeconfig: str = field(repr=False)
    context: str | None
    namespace: str
    redact: Redactor = field(default_factory=Redactor, repr=False)

    @classmethod
    def of(
        cls, namespace: str = "", kubeconfig: str = "", kube_context: str = "", content: str | None = None
    ) -> Connection:
        """Return what the options mean, with the variables that kubectl and Helm read.

        Args:
            namespace: else ``$HELM_NAMESPACE``, the context's, or ``default``.
            kubeconfig: a path; else ``$KUBECONFIG``, and so on as kubectl does.
            kube_context: else ``$HELM_KUBECONTEXT``, or the current one.
            content: the kubeconfig of a stack's release, as its input has it, where that counts.

        Raises:
            ValidationError: the kubeconfig cannot be used.
        """
        if kubeconfig and not Path(kubeconfig).expanduser().is_file():
            raise ValidationError(
                [Problem("--kubeconfig", f"there is no file {kubeconfig}")], reason=Reason.KUBECONFIG_MISSING
            )
        loaded = kubeconfigs.load(content or kubeconfig or None)
        usual = "" if content else os.environ.get("HELM_KUBECONTEXT", "")
        context = kube_context or usual or None
        chosen = namespace or os.environ.get("HELM_NAMESPACE") or ""
        redact = Redactor(credentials_in(loaded))
        if not chosen:
            chosen = kubeconfigs.select(loaded, context).namespace or "default"
        return cls(loaded, context, chosen, redact)

    @cached_property
    def cluster(self) -> Cluster:
        """The API server."""
        cluster = Cluster.connect(self.kubeconfig, self.context)
        cluster.teach(self.redact)
        return cluster

    def config(self, release: str, **declared: Any) -> HelmConfig:
        """Return the config of a release, of which no more is known than these inputs.

        Raises:
            ValidationError: the name, or an input, is not valid.
        """
        return HelmConfig.parse(
            {
                "release_name": release,
                "release_namespace": self.namespace,
                "source": _SOURCE,
                "kubeconfig": self.kubeconfig,
                "context": self.context,
                **declared,
            }
        )

    def session(self, config: HelmConfig) -> Session:
        """Return the connections of a release, to read what is known of it."""
        return Session(config, Identity(), self.redact)

    def operations(
        self,
        config: HelmConfig,
        *,
        progress: Callable[[str], None] = lambda _: None,
        warn: Callable[[str], None] = lambda _: None,
    ) -> HelmOperations:
        """Return what can be done to the release of a `config`; its callbacks take one line each."""
        from helm_rollback_component.operations import HelmOperations

        return HelmOperations(config, progress=progress, warn=warn, redact=self.redact)
