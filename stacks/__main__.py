"""Deploys the releases that the stack's configuration lists, and publishes what became of each."""

from __future__ import annotations

import signal

import pulumi
import pulumi_kubernetes as kubernetes

from helm_rollback_component import HelmRelease

signal.signal(signal.SIGINT, signal.SIG_DFL)  # a failed update ends this program quietly

releases = pulumi.Config().require_object("releases")
for name, inputs in releases.items():
    release = HelmRelease(name, inputs)
    facts = kubernetes.core.v1.ConfigMap(
        f"{name}-facts",
        metadata={"namespace": release.release_namespace, "name": f"{name}-facts"},
        data={"revision": release.revision.apply(str), "chartVersion": release.chart_version},
    )
    pulumi.export(
        name,
        {
            "revision": release.revision,
            "phase": release.phase,
            "rollback": release.rollback_status,
            "facts": facts.metadata["name"],
        },
    )
