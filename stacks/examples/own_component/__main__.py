"""Two services, each of which is the same few words."""

import pulumi
from web_service import WebService

config = pulumi.Config()
namespace, tag = config.require("namespace"), config.require("tag")

for name, team in {"basket": "checkout", "search": "discovery"}.items():
    service = WebService(name, namespace=namespace, tag=tag, team=team)
    pulumi.export(name, {"url": service.url, "phase": service.phase})
