"""Blue and green: two releases side by side, and one Service that sends the traffic to one of them."""

import pulumi
from pulumi_kubernetes.core.v1 import Service

from helm_rollback_component import HelmRelease

config = pulumi.Config()
namespace = config.require("namespace")


def side(colour: str) -> HelmRelease:
    """Declare one of the two; both run all the time."""
    return HelmRelease(
        f"web-{colour}",
        {
            "release_namespace": namespace,
            "source": {"chart": "./charts/web"},
            "values": {"image": {"tag": config.require(colour)}},
        },
    )


sides = {colour: side(colour) for colour in ("blue", "green")}
live = sides[config.require("live")]

# The selector needs an output of the live side. So the switch is made only after that side was seen to work.
switch = Service(
    "web",
    metadata={"namespace": namespace, "name": "web"},
    spec={
        "selector": {"app.kubernetes.io/instance": live.release_name},
        "ports": [{"port": 80, "target_port": "http"}],
    },
)
pulumi.export("live", live.release_name)
