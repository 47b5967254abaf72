"""A lower chart version is not deployed anew: the good revision that had it is restored from the history."""

import pulumi

from helm_rollback_component import HelmRelease

config = pulumi.Config()

web = HelmRelease(
    "web",
    {
        "release_namespace": config.require("namespace"),
        # From a registry: {"chart": "oci://registry.example.com/web", "version": config.require("version")}
        "source": {"chart": f"./packages/web-{config.require('version')}.tgz"},
        "operations": {"rollback": {"strategy": "version-based"}},
    },
)
pulumi.export("chartVersion", web.chart_version)
pulumi.export("revision", web.revision)
pulumi.export("rollback", web.rollback_status.apply(lambda last: last["state"]))
