"""The same releases as `many_program`, as the Kubernetes provider deploys them."""

import pulumi
import pulumi_kubernetes as kubernetes

for name, inputs in pulumi.Config().require_object("releases").items():
    kubernetes.helm.v3.Release(
        name,
        name=name,
        chart=inputs["source"]["chart"],
        namespace=inputs["releaseNamespace"],
        values=inputs["values"],
    )
