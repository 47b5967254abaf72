"""A release, and what the program makes of a rollback: an output that a dashboard or a script reads."""

import pulumi

from helm_rollback_component import HelmRelease

config = pulumi.Config()

web = HelmRelease(
    "web",
    {
        "release_namespace": config.require("namespace"),
        "source": {"chart": "./charts/web"},
        "values": {"image": {"tag": config.require("tag")}},
        "operations": {"rollback": {"on_rollback": "warn"}},
    },
)
notice = pulumi.Output.all(web.phase, web.rollback_status).apply(
    lambda told: "" if told[0] == "Deployed" else f"web was rolled back: {told[1]['reason']}"
)
pulumi.export("notice", notice)
