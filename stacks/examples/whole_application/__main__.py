"""An application: a namespace, a Secret, a release that uses both, and what is made from its outputs."""

import pulumi
from pulumi_kubernetes.core.v1 import ConfigMap, Namespace, Secret
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget

from helm_rollback_component import HelmRelease

config = pulumi.Config()

namespace = Namespace("shop", metadata={"name": config.require("namespace")})
place = namespace.metadata["name"]

# Without a name of ours, another password makes another Secret, and a rollback finds the old one.
login = Secret(
    "database-login",
    metadata={"namespace": place},
    string_data={"password": config.require_secret("password")},
)
web = HelmRelease(
    "web",
    {
        "release_namespace": place,
        "source": {"chart": "./charts/web"},
        "values": {
            "image": {"tag": config.require("tag")},
            "settings": {"login": login.metadata["name"]},
            "password": config.require_secret("password"),
        },
    },
)
PodDisruptionBudget(
    "web",
    metadata={"namespace": place, "name": "web"},
    spec={
        "min_available": 1,
        "selector": {"match_labels": {"app.kubernetes.io/instance": web.release_name}},
    },
)
facts = ConfigMap(
    "deployed",
    metadata={"namespace": place},
    data={"chart": web.chart_version, "revision": web.revision.apply(str), "phase": web.phase},
)
pulumi.export("namespace", place)
pulumi.export("phase", web.phase)
pulumi.export("facts", facts.metadata["name"])
