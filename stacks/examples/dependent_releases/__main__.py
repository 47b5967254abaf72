"""Three releases, each of which needs the one before. Where one fails, what needs it stays as it is."""

import pulumi

from helm_rollback_component import HelmRelease

config = pulumi.Config()


def server(name: str, settings: dict[str, pulumi.Input[str]]) -> HelmRelease:
    """Declare a server; it depends on every release whose outputs are in its settings."""
    return HelmRelease(
        name,
        {
            "release_namespace": config.require("namespace"),
            "source": {"chart": "./charts/web"},
            "values": {"image": {"tag": config.require(name)}, "settings": settings},
        },
    )


def address(release: HelmRelease) -> pulumi.Output[str]:
    """Return where a release is reached inside the cluster."""
    return pulumi.Output.concat("http://", release.release_name, ".", release.release_namespace)


database = server("database", {})
api = server("api", {"database": address(database)})
web = server("web", {"api": address(api)})

pulumi.export("url", address(web))
pulumi.export("phases", {"database": database.phase, "api": api.phase, "web": web.phase})
