"""One release. When an upgrade fails, the last good revision runs again, and the update fails."""

import pulumi

from helm_rollback_component import HelmRelease

config = pulumi.Config()

web = HelmRelease(
    "web",
    {
        "release_namespace": config.require("namespace"),
        "source": {"chart": "./charts/web"},
        "values": {"replicas": 2, "image": {"tag": config.require("tag")}},
    },
)
pulumi.export("phase", web.phase)
pulumi.export("revision", web.revision)
