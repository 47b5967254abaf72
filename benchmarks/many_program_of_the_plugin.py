"""The same releases as `many_program`, as the provider plugin deploys them, which is found on the PATH."""

import pulumi

for name, inputs in pulumi.Config().require_object("releases").items():
    pulumi.CustomResource("helm-rollback:index:HelmRelease", name, inputs)
