"""A component of one's own: what every web service of a company has, with a release in it."""

import pulumi

from helm_rollback_component import HelmRelease


class WebService(pulumi.ComponentResource):
    """A web service by the rules of the house: two replicas, the team's name, and a rollback by itself.

    Attributes:
        url: where it is reached inside the cluster.
        phase: what became of its release, such as "Deployed".
    """

    url: pulumi.Output[str]
    phase: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        namespace: pulumi.Input[str],
        tag: pulumi.Input[str],
        team: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a service of a team, with an image of that tag."""
        super().__init__("example:index:WebService", name, None, opts)
        release = HelmRelease(
            name,
            {
                "release_namespace": namespace,
                "source": {"chart": "./charts/web"},
                "values": {"replicas": 2, "image": {"tag": tag}, "podLabels": {"team": team}},
                "history": {"max_revisions": 5},
                "timeouts": {"upgrade": 180},
            },
            pulumi.ResourceOptions(parent=self),
        )
        self.url = pulumi.Output.concat("http://", release.release_name, ".", release.release_namespace)
        self.phase = release.phase
        self.register_outputs({"url": self.url, "phase": self.phase})
