"""Deploys the releases that the stack's configuration lists, and publishes what became of each."""

from __future__ import annotations

import pulumi
import pulumi_kubernetes as kubernetes

from helm_rollback_component import HelmRelease, HelmReleaseArgs


def declared() -> dict[str, HelmReleaseArgs]:
    """Return the inputs of each release by name.

    Pulumi does not tell which part of a structured value is secret, so one secret anywhere in it makes the
    values of all releases secret.
    """
    config = pulumi.Config()
    releases: dict[str, HelmReleaseArgs] = config.require_object("releases")
    if pulumi.runtime.is_config_secret(f"{config.name}:releases"):
        for inputs in releases.values():
            inputs["values"] = pulumi.Output.secret(inputs.get("values", {}))
    return releases


for name, inputs in declared().items():
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
